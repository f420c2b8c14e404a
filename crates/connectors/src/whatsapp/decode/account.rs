//! Changes of templates, numbers and the account (§5).

use super::read::{self, Read};
use super::{coded, notice, other};
use crate::whatsapp::errors::{RetryClass, meaning};
use rapport_core::inbound::{AccountEvent, EventKind};
use serde_json::Value;

/// A whole value of a field that is not cut into items.
pub(super) fn account(field: &str, value: &Value) -> EventKind {
    match field {
        "message_template_status_update" => template_status(value),
        "message_template_quality_update" => template_quality(value),
        "template_category_update" => template_category(value),
        "phone_number_quality_update" => number_quality(value),
        "business_capability_update" => capability(field, value),
        "account_update" => account_update(field, value),
        "account_review_update" => review(field, value),
        "account_alerts" => alert(field, value),
        "phone_number_name_update" => name_update(field, value),
        "security" => security(field, value),
        "message_template_components_update" | "template_correct_category_detection" => template_notice(field, value),
        "flows" => plain(field, "Form", &value.text("event").unwrap_or_default(), value.text("message")),
        "business_username_update" => {
            plain(field, "Business username", &value.text("status").unwrap_or_default(), value.text("username"))
        }
        "history" | "smb_app_state_sync" => history(field, value),
        "account_settings_update" => notice(field, "Settings of the number changed", false),
        _ if value.get("errors").is_some() => trouble(field, value),
        _ => other(field, "nothing is done with this field"),
    }
}

fn event(event: AccountEvent) -> EventKind {
    EventKind::Account(Box::new(event))
}

/// `SHOUTING_WORDS` as words.
fn words(code: &str) -> String {
    code.to_lowercase().replace('_', " ")
}

fn plain(field: &str, subject: &str, code: &str, detail: Option<String>) -> EventKind {
    let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
    notice(field, format!("{subject}: {}{detail}", words(code)), false)
}

/// Template id, name and language; hyphens in languages become underscores, the form the API takes.
fn template(value: &Value) -> (String, String, String) {
    let get = |key: &str| value.text(key).unwrap_or_default();
    let language = get("message_template_language").replace('-', "_");
    (get("message_template_id"), get("message_template_name"), language)
}

fn template_status(value: &Value) -> EventKind {
    let (id, name, language) = template(value);
    let status = value.text("event").unwrap_or_default().to_uppercase();
    let word = value.text("reason").filter(|reason| reason != "NONE");
    let detail = value["rejection_info"].text("reason").or_else(|| value["other_info"].text("description"));
    let advice = value["rejection_info"].text("recommendation");
    let parts: Vec<String> = [word, detail, advice].into_iter().flatten().collect();
    let reason = (!parts.is_empty()).then(|| parts.join(". "));
    event(AccountEvent::TemplateStatus { id, name, language, status, reason })
}

fn template_quality(value: &Value) -> EventKind {
    let (id, name, language) = template(value);
    let quality = value.text("new_quality_score").unwrap_or_else(|| "UNKNOWN".to_owned()).to_uppercase();
    event(AccountEvent::TemplateQuality { id, name, language, quality })
}

fn template_category(value: &Value) -> EventKind {
    let (id, name, language) = template(value);
    let Some(category) = value.text("new_category") else {
        return other("template_category_update", "no category");
    };
    let announced = value.text("previous_category").is_none();
    event(AccountEvent::TemplateCategory { id, name, language, category: category.to_uppercase(), announced })
}

fn template_notice(field: &str, value: &Value) -> EventKind {
    let (_, name, language) = template(value);
    let what = match value.text("correct_category") {
        Some(category) => format!("belongs into the category {}", words(&category)),
        None => "was changed".to_owned(),
    };
    notice(field, format!("Template {name} ({language}) {what}"), false)
}

/// A daily limit in any of its spellings: 2000, "TIER_2K", "UNLIMITED", -1.
pub(crate) fn limit(text: &str) -> (Option<i64>, bool) {
    let word = text.trim().to_uppercase();
    let word = word.strip_prefix("TIER_").unwrap_or(&word);
    if word == "UNLIMITED" || word == "-1" {
        return (None, true);
    }
    let (digits, factor) = word.strip_suffix('K').map_or((word, 1), |digits| (digits, 1_000));
    (digits.parse::<i64>().ok().filter(|number| *number > 0).and_then(|number| number.checked_mul(factor)), false)
}

fn limits(value: &Value) -> (Option<i64>, bool) {
    const KEYS: [&str; 3] =
        ["max_daily_conversations_per_business", "max_daily_conversation_per_phone", "current_limit"];
    KEYS.iter().find_map(|key| value.text(key)).map_or((None, false), |text| limit(&text))
}

fn digits(text: Option<String>) -> String {
    text.unwrap_or_default().chars().filter(char::is_ascii_digit).collect()
}

fn number_quality(value: &Value) -> EventKind {
    let (limit, unlimited) = limits(value);
    let display_phone = digits(value.text("display_phone_number"));
    event(AccountEvent::NumberQuality {
        display_phone,
        event: value.text("event").unwrap_or_default(),
        limit,
        unlimited,
    })
}

/// The portfolio's limit: a `NumberQuality` without number.
fn capability(field: &str, value: &Value) -> EventKind {
    let (limit, unlimited) = limits(value);
    if limit.is_none() && !unlimited {
        return notice(field, "Capabilities of the business changed", false);
    }
    event(AccountEvent::NumberQuality {
        display_phone: String::new(),
        event: "CAPABILITY_UPDATE".to_owned(),
        limit,
        unlimited,
    })
}

fn account_update(field: &str, value: &Value) -> EventKind {
    let code = value.text("event").unwrap_or_default();
    let ban = value["ban_info"].text("waba_ban_state");
    let restrictions: Vec<String> = value["restriction_info"]
        .as_array()
        .map(|list| list.iter().filter_map(|one| one.text("restriction_type")).collect())
        .unwrap_or_default();
    let blocking = match code.as_str() {
        "DISABLED_UPDATE" => ban.as_deref() == Some("DISABLE"),
        "ACCOUNT_RESTRICTION" => {
            restrictions.iter().any(|kind| kind.contains("MESSAGING") || kind.contains("MESSAGES"))
        }
        "ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED" | "PARTNER_REMOVED" => true,
        _ => false,
    };
    let full = ban.as_ref().map_or_else(|| code.clone(), |state| format!("{code} {state}"));
    let details = [
        ban.map(|state| words(&state)),
        value["ban_info"].text("waba_ban_date"),
        value["violation_info"].text("violation_type").map(|kind| words(&kind)),
        value["volume_tier_info"].text("tier").map(|tier| format!("tier {tier}")),
        Some(restrictions.iter().map(|kind| words(kind)).collect::<Vec<_>>().join(", ")),
    ];
    let details: Vec<String> = details.into_iter().flatten().filter(|detail| !detail.is_empty()).collect();
    let tail = if details.is_empty() { String::new() } else { format!(": {}", details.join(", ")) };
    coded(field, &full, format!("Account: {}{tail}", words(&code).trim_start_matches("account ")), blocking)
}

fn review(field: &str, value: &Value) -> EventKind {
    let decision = value.text("decision").unwrap_or_default();
    coded(field, &decision, format!("Account review: {}", words(&decision)), decision == "REJECTED")
}

/// Newer payloads nest the alert under `alert_info`.
fn alert(field: &str, value: &Value) -> EventKind {
    let get = |key: &str| value.text(key).or_else(|| value["alert_info"].text(key));
    let kind = words(&get("alert_type").unwrap_or_default());
    let code = get("alert_severity").unwrap_or_default();
    let severity = words(&code);
    let description = get("alert_description").map(|text| format!(". {text}")).unwrap_or_default();
    coded(field, &code, format!("Alert ({severity}): {kind}{description}"), false)
}

fn name_update(field: &str, value: &Value) -> EventKind {
    let name = value.text("requested_verified_name").unwrap_or_default();
    let code = value.text("decision").unwrap_or_default();
    let decision = words(&code);
    let reason = value.text("rejection_reason").filter(|reason| reason != "NONE");
    let reason = reason.map(|reason| format!(": {}", words(&reason))).unwrap_or_default();
    coded(field, &code, format!("Display name \"{name}\": {decision}{reason}"), false)
}

fn security(field: &str, value: &Value) -> EventKind {
    let code = value.text("event").unwrap_or_default();
    let by = value.text("requester").map(|who| format!(" by {who}")).unwrap_or_default();
    coded(field, &code, format!("Two-step verification: {}{by}", words(&code)), false)
}

fn history(field: &str, value: &Value) -> EventKind {
    if value.get("errors").is_some() {
        return trouble(field, value);
    }
    let first = value.get("history").and_then(|list| list.get(0)).map(|chunk| &chunk["metadata"]);
    match first.and_then(|metadata| metadata.int("progress")) {
        Some(progress) => notice(field, format!("History of the phone app: {progress} % received"), false),
        None => other(field, "synchronisation of the phone app is kept only"),
    }
}

/// Trouble of the number without a message (§2 `value.errors`).
fn trouble(field: &str, value: &Value) -> EventKind {
    let (code, words) = read::errors(value).unwrap_or((0, "unknown trouble".to_owned()));
    let blocking = code > 0 && meaning(code).class == RetryClass::PauseChannel;
    coded(field, "trouble", format!("{words} ({code})"), blocking)
}
