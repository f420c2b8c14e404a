//! Whether the month's budget lasts, and whether costs can be counted at all.

use super::{Finding, words};
use crate::cost::{Standing, standing};
use crate::error::Result;
use crate::state::App;
use rapport_core::WorkspaceId;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    Ok(judge(&standing(&app.store.workspace(workspace).read(), app.now()).await?))
}

fn judge(month: &Standing) -> Vec<Finding> {
    let mut findings = Vec::new();
    if month.spent.unpriced > 0 {
        findings.push(words::RATES_MISSING.finding().with("count", month.spent.unpriced));
    }
    if let Some(level) = &month.level {
        let words = match (level.reached, level.passed) {
            (true, _) => words::BUDGET_REACHED,
            (false, Some(_)) => words::BUDGET_NEAR,
            (false, None) => words::BUDGET_OK,
        };
        findings.push(words.finding().with("percent", level.percent));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::CostSum;
    use rapport_core::cost::{Budget, OnReached};

    #[test]
    fn a_budget_is_a_finding_from_its_first_mark_on() {
        let budget = Budget {
            amount_micros: 100,
            currency: "USD".to_owned(),
            at_percent: vec![50, 80],
            on_reached: OnReached::Warn,
        };
        let codes = |amount_micros: i64, unpriced: i64, budget: Option<&Budget>| -> Vec<&str> {
            let spent = CostSum { amount_micros, unpriced, ..CostSum::default() };
            let level = budget.map(|budget| budget.level(amount_micros));
            judge(&Standing { budget: budget.cloned(), spent, level }).iter().map(|one| one.code).collect()
        };
        assert!(codes(1_000, 0, None).is_empty());
        assert_eq!(codes(49, 0, Some(&budget)), ["ok"]);
        assert_eq!(codes(50, 3, Some(&budget)), ["missing", "near"]);
        assert_eq!(codes(100, 0, Some(&budget)), ["reached"]);
    }
}
