//! Webhooks whose targets do not answer: what they are to be told waits, and then is lost to them.

use super::{Finding, words};
use crate::error::Result;
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_core::webhook::STREAK;
use rapport_store::webhook::{ENDED, WebhookRow, delivery};

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let read = app.store.workspace(workspace).read();
    let counts = delivery::counts(&read).await?;
    let rows = rapport_store::webhook::list(&read).await?;
    let of = |row: &WebhookRow| judge(row, counts.get(&row.id).copied().unwrap_or_default());
    Ok(rows.iter().flat_map(of).collect())
}

fn judge(row: &WebhookRow, (waiting, dead): (i64, i64)) -> Vec<Finding> {
    let mut found = Vec::new();
    let error = row.error.as_deref().unwrap_or_default();
    if row.status == ENDED {
        found.push(words::WEBHOOK_ENDED.finding());
    } else if row.reason.as_deref() == Some("failing") {
        found.push(words::WEBHOOK_PAUSED.finding().with("error", error).with("waiting", waiting));
    } else if row.failures >= STREAK {
        let failing = words::WEBHOOK_FAILING.finding().with("failures", row.failures);
        found.push(failing.with("error", error).with("waiting", waiting));
    }
    if dead > 0 && row.status != ENDED {
        found.push(words::WEBHOOK_DEAD.finding().with("count", dead));
    }
    if row.missed_at.is_some() {
        found.push(words::WEBHOOK_MISSED.finding());
    }
    found.into_iter().map(|finding| finding.about("webhook", row.id, &row.name)).collect()
}
