//! Whether the provider would let a number send, in its own words, and what it says of the display name.

use super::{Finding, words};
use rapport_connectors::whatsapp::numbers::{Health, HealthProblem, PhoneNumber};
use rapport_store::channel::ChannelRow;

/// Characters of the provider's words that are told.
const TOLD_MAX: usize = 600;

/// What keeps a number from sending; nothing when nothing does.
pub(super) fn health(row: &ChannelRow, health: Option<&Health>) -> Option<Finding> {
    let health = health?;
    let words = match health.can_send.as_str() {
        "BLOCKED" => &words::CHANNEL_HEALTH_BLOCKED,
        "LIMITED" => &words::CHANNEL_HEALTH_LIMITED,
        _ => return None,
    };
    let wrong = health.problems.iter().filter(|problem| problem.can_send != "AVAILABLE");
    let told: Vec<String> = wrong.map(told).filter(|text| !text.is_empty()).collect();
    let why = if told.is_empty() { health.can_send.clone() } else { told.join(" ") };
    let why: String = why.chars().take(TOLD_MAX).collect();
    Some(words.finding().about("channel", row.id, &row.name).with("why", why))
}

fn told(problem: &HealthProblem) -> String {
    let code = if problem.code > 0 { format!(" ({})", problem.code) } else { String::new() };
    let parts = [Some(format!("{}{code}", problem.description)), problem.solution.clone()];
    parts
        .into_iter()
        .flatten()
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A display name that customers do not see.
pub(super) fn display_name(row: &ChannelRow, number: &PhoneNumber) -> Option<Finding> {
    let status = number.name_status.as_deref().filter(|status| matches!(*status, "DECLINED" | "EXPIRED"))?;
    let name = number.verified_name.as_deref().unwrap_or(&row.name);
    let finding = words::CHANNEL_NAME_DECLINED.finding().about("channel", row.id, &row.name);
    Some(finding.with("name", name).with("status", status))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::channel::tests::{number, row};

    #[test]
    fn what_keeps_a_number_from_sending_is_told_in_the_providers_words() {
        let problem = |can_send: &str, code, description: &str, solution: Option<&str>| HealthProblem {
            entity: "WABA".to_owned(),
            can_send: can_send.to_owned(),
            code,
            description: description.to_owned(),
            solution: solution.map(str::to_owned),
        };
        let of = |can_send: &str, problems: Vec<HealthProblem>| {
            let found = health(&row(), Some(&Health { can_send: can_send.to_owned(), problems }))?;
            Some((found.code, found.values["why"].clone()))
        };
        let unpaid = problem("BLOCKED", 141_006, "No payment method.", Some("Add one."));
        let remark = problem("AVAILABLE", 0, "Certificate is fine.", None);
        assert_eq!(of("AVAILABLE", vec![remark.clone()]), None);
        assert_eq!(
            of("BLOCKED", vec![unpaid, remark]),
            Some(("blocked", "No payment method. (141006) Add one.".to_owned()))
        );
        assert_eq!(of("LIMITED", Vec::new()), Some(("limited", "LIMITED".to_owned())));
        let long = of("LIMITED", vec![problem("LIMITED", 0, &"x".repeat(5_000), None)]).unwrap().1;
        assert_eq!(long.len(), TOLD_MAX);
        assert!(health(&row(), None).is_none(), "who was not told knows nothing");
    }

    #[test]
    fn a_declined_name_is_told() {
        let with = |status: Option<&str>| {
            display_name(&row(), &PhoneNumber { name_status: status.map(str::to_owned), ..number() })
        };
        for status in [None, Some("APPROVED"), Some("PENDING_REVIEW"), Some("AVAILABLE_WITHOUT_REVIEW"), Some("NEW")] {
            assert!(with(status).is_none(), "{status:?}");
        }
        assert_eq!(with(Some("DECLINED")).unwrap().code, "declined");
        assert_eq!(with(Some("EXPIRED")).unwrap().values["name"], "Shop");
    }
}
