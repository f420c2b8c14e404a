//! Shops whose deliveries are refused or could not be taken in.

use super::{Finding, words};
use crate::error::Result;
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_store::shop_source::{self, FAILED, SourceRow};
use std::collections::BTreeMap;
use uuid::Uuid;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let read = app.store.workspace(workspace).read();
    let rows = shop_source::list(&read).await?;
    Ok(judge(&rows, &shop_source::counts(&read, FAILED).await?))
}

fn judge(rows: &[SourceRow], failed: &BTreeMap<Uuid, u64>) -> Vec<Finding> {
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.active) {
        if row.refused_at > row.last_at {
            found.push(words::SHOP_REFUSED.finding().about("shop_source", row.id, &row.name));
        }
        if let Some(count) = failed.get(&row.id) {
            found.push(words::SHOP_FAILED.finding().with("count", count).about("shop_source", row.id, &row.name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_count_until_one_fits_and_failures_until_they_are_tried_again() {
        let codes = |last_at: Option<i64>, refused_at: Option<i64>, failed: u64| {
            let row = SourceRow {
                workspace_id: Uuid::nil(),
                id: Uuid::from_u128(1),
                kind: "shopify".to_owned(),
                name: "Shop".to_owned(),
                prefix: String::new(),
                secret: Vec::new(),
                active: true,
                last_at,
                last_topic: None,
                refused_at,
                created_at: 0,
                updated_at: 0,
            };
            let failed = (failed > 0).then_some((row.id, failed)).into_iter().collect();
            let off = SourceRow { active: false, ..row.clone() };
            judge(&[row, off], &failed).iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert!(codes(None, None, 0).is_empty() && codes(Some(2), Some(1), 0).is_empty());
        assert_eq!(codes(None, Some(1), 0), ["refused"]);
        assert_eq!(codes(Some(1), Some(2), 3), ["refused", "failed"]);
    }
}
