//! Does a template message fit its template (whatsapp-cloud-api.md §6, §11)?

use super::{
    content::{Outgoing, Recipient, media},
    error::{GraphError, Result},
    state::State,
    template::{Template, find, variables},
};
use serde_json::{Map, Value};

/// Checks the `template` object of a request; returns the lower-case category.
pub fn check(state: &State, p: &str, body: &Map<String, Value>, out: &Outgoing) -> Result<String> {
    let object = &body["template"];
    let name = object
        .get("name")
        .and_then(Value::as_str)
        .filter(|s| !s.is_empty())
        .ok_or_else(|| GraphError::invalid("The parameter template['name'] is required."))?;
    let language = object
        .pointer("/language/code")
        .and_then(Value::as_str)
        .ok_or_else(|| GraphError::invalid("The parameter template['language']['code'] is required."))?;
    let absent = || GraphError::code(132_001).details(format!("template name ({name}) does not exist in {language}"));
    let waba = &state.numbers[p].config.waba_id;
    let template = state.template(waba, name, language).ok_or_else(absent)?;
    match template.status.as_str() {
        "APPROVED" | "PENDING_DELETION" => {}
        "PAUSED" => return Err(GraphError::code(132_015).details(format!("template ({name}) is paused"))),
        "DISABLED" => return Err(GraphError::code(132_016).details(format!("template ({name}) is disabled"))),
        _ => return Err(absent()),
    }
    if template.category == "AUTHENTICATION" && matches!(out.to, Recipient::User(_)) {
        return Err(GraphError::code(131_062).details("Authentication templates need a phone number."));
    }
    let empty = Vec::new();
    let given = match object.get("components") {
        None | Some(Value::Null) => &empty,
        Some(Value::Array(list)) => list,
        Some(_) => return Err(GraphError::invalid("Param template['components'] must be an array.")),
    };
    parts(template, &template.components, given)?;
    Ok(template.category.to_lowercase())
}

fn parts(template: &Template, wanted: &[Value], given: &[Value]) -> Result<()> {
    for component in given {
        let kind = component.get("type").and_then(Value::as_str).unwrap_or("").to_lowercase();
        let known = [
            "header",
            "body",
            "button",
            "carousel",
            "limited_time_offer",
            "order_status",
            "tap_target_configuration",
            "footer",
        ];
        if !known.contains(&kind.as_str()) {
            return Err(GraphError::invalid(format!(
                "Param template['components'][]['type'] is not valid - got \"{kind}\"."
            )));
        }
    }
    let named = template.parameter_format == "NAMED";
    if let Some(header) = find(wanted, "HEADER") {
        check_header(header, parameters(given, "header"), named)?;
    } else if !parameters(given, "header").is_empty() {
        return Err(count("header", parameters(given, "header").len(), 0));
    }
    if template.category == "AUTHENTICATION" {
        texts("body", &["1".into()], parameters(given, "body"), false, "")?;
    } else if let Some(body) = find(wanted, "BODY") {
        let words = body.get("text").and_then(Value::as_str).unwrap_or("");
        texts("body", &variables(words), parameters(given, "body"), named, words)?;
    }
    if let Some(list) = find(wanted, "BUTTONS").and_then(|c| c.get("buttons")?.as_array()) {
        buttons(list, given)?;
    }
    let wanted_cards = find(wanted, "CAROUSEL").and_then(|c| c.get("cards")?.as_array());
    if let Some(wanted_cards) = wanted_cards {
        let cards = find(given, "carousel").and_then(|c| c.get("cards")?.as_array());
        let cards = cards.filter(|cards| cards.len() == wanted_cards.len()).ok_or_else(|| {
            GraphError::code(132_012).details(format!("carousel: {} cards are expected", wanted_cards.len()))
        })?;
        for (wanted, card) in wanted_cards.iter().zip(cards) {
            let list = |value: &Value| value.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
            parts(template, &list(wanted), &list(card))?;
        }
    }
    Ok(())
}

fn parameters<'a>(given: &'a [Value], kind: &str) -> &'a [Value] {
    find(given, kind).and_then(|component| component.get("parameters")?.as_array()).map_or(&[], Vec::as_slice)
}

fn count(part: &str, given: usize, expected: usize) -> GraphError {
    GraphError::code(132_000).details(format!(
        "{part}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
    ))
}

fn kind_of(parameter: &Value) -> &str {
    parameter.get("type").and_then(Value::as_str).unwrap_or("")
}

fn texts(part: &str, names: &[String], given: &[Value], named: bool, words: &str) -> Result<()> {
    if given.len() != names.len() {
        return Err(count(part, given.len(), names.len()));
    }
    let mut length = words.chars().count();
    for parameter in given {
        let text = match kind_of(parameter) {
            "text" => parameter.get("text"),
            // Legacy kinds are shown as their fallback.
            kind @ ("currency" | "date_time") => parameter.get(kind).and_then(|v| v.get("fallback_value")),
            other => {
                return Err(GraphError::code(132_012)
                    .details(format!("{part}: Format mismatch, expected TEXT, received {}", other.to_uppercase())));
            }
        };
        let text = text.and_then(Value::as_str).unwrap_or("");
        if text.is_empty() {
            return Err(GraphError::missing(format!("{part}: a parameter of type text is missing its text value")));
        }
        if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
            return Err(GraphError::code(132_018)
                .details("Param text cannot have new-line/tab characters or more than 4 consecutive spaces"));
        }
        length += text.chars().count();
        if named {
            let name = parameter.get("parameter_name").and_then(Value::as_str).unwrap_or("");
            if !names.iter().any(|n| n == name) {
                return Err(GraphError::code(100)
                    .details(format!("{part}: Parameter name is missing or empty or unknown (\"{name}\")")));
            }
        }
    }
    let max = if part == "header" { 60 } else { 1024 };
    if part != "button" && length > max + 12 * names.len() {
        return Err(GraphError::code(132_005).details(format!("{part}: text is longer than {max} characters")));
    }
    Ok(())
}

fn check_header(header: &Value, given: &[Value], named: bool) -> Result<()> {
    let format = header.get("format").and_then(Value::as_str).unwrap_or("TEXT").to_uppercase();
    if format == "TEXT" {
        let words = header.get("text").and_then(Value::as_str).unwrap_or("");
        return texts("header", &variables(words), given, named, words);
    }
    let received = given.first().map_or("UNKNOWN".into(), |p| kind_of(p).to_uppercase());
    if received != format || given.len() != 1 {
        return Err(GraphError::code(132_012)
            .details(format!("header: Format mismatch, expected {format}, received {received}")));
    }
    let kind = format.to_lowercase();
    let object = given[0]
        .get(&kind)
        .and_then(Value::as_object)
        .ok_or_else(|| GraphError::missing(format!("header: the parameter {kind} is required")))?;
    match kind.as_str() {
        "location" => {
            let mut plain = object.clone();
            plain.retain(|_, value| !value.is_null());
            super::content::location(&plain, "location")
        }
        "product" => Ok(()),
        _ => {
            let mut ignored = Outgoing {
                to: Recipient::User(String::new()),
                kind: kind.clone(),
                media: Vec::new(),
                refers_to: None,
                voice: false,
            };
            media(&kind, object, &["id", "link", "filename", "caption", "provider"], &mut ignored)
        }
    }
}

fn buttons(wanted: &[Value], given: &[Value]) -> Result<()> {
    for (index, button) in wanted.iter().enumerate() {
        let kind = button.get("type").and_then(Value::as_str).unwrap_or("").to_uppercase();
        let here = given.iter().find(|component| {
            kind_of(component).eq_ignore_ascii_case("button")
                && component.get("index").is_some_and(|i| {
                    i.as_u64() == Some(index as u64) || i.as_str().and_then(|s| s.parse().ok()) == Some(index)
                })
        });
        let list = here.and_then(|c| c.get("parameters")?.as_array()).map_or(&[][..], Vec::as_slice);
        let dynamic = match kind.as_str() {
            "URL" => button.get("url").and_then(Value::as_str).is_some_and(|url| !variables(url).is_empty()),
            "OTP" | "COPY_CODE" | "MPM" => true,
            _ => false,
        };
        if dynamic && list.is_empty() {
            return Err(GraphError::missing(format!(
                "buttons: Button at index {index} of type {kind} requires a parameter"
            )));
        }
        if kind == "URL" && !dynamic && !list.is_empty() {
            return Err(GraphError::code(132_018)
                .details(format!("buttons: Button at index {index} of type Url does not require parameters")));
        }
        if matches!(kind.as_str(), "URL" | "OTP") && dynamic {
            texts("button", &["1".into()], list, false, "")?;
        }
    }
    let last = given.iter().filter(|c| kind_of(c).eq_ignore_ascii_case("button")).filter_map(|c| {
        let index = c.get("index")?;
        index.as_u64().or_else(|| index.as_str()?.parse().ok())
    });
    match last.max() {
        Some(max) if max >= wanted.len() as u64 => {
            Err(GraphError::code(132_018).details(format!("buttons: there is no button at index {max}")))
        }
        _ => Ok(()),
    }
}
