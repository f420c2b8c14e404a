//! What of a draft somebody who stands between us and Meta has no words for (`whatsapp-cloud-api.md` §16).

use super::problem::{Code, Problem, Report};
use super::{COMPONENTS_MAX, Draft, kind};
use serde_json::Value;

/// In what form a template is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// As Meta's components: nothing is lost.
    Components,
    /// As a content of Twilio's Content API.
    Contents,
}

/// Buttons that a content may have, and those of its cards.
const BUTTONS: [&str; 4] = ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"];
const CARD_BUTTONS: [&str; 3] = ["QUICK_REPLY", "URL", "PHONE_NUMBER"];

/// Everything that cannot be said in the carrier's form, in reading order. What Meta itself would refuse is not looked
/// for again.
#[must_use]
pub fn lacking(carrier: Carrier, draft: &Draft<'_>) -> Vec<Problem> {
    let mut report = Report::default();
    if carrier == Carrier::Contents {
        contents(draft, &mut report);
    }
    report.into_problems()
}

fn contents(draft: &Draft<'_>, report: &mut Report) {
    if draft.parameter_format.eq_ignore_ascii_case("NAMED") && draft.components.to_string().contains("{{") {
        report.plain("parameter_format", Code::CarrierNumbered);
    }
    if draft.ttl_seconds.is_some() {
        report.word("message_send_ttl_seconds", Code::CarrierLacks, "TTL");
    }
    let coded = draft.category.eq_ignore_ascii_case("AUTHENTICATION");
    let list = draft.components.as_array().map(Vec::as_slice).unwrap_or_default();
    for (at, component) in list.iter().enumerate().take(COMPONENTS_MAX) {
        let path = format!("components.{at}");
        match kind(component).as_str() {
            "HEADER" => header(&path, component, report),
            "BODY" | "FOOTER" => {}
            "BUTTONS" if coded => code_button(&path, component, report),
            "BUTTONS" => buttons(&path, component, &BUTTONS, report),
            "CAROUSEL" => carousel(&path, component, report),
            other => report.word(&path, Code::CarrierLacks, other),
        }
    }
}

fn header(path: &str, component: &Value, report: &mut Report) {
    let format = component["format"].as_str().unwrap_or("TEXT").to_ascii_uppercase();
    if matches!(format.as_str(), "LOCATION" | "PRODUCT") {
        report.word(&format!("{path}.format"), Code::CarrierLacks, &format);
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn buttons(path: &str, component: &Value, known: &[&str], report: &mut Report) {
    for (at, button) in list(component, "buttons").iter().enumerate() {
        let kind = kind(button);
        if !known.contains(&kind.as_str()) {
            report.word(&format!("{path}.buttons.{at}.type"), Code::CarrierLacks, &kind);
        }
    }
}

/// A code is only copied, and the words on its button must be given.
fn code_button(path: &str, component: &Value, report: &mut Report) {
    for (at, button) in list(component, "buttons").iter().enumerate() {
        let path = format!("{path}.buttons.{at}");
        let how = button["otp_type"].as_str().unwrap_or_default().to_ascii_uppercase();
        if kind(button) != "OTP" {
            report.word(&format!("{path}.type"), Code::CarrierLacks, &kind(button));
        } else if how != "COPY_CODE" {
            report.word(&format!("{path}.otp_type"), Code::CarrierLacks, &how);
        } else if button["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
            report.plain(&format!("{path}.text"), Code::Required);
        }
    }
}

/// Cards must have a text, which is the same for everybody, and a button.
fn carousel(path: &str, component: &Value, report: &mut Report) {
    for (at, card) in list(component, "cards").iter().enumerate() {
        let path = format!("{path}.cards.{at}");
        let parts = list(card, "components");
        let has = |wanted: &str| parts.iter().any(|part| kind(part) == wanted);
        if !has("BODY") {
            report.plain(&path, Code::BodyMissing);
        }
        if !has("BUTTONS") {
            report.plain(&path, Code::ButtonsMissing);
        }
        for (nth, part) in parts.iter().enumerate() {
            let path = format!("{path}.components.{nth}");
            match kind(part).as_str() {
                "HEADER" => header(&path, part, report),
                "BODY" => {
                    super::words::none(&format!("{path}.text"), part["text"].as_str().unwrap_or_default(), report)
                }
                "BUTTONS" => buttons(&path, part, &CARD_BUTTONS, report),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(carrier: Carrier, category: &str, format: &str, ttl: Option<i64>, components: Value) -> Vec<String> {
        let draft = Draft {
            name: "order",
            language: "en",
            category,
            parameter_format: format,
            components: &components,
            ttl_seconds: ttl,
        };
        let one = |problem: Problem| {
            let (code, word) = (problem.code.code(), problem.value.unwrap_or_default());
            format!("{code} {} {word}", problem.path).trim_end().to_owned()
        };
        lacking(carrier, &draft).into_iter().map(one).collect()
    }

    fn of(components: Value) -> Vec<String> {
        found(Carrier::Contents, "MARKETING", "POSITIONAL", None, components)
    }

    fn body() -> Value {
        json!({ "type": "BODY", "text": "Hi {{1}}, it is here." })
    }

    #[test]
    fn what_contents_have_words_for_passes() {
        let none: [&str; 0] = [];
        let buttons =
            json!([{ "type": "QUICK_REPLY" }, { "type": "URL" }, { "type": "PHONE_NUMBER" }, { "type": "COPY_CODE" }]);
        assert_eq!(
            of(
                json!([{ "type": "HEADER", "format": "IMAGE" }, body(), { "type": "FOOTER", "text": "x" }, { "type": "BUTTONS", "buttons": buttons }])
            ),
            none
        );
        let code = json!([{ "type": "BODY" }, { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "copy_code", "text": "Copy" }] }]);
        assert_eq!(found(Carrier::Contents, "AUTHENTICATION", "POSITIONAL", None, code), none);
        let everything = json!([{ "type": "HEADER", "format": "LOCATION" }, { "type": "LIMITED_TIME_OFFER" }]);
        assert_eq!(
            found(Carrier::Components, "MARKETING", "NAMED", Some(60), everything),
            none,
            "Meta has words for all"
        );
    }

    #[test]
    fn what_contents_lack_is_named_with_its_place() {
        assert_eq!(
            found(Carrier::Contents, "UTILITY", "NAMED", Some(60), json!([body()])),
            ["carrier_numbered parameter_format", "carrier_lacks message_send_ttl_seconds TTL"]
        );
        assert_eq!(
            of(json!([
                { "type": "HEADER", "format": "location" }, body(),
                { "type": "LIMITED_TIME_OFFER" },
                { "type": "BUTTONS", "buttons": [{ "type": "URL" }, { "type": "FLOW" }] },
            ])),
            [
                "carrier_lacks components.0.format LOCATION",
                "carrier_lacks components.2 LIMITED_TIME_OFFER",
                "carrier_lacks components.3.buttons.1.type FLOW",
            ]
        );
        let code = |button: Value| {
            let parts = json!([{ "type": "BODY" }, { "type": "BUTTONS", "buttons": [button] }]);
            found(Carrier::Contents, "AUTHENTICATION", "POSITIONAL", None, parts)
        };
        assert_eq!(
            code(json!({ "type": "OTP", "otp_type": "ONE_TAP" })),
            ["carrier_lacks components.1.buttons.0.otp_type ONE_TAP"]
        );
        assert_eq!(code(json!({ "type": "OTP", "otp_type": "COPY_CODE" })), ["required components.1.buttons.0.text"]);
    }

    #[test]
    fn cards_have_fixed_words_and_a_button() {
        let header = json!({ "type": "HEADER", "format": "IMAGE" });
        let buttons = |kind: &str| json!({ "type": "BUTTONS", "buttons": [{ "type": kind, "text": "x" }] });
        let cards = json!([body(), { "type": "CAROUSEL", "cards": [
            { "components": [header, { "type": "BODY", "text": "Blue" }, buttons("URL")] },
            { "components": [header, { "type": "BODY", "text": "Hi {{1}} you" }, buttons("COPY_CODE")] },
            { "components": [header] },
        ] }]);
        assert_eq!(
            of(cards),
            [
                "variable_not_allowed components.1.cards.1.components.1.text",
                "carrier_lacks components.1.cards.1.components.2.buttons.0.type COPY_CODE",
                "body_missing components.1.cards.2",
                "buttons_missing components.1.cards.2",
            ]
        );
    }
}
