//! What happens to an account, a number or a template at the provider, judged: how bad it is and what to do
//! (`whatsapp-cloud-api.md` §5).

use crate::inbound::AccountEvent;
use std::collections::BTreeMap;

/// How bad a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Needs attention.
    Warning,
    /// Sending stops or soon will.
    Severe,
}

impl Severity {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Severe => "severe",
        }
    }
}

/// A line of an account's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened; stable: translations are found by it.
    pub kind: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Key of the advice; empty when nothing is to be done.
    pub advice: &'static str,
    /// The same in one English sentence.
    pub summary: String,
    /// The values in the sentence by name, for other languages.
    pub values: BTreeMap<&'static str, String>,
}

use Severity::{Info, Severe, Warning};

/// Judges an event.
#[must_use]
pub fn judge(event: &AccountEvent) -> Entry {
    match event {
        AccountEvent::TemplateStatus { name, language, status, reason, .. } => {
            let (kind, severity, advice) = template_status(status);
            let reason = reason.clone().unwrap_or_default();
            let tail = if reason.is_empty() { String::new() } else { format!(": {reason}") };
            let summary = format!("Template {name} ({language}) is now {}{tail}", plain(status));
            let values = [("name", name), ("language", language), ("status", status), ("reason", &reason)];
            entry(kind, severity, advice, summary, &values)
        }
        AccountEvent::TemplateQuality { name, language, quality, .. } => {
            let (severity, advice) = if quality == "RED" { (Warning, "template_quality") } else { (Info, "") };
            let summary = format!("Quality of template {name} ({language}) is now {}", plain(quality));
            entry("template_quality", severity, advice, summary, &[("name", name), ("quality", quality)])
        }
        AccountEvent::TemplateCategory { name, language, category, announced, .. } => {
            let kind = if *announced { "template_category_announced" } else { "template_category" };
            let word = if *announced { "will be" } else { "is now" };
            let summary = format!("Template {name} ({language}) {word} priced as {}", plain(category));
            entry(kind, Warning, "template_category", summary, &[("name", name), ("category", category)])
        }
        AccountEvent::NumberQuality { event, limit, unlimited, .. } => number(event, *limit, *unlimited),
        AccountEvent::Notice { field, code, summary, blocking } => {
            let (kind, severity, advice) = notice(field, code, *blocking);
            entry(kind, severity, advice, summary.clone(), &[("detail", summary)])
        }
    }
}

fn entry(
    kind: &'static str,
    severity: Severity,
    advice: &'static str,
    summary: String,
    values: &[(&'static str, &String)],
) -> Entry {
    let values = values.iter().map(|(name, value)| (*name, (*value).clone())).collect();
    Entry { kind, severity, advice, summary, values }
}

/// `SHOUTING_WORDS` as words.
fn plain(code: &str) -> String {
    code.to_lowercase().replace('_', " ")
}

type Verdict = (&'static str, Severity, &'static str);

fn template_status(status: &str) -> Verdict {
    match status {
        "APPROVED" | "REINSTATED" => ("template_approved", Info, ""),
        "REJECTED" => ("template_rejected", Warning, "template_rejected"),
        "PAUSED" => ("template_paused", Warning, "template_paused"),
        "DISABLED" => ("template_disabled", Warning, "template_disabled"),
        "FLAGGED" => ("template_flagged", Warning, "template_paused"),
        _ => ("template_changed", Info, ""),
    }
}

fn number(event: &str, limit: Option<i64>, unlimited: bool) -> Entry {
    let (kind, severity, advice) = match event {
        "FLAGGED" => ("number_flagged", Severe, "number_flagged"),
        "UNFLAGGED" => ("number_unflagged", Info, ""),
        "DOWNGRADE" => ("limit_lowered", Warning, "limit_lowered"),
        "UPGRADE" => ("limit_raised", Info, ""),
        "THROUGHPUT_UPGRADE" => ("throughput_upgrade", Info, ""),
        "ONBOARDING" => ("number_onboarded", Info, ""),
        _ => ("limit_changed", Info, ""),
    };
    let limit = match (limit, unlimited) {
        (_, true) => "unlimited".to_owned(),
        (Some(limit), false) => limit.to_string(),
        (None, false) => String::new(),
    };
    let what = match kind {
        "number_flagged" => "The number's quality is low and it was flagged",
        "number_unflagged" => "The number is no longer flagged",
        "limit_lowered" => "The messaging limit was lowered",
        "limit_raised" => "The messaging limit was raised",
        "throughput_upgrade" => "The number may now send 1,000 messages a second",
        "number_onboarded" => "The number was onboarded",
        _ => "The messaging limit changed",
    };
    let tail = if limit.is_empty() { String::new() } else { format!(" (customers in 24 h: {limit})") };
    entry(kind, severity, advice, format!("{what}{tail}"), &[("limit", &limit)])
}

fn notice(field: &str, code: &str, blocking: bool) -> Verdict {
    match (field, code) {
        ("account_update", "VERIFIED_ACCOUNT") => ("account_verified", Info, ""),
        ("account_update", "ACCOUNT_VIOLATION") => ("account_violation", Severe, "account_violation"),
        ("account_update", "ACCOUNT_RESTRICTION") => ("account_restricted", Severe, "account_restricted"),
        ("account_update", "DISABLED_UPDATE SCHEDULE_FOR_DISABLE") => {
            ("account_disable_planned", Severe, "account_disabled")
        }
        ("account_update", "DISABLED_UPDATE DISABLE") => ("account_disabled", Severe, "account_disabled"),
        ("account_update", "DISABLED_UPDATE REINSTATE") => ("account_reinstated", Info, "account_reinstated"),
        ("account_update", "ACCOUNT_DELETED") => ("account_deleted", Severe, "account_deleted"),
        ("account_update", "ACCOUNT_OFFBOARDED") => ("account_offboarded", Severe, "account_offboarded"),
        ("account_update", "ACCOUNT_RECONNECTED") => ("account_reconnected", Info, "account_reinstated"),
        ("account_update", "PARTNER_REMOVED") => ("partner_removed", Severe, "account_offboarded"),
        ("account_update", _) => ("account_changed", Info, ""),
        ("account_review_update", "APPROVED") => ("review_approved", Info, ""),
        ("account_review_update", "REJECTED") => ("review_rejected", Severe, "review_rejected"),
        ("account_review_update", _) => ("review_pending", Info, ""),
        ("account_alerts", "CRITICAL") => ("alert", Severe, "alert"),
        ("account_alerts", "WARNING") => ("alert", Warning, "alert"),
        ("account_alerts", _) => ("alert", Info, ""),
        ("phone_number_name_update", "APPROVED") => ("name_approved", Info, ""),
        ("phone_number_name_update", "REJECTED") => ("name_rejected", Warning, "name_rejected"),
        ("phone_number_name_update", _) => ("name_pending", Info, ""),
        ("security", "PIN_CHANGED") => ("pin_changed", Warning, "pin_changed"),
        ("security", _) => ("pin_asked", Warning, "pin_changed"),
        ("business_capability_update", _) => ("capability", Info, ""),
        (_, "trouble") => ("trouble", if blocking { Severe } else { Warning }, "trouble"),
        _ => ("other", if blocking { Severe } else { Info }, ""),
    }
}

/// Whether `later` says that the trouble of `kind` is over.
#[must_use]
pub fn settles(later: &str, kind: &str) -> bool {
    match later {
        "account_reinstated" => {
            matches!(kind, "account_disable_planned" | "account_disabled" | "account_restricted" | "account_violation")
        }
        "account_reconnected" => matches!(kind, "account_offboarded" | "partner_removed"),
        "review_approved" => kind == "review_rejected",
        "number_unflagged" => kind == "number_flagged",
        _ => false,
    }
}

/// The newest trouble that nothing after it has settled. `newest_first`: kinds with their severity code.
#[must_use]
pub fn open_trouble(newest_first: &[(&str, &str)]) -> Option<usize> {
    newest_first.iter().enumerate().find_map(|(at, (kind, severity))| {
        let open = *severity == Severe.code() && !newest_first[..at].iter().any(|(later, _)| settles(later, kind));
        open.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(field: &str, code: &str, blocking: bool) -> (&'static str, Severity, &'static str) {
        let event = AccountEvent::Notice {
            field: field.to_owned(),
            code: code.to_owned(),
            summary: "What happened".to_owned(),
            blocking,
        };
        let entry = judge(&event);
        assert_eq!((entry.summary.as_str(), entry.values["detail"].as_str()), ("What happened", "What happened"));
        (entry.kind, entry.severity, entry.advice)
    }

    #[test]
    fn notices_are_judged() {
        for (field, code, blocking, expected) in [
            ("account_update", "DISABLED_UPDATE DISABLE", true, ("account_disabled", Severe, "account_disabled")),
            ("account_update", "DISABLED_UPDATE REINSTATE", false, ("account_reinstated", Info, "account_reinstated")),
            ("account_update", "SOMETHING_NEW", false, ("account_changed", Info, "")),
            ("account_review_update", "REJECTED", true, ("review_rejected", Severe, "review_rejected")),
            ("account_alerts", "CRITICAL", false, ("alert", Severe, "alert")),
            ("account_alerts", "INFORMATIONAL", false, ("alert", Info, "")),
            ("phone_number_name_update", "REJECTED", false, ("name_rejected", Warning, "name_rejected")),
            ("security", "PIN_CHANGED", false, ("pin_changed", Warning, "pin_changed")),
            ("messages", "trouble", true, ("trouble", Severe, "trouble")),
            ("flows", "", false, ("other", Info, "")),
        ] {
            assert_eq!(said(field, code, blocking), expected, "{field} {code}");
        }
    }

    #[test]
    fn templates_and_limits_are_judged() {
        let status = |status: &str, reason: Option<&str>| {
            judge(&AccountEvent::TemplateStatus {
                id: "1".into(),
                name: "order".into(),
                language: "en_US".into(),
                status: status.into(),
                reason: reason.map(str::to_owned),
            })
        };
        let rejected = status("REJECTED", Some("INVALID_FORMAT"));
        assert_eq!(rejected.summary, "Template order (en_US) is now rejected: INVALID_FORMAT");
        assert_eq!((rejected.kind, rejected.severity), ("template_rejected", Warning));
        assert_eq!(status("APPROVED", None).summary, "Template order (en_US) is now approved");
        assert_eq!(status("IN_APPEAL", None).kind, "template_changed");
        let number = |event: &str, limit, unlimited| {
            judge(&AccountEvent::NumberQuality { display_phone: "1".into(), event: event.into(), limit, unlimited })
        };
        assert_eq!(number("FLAGGED", None, false).severity, Severe);
        let lowered = number("DOWNGRADE", Some(2_000), false);
        assert_eq!((lowered.kind, lowered.values["limit"].as_str()), ("limit_lowered", "2000"));
        assert_eq!(number("CAPABILITY_UPDATE", None, true).values["limit"], "unlimited");
    }

    #[test]
    fn trouble_is_open_until_it_is_settled() {
        let severe = |kind| (kind, "severe");
        for (list, expected) in [
            (vec![], None),
            (vec![("template_approved", "info")], None),
            (vec![("name_pending", "info"), severe("account_restricted")], Some(1)),
            (vec![("account_reinstated", "info"), severe("account_restricted")], None),
            (vec![severe("account_restricted"), ("account_reinstated", "info")], Some(0)),
            (vec![("number_unflagged", "info"), severe("number_flagged"), severe("alert")], Some(2)),
        ] {
            assert_eq!(open_trouble(&list), expected, "{list:?}");
        }
    }
}
