//! Which messages are well-formed (whatsapp-cloud-api.md §6).

use super::{
    contacts,
    error::{GraphError, Result},
    interactive,
};
use serde_json::{Map, Value};

/// Who a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// By phone: as written and the WhatsApp id it leads to.
    Phone {
        /// As written.
        input: String,
        /// Digits of the account.
        wa_id: String,
    },
    /// By business-scoped user id.
    User(String),
}

/// What is known of a message after validation.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Who it is for.
    pub to: Recipient,
    /// Lower-case type.
    pub kind: String,
    /// Media ids it uses, with the kind each is used as.
    pub media: Vec<(String, String)>,
    /// The message it answers or reacts to.
    pub refers_to: Option<String>,
    /// A voice note (gets `played`).
    pub voice: bool,
}

const TOP: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "status",
    "message_id",
    "typing_indicator",
    "recipient_identity_key_hash",
    "category",
    "product_policy",
    "message_activity_sharing",
    "ttl",
    "message_send_ttl_seconds",
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
    "pin",
    "access_token",
    "fields",
];

/// Refuses keys an object does not have.
pub fn only(object: &Map<String, Value>, known: &[&str], name: &str) -> Result<()> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(GraphError::code(100).details(format!("Unexpected key \"{key}\" on param \"{name}\"."))),
        None => Ok(()),
    }
}

/// A text of bounded length, counted in characters.
pub fn text<'a>(object: &'a Map<String, Value>, key: &str, name: &str, max: usize) -> Result<&'a str> {
    match object.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => {
            if text.chars().count() > max {
                return Err(GraphError::value(format!("Param {name}['{key}'] must be at most {max} characters long."))
                    .title(format!("Param {name}['{key}'] must be at most {max} characters long.")));
            }
            Ok(text)
        }
        None | Some(Value::Null | Value::String(_)) => {
            Err(GraphError::invalid(format!("The parameter {name}['{key}'] is required.")))
        }
        Some(_) => Err(GraphError::invalid(format!("Param {name}['{key}'] must be a string."))),
    }
}

/// Like [`text`], but may be missing.
pub fn optional(object: &Map<String, Value>, key: &str, name: &str, max: usize) -> Result<()> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(text)) if text.is_empty() => Ok(()),
        Some(_) => text(object, key, name, max).map(drop),
    }
}

/// Checks a whole request body.
pub fn check(body: &Map<String, Value>) -> Result<Outgoing> {
    if body.get("messaging_product").and_then(Value::as_str) != Some("whatsapp") {
        return Err(GraphError::invalid("The parameter messaging_product is required."));
    }
    only(body, TOP, "message")?;
    let to = recipient(body)?;
    let kind = kind(body)?;
    if let Some(data) = body.get("biz_opaque_callback_data") {
        let ok = data.as_str().is_some_and(|s| s.chars().count() <= 512);
        if !ok {
            return Err(GraphError::invalid(
                "Param biz_opaque_callback_data must be a string of at most 512 characters.",
            ));
        }
    }
    let mut refers_to = None;
    if let Some(context) = body.get("context") {
        let context = context.as_object().ok_or_else(|| GraphError::invalid("Param context must be a JSON object."))?;
        only(context, &["message_id"], "context")?;
        refers_to = Some(text(context, "message_id", "context", 512)?.to_owned());
    }
    let content = body.get(&kind).ok_or_else(|| GraphError::invalid(format!("The parameter {kind} is required.")))?;
    let mut out = Outgoing { to, kind: kind.clone(), media: Vec::new(), refers_to, voice: false };
    match kind.as_str() {
        "contacts" => contacts::check(content)?,
        _ => {
            let object = content
                .as_object()
                .ok_or_else(|| GraphError::invalid(format!("Param {kind} must be a JSON object.")))?;
            one(&kind, object, &mut out)?;
        }
    }
    Ok(out)
}

fn one(kind: &str, object: &Map<String, Value>, out: &mut Outgoing) -> Result<()> {
    match kind {
        "text" => {
            only(object, &["body", "preview_url"], "text")?;
            text(object, "body", "text", 4096)?;
            flag(object, "preview_url", "text")
        }
        "image" | "video" => media(kind, object, &["id", "link", "caption"], out),
        "audio" => {
            out.voice = object.get("voice").and_then(Value::as_bool) == Some(true);
            flag(object, "voice", "audio")?;
            media(kind, object, &["id", "link", "voice"], out)
        }
        "document" => media(kind, object, &["id", "link", "caption", "filename"], out),
        "sticker" => media(kind, object, &["id", "link"], out),
        "location" => location(object, "location"),
        "reaction" => {
            only(object, &["message_id", "emoji"], "reaction")?;
            out.refers_to = Some(text(object, "message_id", "reaction", 512)?.to_owned());
            match object.get("emoji") {
                Some(Value::String(emoji)) if emoji.chars().count() <= 12 => Ok(()),
                _ => Err(GraphError::value("Param reaction['emoji'] must be a single emoji or an empty string.")),
            }
        }
        "interactive" => interactive::check(object, out),
        "pin" => Err(GraphError::value("Pin messages are only possible in groups.")),
        // Checked against the stored template later.
        "template" => only(object, &["name", "language", "components", "namespace"], "template"),
        _ => Err(GraphError::code(131_051)),
    }
}

fn flag(object: &Map<String, Value>, key: &str, name: &str) -> Result<()> {
    match object.get(key) {
        None | Some(Value::Bool(_) | Value::Null) => Ok(()),
        Some(_) => Err(GraphError::invalid(format!("Param {name}['{key}'] must be a boolean."))),
    }
}

fn kind(body: &Map<String, Value>) -> Result<String> {
    const KINDS: &str = "AUDIO, CONTACTS, DOCUMENT, GIF, IMAGE, INTERACTIVE, LINK_PREVIEW, LOCATION, PIN, REACTION, STICKER, TEMPLATE, TEXT, VIDEO";
    let kind = match body.get("type") {
        None | Some(Value::Null) => return Ok("text".into()),
        Some(Value::String(kind)) => kind.to_lowercase(),
        Some(_) => String::new(),
    };
    if KINDS.split(", ").any(|k| k.eq_ignore_ascii_case(&kind)) {
        Ok(kind)
    } else {
        Err(GraphError::invalid(format!("Param type must be one of {{{KINDS}}} - got \"{kind}\".")))
    }
}

/// Reads `to` or `recipient`; `to` wins.
pub fn recipient(body: &Map<String, Value>) -> Result<Recipient> {
    match body.get("recipient_type").and_then(Value::as_str) {
        None | Some("individual") => {}
        Some(other) => {
            return Err(GraphError::invalid(format!(
                "Param recipient_type must be one of {{INDIVIDUAL}} - got \"{other}\"."
            )));
        }
    }
    let string = |key: &str| match body.get(key) {
        Some(Value::String(s)) if !s.trim().is_empty() => Some(s.trim().to_owned()),
        Some(Value::Number(n)) => Some(n.to_string()),
        _ => None,
    };
    if let Some(input) = string("to") {
        let wa_id = wa_id(&input).ok_or_else(|| GraphError::value(format!("Invalid phone number: {input}")))?;
        return Ok(Recipient::Phone { input, wa_id });
    }
    if let Some(user) = string("recipient") {
        let fits = user.split_once('.').is_some_and(|(country, rest)| {
            country.len() == 2 && !rest.is_empty() && rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
        });
        if fits {
            return Ok(Recipient::User(user));
        }
        return Err(GraphError::value(format!("Invalid recipient: {user}")));
    }
    Err(GraphError::invalid("The parameter to is required."))
}

/// The WhatsApp id a phone number leads to: digits only, with the national oddities (Brazil's ninth digit,
/// Argentina's 9, Mexico's 1). `None` when it cannot be a phone number.
pub fn wa_id(input: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.' | '\u{a0}');
    if !input.chars().all(fine) {
        return None;
    }
    let digits: String = input.chars().filter(char::is_ascii_digit).collect();
    if !(8..=15).contains(&digits.len()) || digits.starts_with('0') {
        return None;
    }
    let area = |from: usize| digits.get(from..from + 2).and_then(|s| s.parse::<u32>().ok());
    Some(match digits.as_str() {
        d if d.starts_with("55") && d.len() == 13 && area(2) > Some(30) && d.as_bytes()[4] == b'9' => {
            format!("{}{}", &d[..4], &d[5..])
        }
        d if d.starts_with("54") && d.len() == 12 && !d.starts_with("549") => format!("549{}", &d[2..]),
        d if d.starts_with("52") && d.len() == 12 && !d.starts_with("521") => format!("521{}", &d[2..]),
        d => d.to_owned(),
    })
}

/// A media object: exactly one of `id` and `link`.
pub fn media(kind: &str, object: &Map<String, Value>, known: &[&str], out: &mut Outgoing) -> Result<()> {
    only(object, known, kind)?;
    optional(object, "caption", kind, 1024)?;
    optional(object, "filename", kind, 240)?;
    match (object.get("id"), object.get("link")) {
        (Some(_), Some(_)) | (None, None) => {
            Err(GraphError::invalid(format!("Param {kind} must have exactly one of the keys \"id\" and \"link\".")))
        }
        (Some(id), None) => {
            let id = match id {
                Value::String(id) if !id.is_empty() => id.clone(),
                Value::Number(id) => id.to_string(),
                _ => return Err(GraphError::invalid(format!("Param {kind}['id'] must be a string."))),
            };
            out.media.push((kind.to_owned(), id));
            Ok(())
        }
        (None, Some(link)) => {
            let fine = link.as_str().is_some_and(|s| s.starts_with("http://") || s.starts_with("https://"));
            if fine { Ok(()) } else { Err(GraphError::invalid(format!("Param {kind}['link'] is not a valid URL."))) }
        }
    }
}

/// A location object.
pub fn location(object: &Map<String, Value>, name: &str) -> Result<()> {
    only(object, &["latitude", "longitude", "name", "address"], name)?;
    for (key, max) in [("latitude", 90.0), ("longitude", 180.0)] {
        let number = match object.get(key) {
            Some(Value::Number(n)) => n.as_f64(),
            Some(Value::String(s)) => s.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(n) if n.abs() <= max => {}
            Some(_) => return Err(GraphError::value(format!("Param {name}['{key}'] is out of range."))),
            None => return Err(GraphError::invalid(format!("The parameter {name}['{key}'] is required."))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judge(body: Value) -> std::result::Result<Outgoing, (i64, String)> {
        let body = body.as_object().cloned().unwrap_or_default();
        check(&body).map_err(|e| (e.code, e.details.unwrap_or(e.title)))
    }

    #[test]
    fn phone_numbers_lead_to_ids() {
        for (input, id) in [
            ("+1 (631) 555-1234", Some("16315551234")),
            ("5531987654321", Some("553187654321")),
            ("5511987654321", Some("5511987654321")),
            ("541123456789", Some("5491123456789")),
            ("525512345678", Some("5215512345678")),
            ("57300", None),
            ("abc", None),
        ] {
            assert_eq!(wa_id(input).as_deref(), id, "{input}");
        }
    }

    #[test]
    fn bodies_are_judged() {
        let base = |extra: Value| {
            let mut body = json!({"messaging_product": "whatsapp", "to": "+16505551234"});
            if let (Some(body), Some(extra)) = (body.as_object_mut(), extra.as_object()) {
                body.extend(extra.clone());
            }
            body
        };
        assert!(judge(base(json!({"text": {"body": "hi"}}))).is_ok());
        assert!(judge(base(json!({"type": "location", "location": {"latitude": "1.5", "longitude": 2}}))).is_ok());
        for (extra, code) in [
            (json!({"text": {"body": ""}}), 100),
            (json!({"text": {"body": "x".repeat(4097)}}), 131_009),
            (json!({"type": "poll"}), 100),
            (json!({"type": "image", "image": {"id": "1", "link": "https://x.example/a"}}), 100),
            (json!({"type": "text", "text": {"body": "x"}, "colour": "red"}), 100),
            (json!({"to": "57300", "text": {"body": "x"}}), 131_009),
            (json!({"type": "reaction", "reaction": {"message_id": "wamid.x"}}), 131_009),
        ] {
            assert_eq!(judge(base(extra.clone())).map_err(|e| e.0).err(), Some(code), "{extra}");
        }
        assert_eq!(
            judge(json!({"to": "1"})).err().map(|e| e.1).as_deref(),
            Some("The parameter messaging_product is required.")
        );
    }
}
