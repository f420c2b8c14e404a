//! What other providers write, put into the shape of Meta's webhooks: then everything behind it is the same.

use crate::json::BadBody;
use crate::whatsapp::split::{Split, split};
use serde_json::{Map, Value, json};

/// The person on the other side.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

impl Person {
    fn contact(&self) -> Option<Value> {
        let mut contact = Map::new();
        let mut profile = Map::new();
        put(&mut profile, "name", self.name.as_deref());
        put(&mut profile, "username", self.username.as_deref());
        if !profile.is_empty() {
            contact.insert("profile".to_owned(), profile.into());
        }
        put(&mut contact, "wa_id", self.wa_id.as_deref());
        put(&mut contact, "user_id", self.user_id.as_deref());
        (!contact.is_empty()).then(|| contact.into())
    }
}

/// Sets a text unless it is missing or empty.
pub(super) fn put(object: &mut Map<String, Value>, key: &str, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        object.insert(key.to_owned(), value.into());
    }
}

/// One item of a `messages` webhook.
pub(super) enum Item {
    /// `messages[0]`; ids of the person are filled in.
    Message(Map<String, Value>),
    /// `statuses[0]`; likewise.
    Status(Map<String, Value>),
}

/// A change of the field `messages` about one person.
pub(super) fn change(account: &str, number_id: &str, display: &str, person: &Person, items: Vec<Item>) -> Value {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": display, "phone_number_id": number_id},
    });
    if let Some(contact) = person.contact() {
        value["contacts"] = json!([contact]);
    }
    let (mut messages, mut statuses) = (Vec::new(), Vec::new());
    for item in items {
        match item {
            Item::Message(mut message) => {
                put(&mut message, "from", person.wa_id.as_deref());
                put(&mut message, "from_user_id", person.user_id.as_deref());
                messages.push(Value::from(message));
            }
            Item::Status(mut status) => {
                put(&mut status, "recipient_id", person.wa_id.as_deref());
                put(&mut status, "recipient_user_id", person.user_id.as_deref());
                statuses.push(Value::from(status));
            }
        }
    }
    for (list, items) in [("messages", messages), ("statuses", statuses)] {
        if !items.is_empty() {
            value[list] = items.into();
        }
    }
    entry(account, "messages", value)
}

/// One entry with one change; also what a provider tells that is kept only.
pub(super) fn entry(account: &str, field: &str, value: Value) -> Value {
    json!({"id": account, "changes": [{"field": field, "value": value}]})
}

/// Entries into items.
pub(super) fn split_entries(entries: Vec<Value>) -> Result<Split, BadBody> {
    let body = json!({"object": "whatsapp_business_account", "entry": entries});
    split(body.to_string().as_bytes())
}

/// The digits of a number, however it is written; `None` without any.
pub(super) fn digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}

/// Milliseconds as Meta writes moments: a string of seconds.
pub(super) fn seconds(ms: i64) -> String {
    ms.div_euclid(1_000).to_string()
}

/// A file of this MIME type as Meta's type word and object.
pub(super) fn file(mime: &str, id: &str, filename: Option<&str>, caption: Option<&str>) -> (&'static str, Value) {
    let essence = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = match essence.split('/').next().unwrap_or_default() {
        _ if essence == "image/webp" => "sticker",
        "image" => "image",
        "video" => "video",
        "audio" => "audio",
        _ => "document",
    };
    let mut object = Map::new();
    object.insert("id".to_owned(), id.into());
    put(&mut object, "mime_type", Some(mime));
    if kind == "document" {
        put(&mut object, "filename", filename);
    }
    if !matches!(kind, "sticker" | "audio") {
        put(&mut object, "caption", caption);
    }
    // WhatsApp records voice notes as Ogg Opus, and nobody else sends that.
    if essence == "audio/ogg" {
        object.insert("voice".to_owned(), true.into());
    }
    (kind, object.into())
}

/// Text of a JSON value by path; empty counts as missing.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> Option<&'a str> {
    value.pointer(path)?.as_str().filter(|text| !text.is_empty())
}
