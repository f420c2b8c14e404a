//! Authentication, carousel and limited-time offer.

use super::super::definition::Format;
use super::problem::{Code, Report};
use super::{buttons, kind, words};
use serde_json::Value;

const EXPIRY_MAX: i64 = 90;
const CODE_TEXT_MAX: usize = 25;
const SIGNATURE_LENGTH: usize = 11;
const CARDS_MAX: usize = 10;
const CARD_BODY_MAX: usize = 160;
const OFFER_TEXT_MAX: usize = 16;

/// The words of a code message are Meta's own; a text that came from there is left alone.
pub(super) fn code_body(path: &str, component: &Value, report: &mut Report) {
    let fixed =
        component.get("text").is_none_or(Value::is_null) || component.get("add_security_recommendation").is_some();
    if !fixed {
        report.word(&format!("{path}.text"), Code::ComponentNotAllowed, "TEXT");
    }
}

/// A code's small print is when it expires.
pub(super) fn code_footer(path: &str, component: &Value, report: &mut Report) {
    let minutes = &component["code_expiration_minutes"];
    if !minutes.as_i64().is_some_and(|minutes| (1..=EXPIRY_MAX).contains(&minutes)) {
        let actual = usize::try_from(minutes.as_i64().unwrap_or(0)).unwrap_or(0);
        report.count(&format!("{path}.code_expiration_minutes"), Code::CodeExpiry, 90, actual, None);
    }
}

/// Exactly one button, which hands over the code.
pub(super) fn code_buttons(path: &str, component: &Value, report: &mut Report) {
    let at = format!("{path}.buttons");
    let Some([button]) = component["buttons"].as_array().map(Vec::as_slice) else {
        return report.plain(&at, Code::CodeButtonMissing);
    };
    // Meta lists a code button as the link it makes of it.
    if !matches!(kind(button).as_str(), "OTP" | "URL") {
        return report.plain(&at, Code::CodeButtonMissing);
    }
    if kind(button) == "URL" {
        return;
    }
    let path = format!("{at}.0");
    let how = button["otp_type"].as_str().unwrap_or_default().to_ascii_uppercase();
    if !matches!(how.as_str(), "COPY_CODE" | "ONE_TAP" | "ZERO_TAP") {
        return report.word(&format!("{path}.otp_type"), Code::CodeButtonKind, &how);
    }
    report.length(&format!("{path}.text"), button["text"].as_str().unwrap_or_default(), CODE_TEXT_MAX);
    if how == "COPY_CODE" {
        return;
    }
    let apps = button["supported_apps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let complete = |app: &Value| {
        let text = |key: &str| app[key].as_str().unwrap_or_default();
        text("package_name").contains('.') && text("signature_hash").len() == SIGNATURE_LENGTH
    };
    if apps.is_empty() || !apps.iter().all(complete) {
        report.plain(&format!("{path}.supported_apps"), Code::CodeApps);
    }
    if how == "ZERO_TAP" && button["zero_tap_terms_accepted"] != true {
        report.plain(&format!("{path}.zero_tap_terms_accepted"), Code::CodeTerms);
    }
}

/// Cards side by side, all built alike.
pub(super) fn carousel(path: &str, component: &Value, format: Format, report: &mut Report) {
    let at = format!("{path}.cards");
    let Some(cards) = component["cards"].as_array() else { return report.plain(&at, Code::NotAList) };
    if !(2..=CARDS_MAX).contains(&cards.len()) {
        report.count(&at, Code::CardsCount, CARDS_MAX, cards.len(), None);
    }
    let first = cards.first().map(shape);
    for (index, one) in cards.iter().enumerate().take(CARDS_MAX) {
        let path = format!("{at}.{index}");
        card(&path, one, format, report);
        if index > 0 && Some(shape(one)) != first {
            report.plain(&path, Code::CardDiffers);
        }
    }
}

fn card(path: &str, card: &Value, format: Format, report: &mut Report) {
    let Some(list) = card["components"].as_array() else {
        return report.plain(&format!("{path}.components"), Code::NotAList);
    };
    let mut picture = false;
    for (at, component) in list.iter().enumerate() {
        let path = format!("{path}.components.{at}");
        match kind(component).as_str() {
            "HEADER" => {
                picture = matches!(header_format(component).as_str(), "IMAGE" | "VIDEO" | "PRODUCT");
                words::header(&path, component, format, report);
            }
            "BODY" => words::body(&path, component, format, CARD_BODY_MAX, report),
            "BUTTONS" => buttons::all(&path, component, format, buttons::Place::Card, report),
            other => report.word(&path, Code::ComponentNotAllowed, other),
        }
    }
    if !picture {
        report.plain(path, Code::CardHeader);
    }
}

fn header_format(component: &Value) -> String {
    component["format"].as_str().unwrap_or("TEXT").to_ascii_uppercase()
}

/// What every card must have in common: its parts in order, the header's format and the kinds of buttons.
fn shape(card: &Value) -> Vec<String> {
    let list = card["components"].as_array().into_iter().flatten();
    let part = |component: &Value| match kind(component).as_str() {
        "HEADER" => format!("HEADER {}", header_format(component)),
        "BUTTONS" => {
            let kinds: Vec<String> = component["buttons"].as_array().into_iter().flatten().map(kind).collect();
            format!("BUTTONS {}", kinds.join(" "))
        }
        other => other.to_owned(),
    };
    list.map(part).collect()
}

/// An offer that counts down.
pub(super) fn offer(path: &str, component: &Value, all: &[Value], category: &str, report: &mut Report) {
    let offer = &component["limited_time_offer"];
    report.short(
        &format!("{path}.limited_time_offer.text"),
        offer["text"].as_str().unwrap_or_default(),
        OFFER_TEXT_MAX,
    );
    if category == "UTILITY" {
        report.plain("category", Code::OfferCategory);
    }
    let find = |wanted: &str| all.iter().position(|one| kind(one) == wanted);
    if let Some(at) = find("HEADER")
        && !matches!(header_format(&all[at]).as_str(), "IMAGE" | "VIDEO")
    {
        report.plain(&format!("components.{at}.format"), Code::OfferHeader);
    }
    let buttons = find("BUTTONS").map(|at| (at, all[at]["buttons"].as_array().cloned().unwrap_or_default()));
    let place = buttons.as_ref().map_or_else(|| "components".to_owned(), |(at, _)| format!("components.{at}.buttons"));
    let kinds: Vec<String> = buttons.iter().flat_map(|(_, list)| list.iter().map(kind)).collect();
    if !kinds.iter().any(|kind| kind == "URL") {
        report.plain(&place, Code::OfferButtons);
    }
    let expires = offer["has_expiration"] == Value::Bool(true);
    let code = kinds.iter().position(|kind| kind == "COPY_CODE");
    if (expires && code.is_none()) || code.is_some_and(|at| at > 0) {
        report.plain(&place, Code::OfferCode);
    }
}
