//! Interactive messages: counts, lengths and needed parts (whatsapp-cloud-api.md §6).

use super::{
    content::{Outgoing, media, only, optional, text},
    error::{GraphError, Result},
};
use serde_json::{Map, Value};
use std::collections::HashSet;

type Object = Map<String, Value>;

const KINDS: &[&str] = &[
    "button",
    "list",
    "cta_url",
    "flow",
    "location_request_message",
    "product",
    "product_list",
    "catalog_message",
    "voice_call",
    "call_permission_request",
    "address_message",
    "request_contact_info",
    "carousel",
    "order_details",
    "order_status",
];

/// Checks the `interactive` object.
pub fn check(object: &Object, out: &mut Outgoing) -> Result<()> {
    only(object, &["type", "header", "body", "footer", "action"], "interactive")?;
    let kind = text(object, "type", "interactive", 40)?;
    if !KINDS.contains(&kind) {
        return Err(GraphError::invalid(format!(
            "Param interactive['type'] must be one of {{{}}} - got \"{kind}\".",
            KINDS.join(", ")
        )));
    }
    match object.get("body").and_then(Value::as_object) {
        Some(body) => {
            let max = if kind == "list" { 4096 } else { 1024 };
            text(body, "text", "interactive['body']", max)?;
        }
        None if kind == "product" => {}
        None => return Err(GraphError::invalid("The parameter interactive['body'] is required.")),
    }
    if let Some(footer) = object.get("footer").and_then(Value::as_object) {
        optional(footer, "text", "interactive['footer']", 60)?;
    }
    header(kind, object, out)?;
    let action = object
        .get("action")
        .and_then(Value::as_object)
        .ok_or_else(|| GraphError::invalid("The parameter interactive['action'] is required."))?;
    act(kind, action, out)
}

fn header(kind: &str, object: &Object, out: &mut Outgoing) -> Result<()> {
    let Some(header) = object.get("header").and_then(Value::as_object) else {
        if kind == "product_list" {
            return Err(GraphError::missing("interactive['header'] is required for product_list."));
        }
        return Ok(());
    };
    let form = text(header, "type", "interactive['header']", 20)?;
    let text_only = matches!(kind, "list" | "product_list");
    let none = matches!(
        kind,
        "location_request_message" | "product" | "catalog_message" | "call_permission_request" | "request_contact_info"
    );
    if none || (text_only && form != "text") {
        return Err(GraphError::value(format!("A header of type {form} is not possible in {kind} messages.")));
    }
    media_header(form, header, out)
}

fn media_header(form: &str, header: &Object, out: &mut Outgoing) -> Result<()> {
    match form {
        "text" => text(header, "text", "interactive['header']", 60).map(drop),
        "image" | "video" | "document" => {
            let object = header.get(form).and_then(Value::as_object).ok_or_else(|| {
                GraphError::invalid(format!("The parameter interactive['header']['{form}'] is required."))
            })?;
            media(form, object, &["id", "link", "filename", "caption"], out)
        }
        _ => Err(GraphError::invalid(format!(
            "Param interactive['header']['type'] must be one of {{document, image, text, video}} - got \"{form}\"."
        ))),
    }
}

fn act(kind: &str, action: &Object, out: &mut Outgoing) -> Result<()> {
    match kind {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" | "voice_call" | "flow" | "catalog_message" | "address_message" => named(kind, action),
        "location_request_message" => name_is(action, "send_location"),
        "request_contact_info" | "call_permission_request" => name_is(action, kind),
        "product" => {
            text(action, "catalog_id", "interactive['action']", 64)?;
            text(action, "product_retailer_id", "interactive['action']", 256).map(drop)
        }
        "product_list" => products(action),
        "carousel" => carousel(action, out),
        _ => Ok(()),
    }
}

fn name_is(action: &Object, name: &str) -> Result<()> {
    if action.get("name").and_then(Value::as_str) == Some(name) {
        Ok(())
    } else {
        Err(GraphError::value(format!("Param interactive['action']['name'] must be \"{name}\".")))
    }
}

fn named(kind: &str, action: &Object) -> Result<()> {
    name_is(action, kind)?;
    let Some(parameters) = action.get("parameters").and_then(Value::as_object) else {
        if matches!(kind, "voice_call" | "catalog_message") {
            return Ok(());
        }
        return Err(GraphError::missing("interactive['action']['parameters'] is required."));
    };
    let name = "interactive['action']['parameters']";
    match kind {
        "cta_url" => {
            text(parameters, "display_text", name, 20)?;
            let url = text(parameters, "url", name, 2000)?;
            if url.starts_with("http://") || url.starts_with("https://") {
                Ok(())
            } else {
                Err(GraphError::value(format!("Param {name}['url'] is not a valid URL.")))
            }
        }
        "flow" => {
            text(parameters, "flow_message_version", name, 3)?;
            text(parameters, "flow_cta", name, 60)?;
            match (parameters.get("flow_id"), parameters.get("flow_name")) {
                (None, None) => Err(GraphError::missing("One of flow_id and flow_name is required.")),
                _ => Ok(()),
            }
        }
        "voice_call" => optional(parameters, "display_text", name, 20),
        "address_message" => text(parameters, "country", name, 2).map(drop),
        _ => Ok(()),
    }
}

fn buttons(action: &Object) -> Result<()> {
    let buttons = array(action, "buttons")?;
    if buttons.is_empty() || buttons.len() > 3 {
        return Err(GraphError::value("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"));
    }
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for button in buttons {
        let reply = button
            .get("reply")
            .and_then(Value::as_object)
            .ok_or_else(|| GraphError::missing("buttons[].reply is required."))?;
        let id = length(reply, "id", "Button id", 256)?;
        let title = length(reply, "title", "Button title", 20)?;
        if !ids.insert(id) {
            return Err(GraphError::value(format!("Duplicated button id \"{id}\"")));
        }
        if !titles.insert(title) {
            return Err(GraphError::value(format!("Duplicated button title \"{title}\"")));
        }
    }
    Ok(())
}

fn list(action: &Object) -> Result<()> {
    length(action, "button", "Button label", 20)?;
    let sections = array(action, "sections")?;
    if sections.is_empty() || sections.len() > 10 {
        return Err(GraphError::value("Invalid sections count. Min allowed: 1, Max allowed: 10"));
    }
    let mut ids = HashSet::new();
    let mut rows = 0;
    for section in sections {
        let section = section.as_object().ok_or_else(|| GraphError::invalid("A section must be a JSON object."))?;
        if sections.len() > 1 || section.contains_key("title") {
            length(section, "title", "Section title", 24)?;
        }
        for row in array(section, "rows")? {
            let row = row.as_object().ok_or_else(|| GraphError::invalid("A row must be a JSON object."))?;
            let id = length(row, "id", "Row id", 200)?;
            length(row, "title", "Row title", 24)?;
            optional(row, "description", "Row", 72)?;
            if !ids.insert(id) {
                return Err(GraphError::value(format!("Duplicated row id \"{id}\"")));
            }
            rows += 1;
        }
    }
    match rows {
        0 => Err(GraphError::missing("At least one row is required.")),
        1..=10 => Ok(()),
        _ => Err(GraphError::value("Total row count exceed max allowed count: 10")),
    }
}

fn products(action: &Object) -> Result<()> {
    text(action, "catalog_id", "interactive['action']", 64)?;
    let sections = array(action, "sections")?;
    let count: usize =
        sections.iter().map(|s| s.get("product_items").and_then(Value::as_array).map_or(0, Vec::len)).sum();
    if sections.is_empty() || sections.len() > 10 || !(1..=30).contains(&count) {
        return Err(GraphError::value("A product list has 1 to 10 sections and 1 to 30 products."));
    }
    Ok(())
}

fn carousel(action: &Object, out: &mut Outgoing) -> Result<()> {
    let cards = array(action, "cards")?;
    if !(2..=10).contains(&cards.len()) {
        return Err(GraphError::value("A carousel has 2 to 10 cards."));
    }
    let kind = cards[0].get("type");
    if cards.iter().any(|card| card.get("type") != kind) {
        return Err(GraphError::value("All cards of a carousel must be of one kind."));
    }
    for card in cards {
        if let Some(header) = card.get("header").and_then(Value::as_object) {
            let form = text(header, "type", "cards[].header", 20)?;
            media_header(form, header, out)?;
        }
        if let Some(body) = card.get("body").and_then(Value::as_object) {
            optional(body, "text", "cards[].body", 160)?;
        }
    }
    Ok(())
}

fn array<'a>(object: &'a Object, key: &str) -> Result<&'a Vec<Value>> {
    object
        .get(key)
        .and_then(Value::as_array)
        .ok_or_else(|| GraphError::missing(format!("The parameter {key} is required.")))
}

fn length<'a>(object: &'a Object, key: &str, what: &str, max: usize) -> Result<&'a str> {
    let value = object.get(key).and_then(Value::as_str).unwrap_or("");
    if (1..=max).contains(&value.chars().count()) {
        Ok(value)
    } else {
        Err(GraphError::value(format!("{what} length invalid. Min length: 1, Max length: {max}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::whatsapp::content::Recipient;
    use serde_json::json;

    fn details(value: Value) -> Option<String> {
        let mut out = Outgoing {
            to: Recipient::User("US.1".into()),
            kind: "interactive".into(),
            media: Vec::new(),
            refers_to: None,
            voice: false,
        };
        let object = value.as_object().cloned().unwrap_or_default();
        check(&object, &mut out).err().map(|e| e.details.unwrap_or(e.title))
    }

    #[test]
    fn counts_and_lengths_are_checked() {
        let button = |title: &str| json!({"type": "reply", "reply": {"id": title, "title": title}});
        let with =
            |buttons: Vec<Value>| json!({"type": "button", "body": {"text": "x"}, "action": {"buttons": buttons}});
        assert_eq!(details(with(vec![button("a"), button("b")])), None);
        assert_eq!(
            details(with(vec![button("a title much too long")])).as_deref(),
            Some("Button title length invalid. Min length: 1, Max length: 20")
        );
        assert!(details(with(vec![button("a"), button("a")])).is_some());
        let rows: Vec<Value> = (0..11).map(|n| json!({"id": n.to_string(), "title": "t"})).collect();
        assert_eq!(
            details(
                json!({"type": "list", "body": {"text": "x"}, "action": {"button": "Go", "sections": [{"rows": rows}]}})
            )
            .as_deref(),
            Some("Total row count exceed max allowed count: 10")
        );
    }
}
