//! Interactive messages: buttons, lists, links, forms, products, requests, carousels.

use super::Code;
use super::sheet::{Sheet, list};
use serde_json::Value;

/// Most reply buttons.
const BUTTONS: usize = 3;
/// Longest title of a button.
const TITLE: usize = 20;
/// Most sections of a list.
const SECTIONS: usize = 10;
/// Most rows of a list, over all sections.
const ROWS: usize = 10;
/// Most products of a product list, over all sections.
const PRODUCTS: usize = 30;

/// The parts of `Content::Interactive`.
pub(super) struct Parts<'a> {
    pub kind: &'a str,
    pub header: Option<&'a Value>,
    pub body: Option<&'a str>,
    pub footer: Option<&'a str>,
    pub action: &'a Value,
}

/// Kinds we do not know are passed on after the common checks: the provider adds some every year.
pub(super) fn interactive(sheet: &mut Sheet, parts: &Parts<'_>) {
    sheet.text("kind", parts.kind, 64);
    match parts.header {
        Some(header) => header_of(sheet, parts.kind, header),
        None if parts.kind == "product_list" => sheet.add(Code::Missing, "header", "", ""),
        None => {}
    }
    match parts.body {
        Some(body) => sheet.text("body", body, if parts.kind == "list" { 4096 } else { 1024 }),
        // A single product may stand for itself.
        None if parts.kind == "product" => {}
        None => sheet.add(Code::Missing, "body", "", ""),
    }
    if let Some(footer) = parts.footer {
        sheet.at_most("footer", footer, 60);
        if parts.kind == "carousel" {
            sheet.add(Code::NotHere, "footer", "carousels", "present");
        }
    }
    action(sheet, parts.kind, parts.action);
}

fn header_of(sheet: &mut Sheet, kind: &str, header: &Value) {
    match kind {
        "product" => return sheet.add(Code::NotHere, "header", "product messages", "present"),
        "carousel" => return sheet.add(Code::NotHere, "header", "carousels", "present"),
        _ => {}
    }
    let sort = header["type"].as_str().unwrap_or_default();
    let text_only = matches!(kind, "list" | "location_request_message" | "product_list");
    let allowed: &[&str] = if text_only { &["text"] } else { &["text", "image", "video", "document"] };
    sheet.word("header.type", &Value::from(sort), allowed);
    match sort {
        "text" => sheet.value("header.text", &header["text"], 60),
        "image" | "video" | "document" => file(sheet, &format!("header.{sort}"), &header[sort]),
        _ => {}
    }
}

/// A file by the provider's id or a link; or our own, before it is exchanged for the provider's id.
fn file(sheet: &mut Sheet, field: &str, file: &Value) {
    if !file["media_id"].is_string() {
        sheet.either(field, file, "id", "link");
    }
}

fn action(sheet: &mut Sheet, kind: &str, action: &Value) {
    // Kinds whose action has one fixed form may leave it out.
    let fixed = match kind {
        "location_request_message" => Some("send_location"),
        "request_contact_info" => Some("request_contact_info"),
        "call_permission_request" => Some("call_permission_request"),
        _ => None,
    };
    if let Some(name) = fixed {
        return sheet.word("action.name", &action["name"], &[name]);
    }
    if !action.is_object() {
        return sheet.add(Code::Missing, "action", "", "");
    }
    match kind {
        "button" => buttons(sheet, "action", action),
        "list" => list_rows(sheet, action),
        "cta_url" => cta_url(sheet, "action", action),
        "flow" => flow(sheet, &action["parameters"]),
        "product" => product(sheet, "action", action),
        "product_list" => product_list(sheet, action),
        "catalog_message" => sheet.word("action.name", &action["name"], &["catalog_message"]),
        "carousel" => carousel(sheet, action),
        "address_message" => address(sheet, action),
        "voice_call" => voice_call(sheet, &action["parameters"]),
        _ => {}
    }
}

fn buttons(sheet: &mut Sheet, path: &str, action: &Value) {
    let all = list(action, "buttons");
    sheet.count(&format!("{path}.buttons"), all.len(), 1, BUTTONS);
    let field = |at: usize, key: &str| format!("{path}.buttons[{at}].reply.{key}");
    for (at, button) in all.iter().enumerate() {
        sheet.word(&format!("{path}.buttons[{at}].type"), &button["type"], &["reply"]);
        sheet.value(&field(at, "title"), &button["reply"]["title"], TITLE);
        sheet.value(&field(at, "id"), &button["reply"]["id"], 256);
    }
    for key in ["title", "id"] {
        sheet.unique(all.iter().enumerate().map(|(at, button)| (field(at, key), &button["reply"][key])));
    }
}

/// The entries of all sections with their paths, after what lists of rows and of products have in common.
fn sections<'a>(sheet: &mut Sheet, action: &'a Value, key: &str, most: usize) -> Vec<(String, &'a Value)> {
    let sections = list(action, "sections");
    sheet.count("action.sections", sections.len(), 1, SECTIONS);
    let mut all = Vec::new();
    for (nth, section) in sections.iter().enumerate() {
        let path = format!("action.sections[{nth}]");
        let title = section["title"].as_str().unwrap_or_default();
        if sections.len() > 1 || !title.is_empty() {
            sheet.text(&format!("{path}.title"), title, 24);
        }
        let entries = list(section, key);
        if entries.is_empty() {
            sheet.count(&format!("{path}.{key}"), 0, 1, most);
        }
        all.extend(entries.iter().enumerate().map(|(at, entry)| (format!("{path}.{key}[{at}]"), entry)));
    }
    // The limit is on all sections together, not on each.
    if all.len() > most {
        sheet.count("action.sections", all.len(), 1, most);
    }
    all
}

fn list_rows(sheet: &mut Sheet, action: &Value) {
    sheet.value("action.button", &action["button"], TITLE);
    let rows = sections(sheet, action, "rows", ROWS);
    for (path, row) in &rows {
        sheet.value(&format!("{path}.id"), &row["id"], 200);
        sheet.value(&format!("{path}.title"), &row["title"], 24);
        sheet.at_most(&format!("{path}.description"), row["description"].as_str().unwrap_or_default(), 72);
    }
    sheet.unique(rows.iter().map(|(path, row)| (format!("{path}.id"), &row["id"])));
}

fn product(sheet: &mut Sheet, path: &str, action: &Value) {
    sheet.value(&format!("{path}.catalog_id"), &action["catalog_id"], 256);
    sheet.value(&format!("{path}.product_retailer_id"), &action["product_retailer_id"], 256);
}

fn product_list(sheet: &mut Sheet, action: &Value) {
    sheet.value("action.catalog_id", &action["catalog_id"], 256);
    for (path, item) in sections(sheet, action, "product_items", PRODUCTS) {
        sheet.value(&format!("{path}.product_retailer_id"), &item["product_retailer_id"], 256);
    }
}

fn cta_url(sheet: &mut Sheet, path: &str, action: &Value) {
    let parameters = &action["parameters"];
    sheet.word(&format!("{path}.name"), &action["name"], &["cta_url"]);
    sheet.value(&format!("{path}.parameters.display_text"), &parameters["display_text"], TITLE);
    sheet.link(&format!("{path}.parameters.url"), &parameters["url"]);
}

fn flow(sheet: &mut Sheet, parameters: &Value) {
    sheet.either("action.parameters", parameters, "flow_id", "flow_name");
    sheet.value("action.parameters.flow_cta", &parameters["flow_cta"], 30);
    sheet.word("action.parameters.mode", &parameters["mode"], &["draft", "published"]);
    sheet.word("action.parameters.flow_action", &parameters["flow_action"], &["navigate", "data_exchange"]);
}

fn address(sheet: &mut Sheet, action: &Value) {
    sheet.word("action.name", &action["name"], &["address_message"]);
    let country = &action["parameters"]["country"];
    if country.is_null() {
        sheet.add(Code::Missing, "action.parameters.country", "", "");
    }
    sheet.word("action.parameters.country", country, &["IN", "SG"]);
}

fn voice_call(sheet: &mut Sheet, parameters: &Value) {
    if !parameters["display_text"].is_null() {
        sheet.value("action.parameters.display_text", &parameters["display_text"], TITLE);
    }
}

fn carousel(sheet: &mut Sheet, action: &Value) {
    let cards = list(action, "cards");
    sheet.count("action.cards", cards.len(), 2, 10);
    for (at, card) in cards.iter().enumerate() {
        let path = format!("action.cards[{at}]");
        sheet.at_most(&format!("{path}.body.text"), card["body"]["text"].as_str().unwrap_or_default(), 160);
        match card["type"].as_str() {
            Some("cta_url") => cta_url(sheet, &format!("{path}.action"), &card["action"]),
            Some("button") => buttons(sheet, &format!("{path}.action"), &card["action"]),
            Some("product") => product(sheet, &format!("{path}.action"), &card["action"]),
            _ => sheet.value(&format!("{path}.type"), &card["type"], 64),
        }
        let header = &card["header"];
        if !header.is_null() {
            sheet.word(&format!("{path}.header.type"), &header["type"], &["image", "video"]);
            if let Some(sort @ ("image" | "video")) = header["type"].as_str() {
                file(sheet, &format!("{path}.header.{sort}"), &header[sort]);
            }
        }
    }
    for key in ["type", "header"] {
        let kind = |card: &Value| if key == "type" { card["type"].clone() } else { card["header"]["type"].clone() };
        let first = cards.first().map(kind);
        if let Some(at) = cards.iter().position(|card| Some(kind(card)) != first) {
            let field = if key == "type" { "type" } else { "header.type" };
            let actual = kind(&cards[at]).as_str().unwrap_or_default().to_owned();
            sheet.add(Code::Mixed, &format!("action.cards[{at}].{field}"), "the same on all cards", actual);
        }
    }
}
