//! Buttons of every kind.

use super::super::definition::{Format, next_placeholder};
use super::problem::{Code, Report};
use super::words;
use serde_json::Value;

/// Buttons of a template; more than three show as a list.
const TEMPLATE_MAX: usize = 10;
/// Buttons of a card.
const CARD_MAX: usize = 2;
const TEXT_MAX: usize = 25;
const URL_MAX: usize = 2000;
const PHONE_MAX: usize = 20;
const COUPON_MAX: usize = 20;

/// Each kind and how many of it there may be.
const KINDS: &[(&str, usize)] = &[
    ("QUICK_REPLY", TEMPLATE_MAX),
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("FLOW", 1),
    ("CATALOG", 1),
    ("MPM", 1),
    ("SPM", 1),
    ("VOICE_CALL", 1),
    ("REQUEST_CONTACT_INFO", 1),
    ("ORDER_DETAILS", 1),
    ("OTP", 1),
];

/// Services whose links hide where they lead.
const SHORTENERS: &[&str] = &[
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "t.co",
    "ow.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    "rebrand.ly",
    "rb.gy",
    "shorturl.at",
    "tiny.cc",
];

/// Where the buttons stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Template,
    Card,
}

/// A BUTTONS component.
pub(super) fn all(path: &str, component: &Value, format: Format, place: Place, report: &mut Report) {
    let at = format!("{path}.buttons");
    let Some(list) = component["buttons"].as_array() else { return report.plain(&at, Code::NotAList) };
    let most = if place == Place::Card { CARD_MAX } else { TEMPLATE_MAX };
    if list.is_empty() {
        report.plain(&at, Code::ButtonsMissing);
    }
    if list.len() > most {
        report.count(&at, Code::ButtonsMany, most, list.len(), None);
    }
    let kinds: Vec<String> = list.iter().map(super::kind).collect();
    for (kind, most) in KINDS {
        let count = kinds.iter().filter(|known| known == kind).count();
        // More than ten quick replies are more than ten buttons already.
        if count > *most && *most < TEMPLATE_MAX {
            report.count(&at, Code::ButtonKindMany, *most, count, Some(kind));
        }
    }
    let mut groups: Vec<bool> = kinds.iter().map(|kind| kind == "QUICK_REPLY").collect();
    groups.dedup();
    if groups.len() > 2 {
        report.plain(&at, Code::QuickRepliesApart);
    }
    for (index, (button, kind)) in list.iter().zip(&kinds).enumerate() {
        one(&format!("{at}.{index}"), button, kind, format, report);
    }
}

fn one(path: &str, button: &Value, kind: &str, format: Format, report: &mut Report) {
    let string = |key: &str| button[key].as_str().unwrap_or_default();
    if !KINDS.iter().any(|(known, _)| *known == kind) {
        return report.word(&format!("{path}.type"), Code::ButtonUnknown, kind);
    }
    if kind == "OTP" {
        return report.word(&format!("{path}.type"), Code::ButtonNotAllowed, kind);
    }
    // These say what WhatsApp makes them say.
    if !matches!(kind, "COPY_CODE" | "SPM" | "REQUEST_CONTACT_INFO") {
        let place = format!("{path}.text");
        report.short(&place, string("text"), TEXT_MAX);
        words::none(&place, string("text"), report);
    }
    match kind {
        "URL" => url(path, button, format, report),
        "PHONE_NUMBER" => {
            let number = string("phone_number");
            let digits = number.strip_prefix('+').unwrap_or(number);
            let fits = !digits.is_empty() && number.len() <= PHONE_MAX && digits.bytes().all(|b| b.is_ascii_digit());
            if !fits {
                let actual = number.chars().count();
                report.count(&format!("{path}.phone_number"), Code::PhoneInvalid, PHONE_MAX, actual, None);
            }
        }
        "COPY_CODE" => {
            let code = button["example"].as_str().or_else(|| button["example"][0].as_str()).unwrap_or_default();
            report.short(&format!("{path}.example"), code, COUPON_MAX);
        }
        "FLOW" => {
            let known = ["flow_id", "flow_name", "flow_json"];
            if known.iter().all(|key| matches!(&button[*key], Value::Null) || button[*key] == "") {
                report.plain(&format!("{path}.flow_id"), Code::FlowMissing);
            }
        }
        _ => {}
    }
}

fn url(path: &str, button: &Value, format: Format, report: &mut Report) {
    let place = format!("{path}.url");
    let url = button["url"].as_str().unwrap_or_default();
    if url.is_empty() {
        return report.plain(&place, Code::Required);
    }
    if report.absurd(&place, url, URL_MAX) {
        return;
    }
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return report.plain(&place, Code::LinkInvalid);
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || url.contains(char::is_whitespace) {
        return report.plain(&place, Code::LinkInvalid);
    }
    host_allowed(&place, url, report);
    if words::malformed(url) {
        return report.plain(&place, Code::VariableMalformed);
    }
    let Some((before, name, after)) = next_placeholder(url) else { return };
    if next_placeholder(after).is_some() {
        return report.count(&place, Code::VariablesMany, 1, 2, None);
    }
    if !after.is_empty() || host.contains("{{") || before.is_empty() {
        report.plain(&place, Code::LinkVariable);
    }
    if format == Format::Positional && name != "1" {
        report.count(&place, Code::VariableGap, 1, 1, None);
    }
    let example = button["example"].as_str().or_else(|| button["example"][0].as_str()).unwrap_or_default();
    if example.trim().is_empty() {
        report.word(&format!("{path}.example"), Code::ExampleMissing, name);
    }
}

/// Refuses addresses whose host hides where they lead, or is WhatsApp's own.
pub(super) fn host_allowed(place: &str, address: &str, report: &mut Report) {
    let bare = address.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let bare = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")).unwrap_or(bare);
    let bare = bare.strip_prefix("www.").unwrap_or(bare);
    // A host alone at the end of a sentence is a name, not a link.
    let Some((host, _)) = bare.split_once('/') else { return };
    let host = host.to_ascii_lowercase();
    if SHORTENERS.contains(&host.as_str()) {
        report.word(place, Code::LinkShortened, &host);
    } else if host == "wa.me" {
        report.word(place, Code::LinkWhatsapp, &host);
    }
}
