//! How connections to CRMs fare.

use super::{Finding, words};
use crate::error::Result;
use crate::state::App;
use rapport_core::time::MINUTE;
use rapport_core::{ConnectionId, Ms, WorkspaceId};
use rapport_store::connection::{self, ConnectionRow};
use rapport_store::sync_job::{Backlog, backlog};

/// Changes that wait longer are worth a word. Milliseconds.
const BEHIND_MS: i64 = 5 * MINUTE;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let read = app.store.workspace(workspace).read();
    let mut findings = Vec::new();
    for row in connection::list(&read).await? {
        let waits = backlog(&read, ConnectionId(row.id)).await?;
        findings.extend(judge(&row, &waits, app.now()));
    }
    Ok(findings)
}

fn judge(row: &ConnectionRow, waits: &Backlog, now: Ms) -> Vec<Finding> {
    let seconds = waits.oldest.map_or(0, |at| now.since(at));
    let mut findings = Vec::new();
    match row.status.as_str() {
        connection::ERROR => {
            let reason = row.status_reason.as_deref().unwrap_or("The reason was not told.");
            findings.push(words::CONNECTION_ERROR.finding().with("reason", reason));
        }
        connection::PAUSED => findings.push(words::CONNECTION_PAUSED.finding()),
        _ if seconds > BEHIND_MS => {
            let finding = words::CONNECTION_BEHIND.finding().with("backlog", waits.waiting);
            findings.push(finding.with("seconds", seconds / 1_000));
        }
        _ => {}
    }
    if waits.dead > 0 {
        findings.push(words::CONNECTION_FAILED.finding().with("count", waits.dead));
    }
    if findings.is_empty() {
        findings.push(words::CONNECTION_OK.finding().with("backlog", waits.waiting));
    }
    findings.into_iter().map(|finding| finding.about("connection", row.id, &row.name)).collect()
}
