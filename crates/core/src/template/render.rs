//! The words the customer will read.

use super::definition::{Definition, Format, Header, Text, next_placeholder};
use serde_json::Value;

/// Header, body and footer with the parameters put in, one below the other; card bodies follow. Placeholders without
/// a value stay as they are, so that a preview shows what is missing. A value that looks like a placeholder is shown,
/// not filled.
#[must_use]
pub fn render(definition: &Definition, components: &Value) -> String {
    let mut lines = Vec::new();
    if let Some(Header::Text(text)) = &definition.header {
        lines.push(put(definition.format, text, part(components, "header")));
    }
    lines.push(put(definition.format, &definition.body, part(components, "body")));
    lines.extend(definition.footer.clone());
    let carousel = part(components, "carousel");
    for (at, card) in definition.cards.iter().enumerate() {
        let given = carousel.and_then(|carousel| carousel["cards"].as_array()).into_iter().flatten();
        let mut own = given.filter(|given| given["card_index"].as_u64() == Some(at as u64));
        let components = own.next().map_or(&Value::Null, |card| &card["components"]);
        lines.push(put(definition.format, &card.body, part(components, "body")));
    }
    lines.retain(|line| !line.trim().is_empty());
    lines.join("\n")
}

fn part<'a>(components: &'a Value, kind: &str) -> Option<&'a Value> {
    let mut all = components.as_array()?.iter();
    all.find(|component| component["type"].as_str().is_some_and(|word| word.eq_ignore_ascii_case(kind)))
}

fn put(format: Format, text: &Text, component: Option<&Value>) -> String {
    let given: Vec<&Value> = component.and_then(|part| part["parameters"].as_array()).into_iter().flatten().collect();
    let value = |name: &str| match format {
        Format::Named => given.iter().find(|parameter| parameter["parameter_name"] == name).and_then(|p| words(p)),
        Format::Positional => {
            let at = text.variables.iter().position(|variable| variable == name)?;
            given.get(at).and_then(|parameter| words(parameter))
        }
    };
    let mut out = String::with_capacity(text.text.len());
    let mut rest = text.text.as_str();
    while let Some((before, name, after)) = next_placeholder(rest) {
        out.push_str(before);
        match value(name) {
            Some(words) => out.push_str(words),
            None => out.push_str(&rest[before.len()..rest.len() - after.len()]),
        }
        rest = after;
    }
    out + rest
}

fn words(parameter: &Value) -> Option<&str> {
    match parameter["type"].as_str()? {
        kind @ ("currency" | "date_time") => parameter[kind]["fallback_value"].as_str(),
        _ => parameter["text"].as_str(),
    }
}
