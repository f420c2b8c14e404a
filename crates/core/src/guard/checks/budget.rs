//! G6: what promotion may cost in a month.

use super::Case;
use crate::guard::verdict::{Check, Effect, Rule, Unit};
use serde_json::json;

impl Case<'_> {
    /// Only promotion stops at the budget: an answer that a customer waits for is worth more than a tidy month.
    pub(super) fn monthly_budget(&self) -> Check {
        let rule = Rule::MonthlyBudget;
        if !self.is_promotion() {
            return Check::not_needed(rule);
        }
        let Some(budget) = &self.snapshot.budget else {
            return Check::held(rule, "none", Unit::Text, serde_json::Value::Null, serde_json::Value::Null);
        };
        let (spent, limit) = (budget.shown(budget.spent_micros), budget.shown(budget.limit_micros));
        let params = json!({
            "spent_micros": budget.spent_micros, "limit_micros": budget.limit_micros, "currency": budget.currency,
        });
        if budget.spent_micros < budget.limit_micros {
            return Check::held(rule, "ok", Unit::Text, spent, limit).params(params);
        }
        let check = Check::failed(rule, "reached", Effect::Refuse, Unit::Text, spent, limit);
        check.params(params).until(Some(budget.next_month_at))
    }
}
