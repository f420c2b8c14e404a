//! Pools of codes that are empty or nearly so, and rules that give codes of pools that give none.

use super::{Finding, words};
use crate::coupon::PoolView;
use crate::coupon::pools::of_workspace;
use crate::error::Result;
use crate::rule::set::known;
use crate::state::App;
use rapport_core::rule::{Known, Step};
use rapport_core::{Ms, WorkspaceId};

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    let read = app.store.workspace(workspace).read();
    let rules = rapport_store::rule::enabled(&read).await?.into_iter().filter_map(|row| known(row).ok());
    Ok(judge(&of_workspace(app, workspace).await?, &rules.collect::<Vec<_>>(), app.now()))
}

fn judge(pools: &[PoolView], rules: &[Known], now: Ms) -> Vec<Finding> {
    let gives = |pool: &PoolView| pool.active && pool.valid_to.is_none_or(|to| now.0 < to);
    let mut found = Vec::new();
    for pool in pools.iter().filter(|pool| gives(pool)) {
        let finding = match (pool.free, pool.low) {
            (0, _) => words::COUPON_EMPTY.finding(),
            (_, true) => words::COUPON_LOW.finding().with("free", pool.free).with("total", pool.total),
            _ => continue,
        };
        found.push(finding.about("coupon_pool", pool.id, &pool.name));
    }
    for rule in rules {
        let mut missing: Option<&str> = None;
        Step::each(&rule.definition.steps, "do", &mut |_, step| {
            if let Step::IssueCoupon { pool: name } = step
                && !pools.iter().any(|pool| pool.name == *name && gives(pool))
            {
                missing.get_or_insert(name);
            }
        });
        if let Some(name) = missing {
            let finding = words::COUPON_NO_POOL.finding().with("pool", name);
            found.push(finding.about("rule", rule.id, &rule.definition.name));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::shop::{Worth, is_low};
    use serde_json::json;
    use uuid::Uuid;

    const NOW: Ms = Ms(1_795_334_400_000);

    fn pool(name: &str, free: u64, total: u64) -> PoolView {
        PoolView {
            id: Uuid::from_u128(1),
            name: name.to_owned(),
            kind: Worth::Percent,
            value: "10".to_owned(),
            currency: None,
            active: true,
            valid_from: None,
            valid_to: None,
            valid_days: None,
            per_contact: 1,
            total,
            free,
            issued: total - free,
            redeemed: 0,
            expired: 0,
            low: is_low(free, total),
            created_at: 0,
        }
    }

    fn rule(pool: &str) -> Known {
        let definition = json!({
            "name": "Code", "when": [{ "on": "message_received" }],
            "do": [{ "do": "branch", "if": { "type": "all", "of": [] }, "then": [{ "do": "issue_coupon", "pool": pool }] }],
        });
        let definition = serde_json::from_value(definition).unwrap();
        Known { id: Uuid::from_u128(2), version: 1, enabled: true, shadow: false, definition }
    }

    #[test]
    fn pools_that_give_and_have_little_left_are_findings_and_so_are_rules_without_a_pool() {
        let codes = |pools: &[PoolView], rules: &[Known]| {
            judge(pools, rules, NOW).iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert!(codes(&[pool("a", 11, 100)], &[rule("a")]).is_empty());
        assert_eq!(codes(&[pool("a", 10, 100), pool("b", 0, 100), pool("c", 0, 0)], &[]), ["low", "empty", "empty"]);
        let off = PoolView { active: false, ..pool("a", 0, 100) };
        let over = PoolView { valid_to: Some(NOW.0), ..pool("b", 0, 100) };
        assert_eq!(codes(&[off, over], &[rule("a"), rule("b"), rule("c")]), ["no_pool"; 3]);
    }
}
