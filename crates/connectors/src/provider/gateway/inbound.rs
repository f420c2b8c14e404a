//! What a gateway delivers: events in our canonical shapes, put into Meta's, which is what is stored and decoded.

use crate::json;
use crate::provider::Provider;
use crate::provider::error_table::code_of;
use crate::provider::shape::{self, Item, Person, digits, put, seconds, text};
use crate::whatsapp::{BadBody, Split};
use serde_json::{Map, Value, json as object};

/// Most events of one delivery.
const EVENTS_MAX: usize = 1_000;

/// `{"version":1,"events":[..]}`. Events of a kind we do not know are kept whole.
pub(crate) fn split(provider: &Provider, raw: &[u8]) -> Result<Split, BadBody> {
    let body = json::check(raw)?;
    let body: Value = serde_json::from_str(&body).map_err(|error| BadBody::NotJson(error.to_string()))?;
    let Some(events) = body["events"].as_array() else {
        return Err(BadBody::NotJson("no list of events".to_owned()));
    };
    if events.len() > EVENTS_MAX {
        return Err(BadBody::TooManyKeys);
    }
    shape::split_entries(events.iter().map(|event| entry(provider, event)).collect())
}

fn entry(provider: &Provider, event: &Value) -> Value {
    let number = text(event, "/number").unwrap_or(&provider.number_id);
    let item = match text(event, "/type").unwrap_or_default() {
        "message" => Some((person(&event["from"]), message(event))),
        "reaction" => Some((person(&event["from"]), reaction(event))),
        "status" => Some((person(&event["to"]), status(event))),
        _ => None,
    };
    match item {
        Some((person, item)) => shape::change(&provider.account_id, number, number, &person, vec![item]),
        None => shape::entry(&provider.account_id, "gateway", event.clone()),
    }
}

fn person(value: &Value) -> Person {
    let of = |path: &str| text(value, path).map(str::to_owned);
    Person {
        wa_id: text(value, "/phone").and_then(digits),
        user_id: of("/user_id"),
        name: of("/name"),
        username: of("/username"),
    }
}

/// Id and moment.
fn frame(event: &Value) -> Map<String, Value> {
    let mut out = Map::new();
    put(&mut out, "id", text(event, "/id"));
    put(&mut out, "timestamp", event["at"].as_i64().map(seconds).as_deref());
    out
}

fn message(event: &Value) -> Item {
    let mut message = frame(event);
    let (kind, said) = content(&event["content"]);
    message.insert("type".to_owned(), kind.into());
    message.insert(kind.to_owned(), said);
    let mut context = Map::new();
    put(&mut context, "id", text(event, "/reply_to"));
    if event["forwarded"] == true {
        context.insert("forwarded".to_owned(), true.into());
    }
    if !context.is_empty() {
        message.insert("context".to_owned(), context.into());
    }
    if event["referral"].is_object() {
        message.insert("referral".to_owned(), event["referral"].clone());
    }
    Item::Message(message)
}

fn reaction(event: &Value) -> Item {
    let mut message = frame(event);
    message.insert("type".to_owned(), "reaction".into());
    let emoji = text(event, "/emoji").unwrap_or_default();
    message.insert("reaction".to_owned(), object!({"message_id": event["target"], "emoji": emoji}));
    Item::Message(message)
}

fn status(event: &Value) -> Item {
    let mut status = frame(event);
    put(&mut status, "status", text(event, "/status"));
    put(&mut status, "biz_opaque_callback_data", text(event, "/callback"));
    if text(event, "/status") == Some("failed") {
        let word = text(event, "/error/code").unwrap_or_default();
        let words = text(event, "/error/message").unwrap_or("The gateway gave no reason");
        // A word that is not in the contract: the gateway's own words are shown.
        let code = code_of(word).unwrap_or(999_999);
        status.insert("errors".to_owned(), object!([{"code": code, "title": words}]));
    }
    if event["pricing"].is_object() {
        status.insert("pricing".to_owned(), event["pricing"].clone());
    }
    Item::Status(status)
}

/// A canonical content as Meta's type word and object.
fn content(content: &Value) -> (&'static str, Value) {
    match text(content, "/type").unwrap_or_default() {
        "text" => ("text", object!({"body": text(content, "/body").unwrap_or_default()})),
        "media" => media(content),
        "location" => ("location", content.clone()),
        "contacts" => ("contacts", cards(&content["cards"])),
        "reply" => reply(content),
        other => ("unsupported", object!({"type": if other.is_empty() { "unknown" } else { other }})),
    }
}

fn media(content: &Value) -> (&'static str, Value) {
    let kind = match text(content, "/kind").unwrap_or_default() {
        "image" => "image",
        "video" => "video",
        "audio" | "voice" => "audio",
        "sticker" => "sticker",
        _ => "document",
    };
    let mut file = Map::new();
    put(&mut file, "id", text(content, "/url"));
    put(&mut file, "mime_type", text(content, "/mime"));
    put(&mut file, "filename", text(content, "/filename"));
    put(&mut file, "caption", text(content, "/caption"));
    put(&mut file, "sha256", text(content, "/sha256"));
    if text(content, "/kind") == Some("voice") {
        file.insert("voice".to_owned(), true.into());
    }
    if content["animated"] == true {
        file.insert("animated".to_owned(), true.into());
    }
    (kind, file.into())
}

fn cards(cards: &Value) -> Value {
    let list = cards.as_array().map(Vec::as_slice).unwrap_or_default();
    let each = |card: &Value, list: &str, key: &str| -> Vec<Value> {
        let values = card[list].as_array().map(Vec::as_slice).unwrap_or_default();
        values.iter().map(|value| object!({key: value})).collect()
    };
    let one = |card: &Value| {
        object!({
            "name": {"formatted_name": card["name"]},
            "phones": each(card, "phones", "phone"),
            "emails": each(card, "emails", "email"),
            "org": {"company": card["org"]},
        })
    };
    list.iter().map(one).collect()
}

fn reply(content: &Value) -> (&'static str, Value) {
    let title = text(content, "/title").unwrap_or_default();
    let kind = match text(content, "/kind").unwrap_or_default() {
        "list" => "list_reply",
        "flow" => {
            let reply = object!({"name": "flow", "body": title, "response_json": content["data"].to_string()});
            return ("interactive", object!({"type": "nfm_reply", "nfm_reply": reply}));
        }
        "template_button" => {
            return ("button", object!({"payload": text(content, "/id").unwrap_or(title), "text": title}));
        }
        _ => "button_reply",
    };
    let chosen = object!({"id": content["id"], "title": title, "description": content["description"]});
    ("interactive", object!({"type": kind, kind: chosen}))
}
