//! Content as the guard sees it: which message it repeats, and whether it can be sent at all
//! (`whatsapp-cloud-api.md` §6).

use crate::fold::same_words;
use crate::message::{Content, MediaKind};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A 16-byte key of what the customer would read: equal for texts that differ only in case, spacing, the script of
/// digits, Unicode form or the variant of an emoji. `None` for what has no content of its own (reactions).
#[must_use]
pub fn content_hash(content: &Content) -> Option<[u8; 16]> {
    let input = match content {
        Content::Reaction { .. } => return None,
        Content::Text { body, .. } => format!("text\0{}", same_words(body)),
        Content::Media(media) => {
            let file = media.sha256.clone().or_else(|| media.media_id.map(|id| id.to_string()));
            let file = file.or_else(|| media.provider_media_id.clone()).unwrap_or_default();
            format!("media\0{file}\0{}", same_words(media.caption.as_deref().unwrap_or_default()))
        }
        Content::Template { name, language, components, .. } => {
            format!("template\0{}", crate::template::hash_input(name, language, &folded(components)))
        }
        Content::Interactive { kind, body, action, .. } => {
            format!("interactive\0{kind}\0{}\0{}", same_words(body.as_deref().unwrap_or_default()), folded(action))
        }
        other => format!("{}\0{}", other.kind(), serde_json::to_string(other).unwrap_or_default()),
    };
    let digest = Sha256::digest(input.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    Some(key)
}

/// The same value with every text in it folded; links and ids keep their case, which counts there.
fn folded(value: &Value) -> Value {
    match value {
        Value::String(text) if !text.contains("://") => same_words(text).into(),
        Value::Array(items) => items.iter().map(folded).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, field)| (name.clone(), if is_exact(name) { field.clone() } else { folded(field) }))
            .collect(),
        other => other.clone(),
    }
}

/// Names whose values are no words.
fn is_exact(name: &str) -> bool {
    matches!(name, "id" | "payload" | "coupon_code" | "url" | "link" | "retailer_id" | "product_retailer_id")
}

/// What makes content impossible to send: the note word, what was found, what is allowed.
pub(super) struct Fault {
    pub word: &'static str,
    pub value: Value,
    pub limit: Value,
}

const TEXT: usize = 4096;
const CAPTION: usize = 1024;
const BODY: usize = 1024;
const FOOTER: usize = 60;
const BUTTONS: usize = 3;
const ROWS: usize = 10;
const CARDS: usize = 257;

/// Checks kind and sizes. Template parameters have their own check.
pub(super) fn fault(content: &Content) -> Option<Fault> {
    match content {
        Content::Text { body, .. } => required(body, TEXT),
        Content::Media(media) => {
            let caption = media.caption.as_deref().unwrap_or_default();
            let silent = matches!(media.kind, MediaKind::Audio | MediaKind::Voice | MediaKind::Sticker);
            let nowhere = media.media_id.is_none() && media.provider_media_id.is_none();
            if nowhere {
                Some(Fault { word: "empty", value: media.kind.code().into(), limit: "file".into() })
            } else if silent {
                limited(caption, 0)
            } else {
                limited(caption, CAPTION)
            }
        }
        Content::Location { latitude, longitude, .. } => {
            let inside = (-90.0..=90.0).contains(latitude) && (-180.0..=180.0).contains(longitude);
            (!inside).then(|| Fault { word: "not_sendable", value: "location".into(), limit: "coordinates".into() })
        }
        Content::Contacts { cards } if cards.is_empty() => {
            Some(Fault { word: "empty", value: "contacts".into(), limit: 1.into() })
        }
        Content::Contacts { cards } => counted(cards.len(), CARDS),
        Content::Interactive { kind, body, footer, action, .. } => {
            interactive(kind, body.as_deref(), footer.as_deref(), action)
        }
        Content::Reaction { target, .. } => required(target, 512),
        Content::Template { name, .. } => required(name, 512),
        other => Some(Fault { word: "not_sendable", value: other.kind().into(), limit: Value::Null }),
    }
}

fn interactive(kind: &str, body: Option<&str>, footer: Option<&str>, action: &Value) -> Option<Fault> {
    let longest = if kind == "list" { TEXT } else { BODY };
    let words = match body {
        Some(body) => required(body, longest),
        // A request for permission to call may stand without text.
        None if kind == "call_permission_request" => None,
        None => required("", longest),
    };
    let parts = match kind {
        "button" => counted(action["buttons"].as_array().map_or(0, Vec::len), BUTTONS),
        "list" => {
            let sections = action["sections"].as_array();
            let rows = sections.into_iter().flatten().map(|section| section["rows"].as_array().map_or(0, Vec::len));
            counted(rows.sum(), ROWS)
        }
        _ => None,
    };
    words.or_else(|| limited(footer.unwrap_or_default(), FOOTER)).or(parts)
}

fn required(text: &str, longest: usize) -> Option<Fault> {
    if text.trim().is_empty() {
        return Some(Fault { word: "empty", value: 0.into(), limit: 1.into() });
    }
    limited(text, longest)
}

fn limited(text: &str, longest: usize) -> Option<Fault> {
    let length = text.chars().count();
    (length > longest).then(|| Fault { word: "too_long", value: length.into(), limit: longest.into() })
}

fn counted(count: usize, most: usize) -> Option<Fault> {
    match count {
        0 => Some(Fault { word: "empty", value: 0.into(), limit: 1.into() }),
        _ if count > most => Some(Fault { word: "too_many", value: count.into(), limit: most.into() }),
        _ => None,
    }
}
