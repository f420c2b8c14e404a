//! Rules after whose messages too many customers ask for a person.

use super::{Finding, words};
use crate::error::Result;
use crate::rule::funnel::{WishesView, of_workspace};
use crate::state::App;
use rapport_core::WorkspaceId;

pub(super) async fn all(app: &App, workspace: WorkspaceId) -> Result<Vec<Finding>> {
    Ok(judge(&of_workspace(app, workspace).await?))
}

fn judge(rules: &[WishesView]) -> Vec<Finding> {
    let found = rules.iter().filter(|rule| rule.too_many_wishes).map(|rule| {
        let finding = words::RULE_WISHES.finding().with("percent", rule.human_percent).with("count", rule.wrote);
        finding.about("rule", rule.rule_id, &rule.rule_name)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_core::rule::too_many_wishes;
    use uuid::Uuid;

    #[test]
    fn wishes_are_a_finding_from_a_share_and_a_number_of_runs_on() {
        let codes = |wrote: u64, human: u64| {
            let rule = WishesView {
                rule_id: Uuid::from_u128(1),
                rule_name: "Price".to_owned(),
                wrote,
                human,
                human_percent: human * 100 / wrote,
                too_many_wishes: too_many_wishes(wrote, human),
            };
            judge(&[rule]).iter().map(|one| one.code).collect::<Vec<_>>()
        };
        assert!(codes(19, 19).is_empty(), "too few to say");
        assert!(codes(20, 3).is_empty(), "15 % is well");
        assert_eq!(codes(20, 4).len(), 1);
        assert!(codes(100, 15).is_empty());
        assert_eq!(codes(100, 16), ["wishes"]);
    }
}
