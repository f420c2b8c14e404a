//! Campaigns that paused themselves: nobody may be looking at them when that happens.

use super::{Finding, Words, words};
use crate::campaign::{CHANNEL_GONE, TEMPLATE_GONE, TEMPLATE_NOT_APPROVED};
use crate::error::Result;
use crate::state::App;
use rapport_core::WorkspaceId;

/// How many are named; whoever repairs those sees the rest.
const NAMED: u64 = 20;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let rows = rapport_store::campaign::stopped(&app.store.workspace(workspace).read(), NAMED).await?;
    let named = rows.into_iter().map(|row| {
        let why = row.stopped_for.as_deref().unwrap_or_default();
        judge(why).finding().with("template", &row.template_name).about("campaign", row.id, &row.name)
    });
    Ok(named.collect())
}

fn judge(why: &str) -> Words {
    match why {
        CHANNEL_GONE => words::CAMPAIGN_CHANNEL_GONE,
        TEMPLATE_GONE => words::CAMPAIGN_TEMPLATE_GONE,
        TEMPLATE_NOT_APPROVED => words::CAMPAIGN_TEMPLATE_NOT_APPROVED,
        _ => words::CAMPAIGN_STOPPED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_words_of_its_own() {
        for why in [CHANNEL_GONE, TEMPLATE_GONE, TEMPLATE_NOT_APPROVED] {
            assert_eq!(judge(why).code, why);
        }
        assert_eq!(judge("something new").code, "stopped");
    }
}
