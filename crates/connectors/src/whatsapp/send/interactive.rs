//! Interactive messages: buttons, lists, links, forms, products, carousels.

use super::text::{at_most, between, count, one_of};
use crate::whatsapp::api::Invalid;
use serde_json::{Value, json};
use std::collections::HashSet;

/// The parts of `Content::Interactive`.
pub(super) struct Parts<'a> {
    pub kind: &'a str,
    pub header: Option<&'a Value>,
    pub body: Option<&'a str>,
    pub footer: Option<&'a str>,
    pub action: &'a Value,
}

/// The `interactive` object. Kinds we do not know are passed on after the common checks.
pub(super) fn interactive(parts: &Parts<'_>) -> Result<Value, Invalid> {
    between("interactive.type", parts.kind, 1, 64)?;
    let mut object = json!({"type": parts.kind, "action": action(parts)});
    if let Some(header) = parts.header.filter(|header| !header.is_null()) {
        check_header(parts.kind, header)?;
        object["header"] = header.clone();
    } else if parts.kind == "product_list" {
        return Err(Invalid::new("interactive.header", "a header on product lists", "missing"));
    }
    match parts.body {
        Some(body) => {
            between("interactive.body.text", body, 1, if parts.kind == "list" { 4096 } else { 1024 })?;
            object["body"] = json!({"text": body});
        }
        // A single product may stand for itself.
        None if parts.kind == "product" => {}
        None => return Err(Invalid::new("interactive.body.text", "a text", "missing")),
    }
    if let Some(footer) = parts.footer.filter(|footer| !footer.is_empty()) {
        at_most("interactive.footer.text", footer, 60)?;
        object["footer"] = json!({"text": footer});
    }
    check_action(parts.kind, &object["action"])?;
    Ok(object)
}

/// The action as given; kinds whose action has one fixed form may leave it out.
fn action(parts: &Parts<'_>) -> Value {
    let fixed = match parts.kind {
        "location_request_message" => "send_location",
        "request_contact_info" => "request_contact_info",
        "call_permission_request" => "call_permission_request",
        _ => return parts.action.clone(),
    };
    if parts.action.is_object() { parts.action.clone() } else { json!({"name": fixed}) }
}

fn check_header(kind: &str, header: &Value) -> Result<(), Invalid> {
    let sort = header["type"].as_str().unwrap_or_default();
    let text_only = matches!(kind, "list" | "location_request_message" | "product_list");
    let known = matches!(sort, "text" | "image" | "video" | "document");
    one_of("interactive.header.type", "text, image, video or document", known, sort)?;
    one_of("interactive.header.type", "text on this kind of message", sort == "text" || !text_only, sort)?;
    if sort == "text" {
        return between("interactive.header.text", header["text"].as_str().unwrap_or_default(), 1, 60);
    }
    let one = header[sort]["id"].is_string() != header[sort]["link"].is_string();
    one_of(&format!("interactive.header.{sort}"), "either id or link", one, "both or none")
}

fn check_action(kind: &str, action: &Value) -> Result<(), Invalid> {
    one_of("interactive.action", "an object", action.is_object(), "something else")?;
    match kind {
        "button" => buttons(action),
        "list" => list(action),
        "cta_url" => cta_url("interactive.action", action),
        "flow" => flow(&action["parameters"]),
        "product" => {
            text("interactive.action.catalog_id", &action["catalog_id"], 256)?;
            text("interactive.action.product_retailer_id", &action["product_retailer_id"], 256)
        }
        "product_list" => product_list(action),
        "carousel" => carousel(action),
        "voice_call" => match &action["parameters"]["display_text"] {
            Value::Null => Ok(()),
            shown => text("interactive.action.parameters.display_text", shown, 20),
        },
        _ => Ok(()),
    }
}

fn text(field: &str, value: &Value, max: usize) -> Result<(), Invalid> {
    between(field, value.as_str().unwrap_or_default(), 1, max)
}

fn list_of<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn unique<'a>(field: &str, values: impl Iterator<Item = &'a Value>) -> Result<(), Invalid> {
    let mut seen = HashSet::new();
    for value in values.filter_map(Value::as_str) {
        one_of(field, "unique within the message", seen.insert(value), value)?;
    }
    Ok(())
}

fn buttons(action: &Value) -> Result<(), Invalid> {
    let buttons = list_of(action, "buttons");
    count("interactive.action.buttons", buttons.len(), 1, 3)?;
    for button in buttons {
        text("interactive.action.buttons.reply.title", &button["reply"]["title"], 20)?;
        text("interactive.action.buttons.reply.id", &button["reply"]["id"], 256)?;
    }
    unique("interactive.action.buttons.reply.id", buttons.iter().map(|button| &button["reply"]["id"]))?;
    unique("interactive.action.buttons.reply.title", buttons.iter().map(|button| &button["reply"]["title"]))
}

fn sections<'a>(action: &'a Value, rows: &str, most_rows: usize) -> Result<Vec<&'a Value>, Invalid> {
    let sections = list_of(action, "sections");
    count("interactive.action.sections", sections.len(), 1, 10)?;
    for section in sections {
        let title = &section["title"];
        if sections.len() > 1 || title.as_str().is_some_and(|title| !title.is_empty()) {
            text("interactive.action.sections.title", title, 24)?;
        }
        count(&format!("interactive.action.sections.{rows}"), list_of(section, rows).len(), 1, most_rows)?;
    }
    let all: Vec<&Value> = sections.iter().flat_map(|section| list_of(section, rows)).collect();
    count(&format!("interactive.action.sections.{rows}"), all.len(), 1, most_rows)?;
    Ok(all)
}

fn list(action: &Value) -> Result<(), Invalid> {
    text("interactive.action.button", &action["button"], 20)?;
    let rows = sections(action, "rows", 10)?;
    for row in &rows {
        text("interactive.action.sections.rows.id", &row["id"], 200)?;
        text("interactive.action.sections.rows.title", &row["title"], 24)?;
        at_most("interactive.action.sections.rows.description", row["description"].as_str().unwrap_or_default(), 72)?;
    }
    unique("interactive.action.sections.rows.id", rows.iter().map(|row| &row["id"]))
}

fn product_list(action: &Value) -> Result<(), Invalid> {
    text("interactive.action.catalog_id", &action["catalog_id"], 256)?;
    for item in sections(action, "product_items", 30)? {
        text("interactive.action.sections.product_items.product_retailer_id", &item["product_retailer_id"], 256)?;
    }
    Ok(())
}

fn cta_url(path: &str, action: &Value) -> Result<(), Invalid> {
    let parameters = &action["parameters"];
    text(&format!("{path}.parameters.display_text"), &parameters["display_text"], 20)?;
    let url = parameters["url"].as_str().unwrap_or_default();
    between(&format!("{path}.parameters.url"), url, 8, 2000)?;
    let web = url.starts_with("https://") || url.starts_with("http://");
    one_of(&format!("{path}.parameters.url"), "a web address with https://", web, url)
}

fn flow(parameters: &Value) -> Result<(), Invalid> {
    let named = parameters["flow_id"].is_string() != parameters["flow_name"].is_string();
    one_of("interactive.action.parameters.flow_id", "either flow_id or flow_name", named, "both or none")?;
    text("interactive.action.parameters.flow_cta", &parameters["flow_cta"], 30)
}

fn carousel(action: &Value) -> Result<(), Invalid> {
    let cards = list_of(action, "cards");
    count("interactive.action.cards", cards.len(), 2, 10)?;
    for card in cards {
        at_most("interactive.action.cards.body.text", card["body"]["text"].as_str().unwrap_or_default(), 160)?;
        if card["type"] == "cta_url" {
            cta_url("interactive.action.cards.action", &card["action"])?;
        }
    }
    let kinds: HashSet<_> = cards.iter().map(|card| card["type"].as_str()).collect();
    one_of("interactive.action.cards.type", "cards of one kind", kinds.len() == 1, "several kinds")
}
