//! Outgoing messages (`whatsapp-cloud-api.md` §6).

mod interactive;
mod template;
mod text;

use super::api::{Api, Invalid};
use crate::http::{Method, Request};
use rapport_core::message::{ContactCard, Content, Media, MediaKind, check};
use serde_json::{Value, json};
use std::time::Duration;
use text::between;

/// How long a send may take. Long, because giving up leaves the outcome unknown.
pub const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest callback text (`biz_opaque_callback_data`).
pub const MAX_CALLBACK: usize = 512;

/// Who gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To<'a> {
    /// A phone number or WhatsApp id; sent in E.164 with plus, which no country code can be put before.
    Phone(&'a str),
    /// A BSUID, for customers who hide their number (§14).
    UserId(&'a str),
    /// A group.
    Group(&'a str),
}

/// One message to send.
#[derive(Debug, Clone, Copy)]
pub struct Outbound<'a> {
    /// Recipient.
    pub to: To<'a>,
    /// What to say. Files need `provider_media_id`: upload first.
    pub content: &'a Content,
    /// Provider id of the message it answers.
    pub reply_to: Option<&'a str>,
    /// Text echoed in every status of the message: how a lost answer is found again.
    pub callback: Option<&'a str>,
}

/// The call that sends a message.
///
/// # Errors
/// [`Invalid`] with the exact limit when the provider would refuse it.
pub fn message(api: &Api, phone_number_id: &str, outbound: &Outbound<'_>) -> Result<Request, Invalid> {
    let body = message_body(outbound)?;
    Ok(post(api, "send", phone_number_id, &body).with_timeout(SEND_TIMEOUT))
}

/// Marks a message of the customer, and all before it, as read; `typing` also shows that an answer is being written
/// (25 seconds or until the next message).
#[must_use]
pub fn read_mark(api: &Api, phone_number_id: &str, message_id: &str, typing: bool) -> Request {
    let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": message_id});
    if typing {
        body["typing_indicator"] = json!({"type": "text"});
    }
    post(api, "read_mark", phone_number_id, &body).with_timeout(Duration::from_secs(10))
}

fn post(api: &Api, operation: &'static str, phone_number_id: &str, body: &Value) -> Request {
    api.call(operation, Method::Post, &[phone_number_id, "messages"], &[]).with_json(body)
}

fn message_body(outbound: &Outbound<'_>) -> Result<Value, Invalid> {
    let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual"});
    match outbound.to {
        To::Phone(number) => body["to"] = e164(number)?.into(),
        To::UserId(id) => {
            between("recipient", id, 4, 256)?;
            body["recipient"] = id.into();
        }
        To::Group(id) => {
            between("to", id, 1, 256)?;
            body["recipient_type"] = "group".into();
            body["to"] = id.into();
        }
    }
    let (kind, object) = object(outbound.content)?;
    body["type"] = kind.into();
    body[kind] = object;
    if let Some(target) = outbound.reply_to {
        between("context.message_id", target, 1, 128)?;
        // A reaction names its target itself; a context beside it is refused.
        if kind != "reaction" {
            body["context"] = json!({"message_id": target});
        }
    }
    if let Some(callback) = outbound.callback {
        between("biz_opaque_callback_data", callback, 1, MAX_CALLBACK)?;
        body["biz_opaque_callback_data"] = callback.into();
    }
    Ok(body)
}

/// `+` and 7 to 15 digits, from any usual spelling.
fn e164(number: &str) -> Result<String, Invalid> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let usual = number.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '.'));
    if usual && (7..=15).contains(&digits.len()) {
        return Ok(format!("+{digits}"));
    }
    Err(Invalid::new("to", "a phone number of 7 to 15 digits", format!("{} digits", digits.len())))
}

/// The type word and its object. What the provider would refuse has been refused before.
fn object(content: &Content) -> Result<(&'static str, Value), Invalid> {
    if let Some(problem) = check::content(content).into_iter().next() {
        return Err(Invalid::new(&problem.field, problem.allowed(), problem.found()));
    }
    Ok(match content {
        Content::Text { body, preview_url } => ("text", text_object(body, *preview_url)),
        Content::Media(media) => media_object(media)?,
        Content::Location { latitude, longitude, name, address, .. } => {
            ("location", location(*latitude, *longitude, name.as_deref(), address.as_deref()))
        }
        Content::Contacts { cards } => ("contacts", cards.iter().map(contact).collect()),
        Content::Template { name, language, components, .. } => {
            ("template", template::template(name, language, components))
        }
        Content::Interactive { kind, header, body, footer, action } => {
            let parts = interactive::Parts {
                kind,
                header: header.as_ref(),
                body: body.as_deref(),
                footer: footer.as_deref(),
                action,
            };
            ("interactive", interactive::interactive(&parts))
        }
        Content::Reaction { target, emoji } => {
            ("reaction", json!({"message_id": target, "emoji": emoji.as_deref().unwrap_or_default()}))
        }
        Content::Reply { .. }
        | Content::Order { .. }
        | Content::System { .. }
        | Content::Note { .. }
        | Content::Event { .. }
        | Content::Unsupported { .. } => {
            return Err(Invalid::new("type", "a kind that can be sent", content.kind()));
        }
    })
}

fn text_object(body: &str, preview_url: Option<bool>) -> Value {
    let mut object = json!({"body": body});
    if let Some(preview) = preview_url {
        object["preview_url"] = preview.into();
    }
    object
}

fn media_object(media: &Media) -> Result<(&'static str, Value), Invalid> {
    let kind = match media.kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio | MediaKind::Voice => "audio",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    };
    let id = media.provider_media_id.as_deref().filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Invalid::new("id", "the id of an uploaded file", "missing"))?;
    let mut object = json!({"id": id});
    if let Some(caption) = media.caption.as_deref().filter(|caption| !caption.is_empty()) {
        object["caption"] = caption.into();
    }
    if let (MediaKind::Document, Some(filename)) = (media.kind, media.filename.as_deref()) {
        object["filename"] = filename.into();
    }
    if media.kind == MediaKind::Voice {
        object["voice"] = true.into();
    }
    Ok((kind, object))
}

fn location(latitude: f64, longitude: f64, name: Option<&str>, address: Option<&str>) -> Value {
    let mut object = json!({"latitude": latitude.to_string(), "longitude": longitude.to_string()});
    for (key, value) in [("name", name), ("address", address)] {
        if let Some(value) = value {
            object[key] = value.into();
        }
    }
    object
}

fn contact(card: &ContactCard) -> Value {
    // One more part of the name is required beside the formatted one.
    let mut object = json!({"name": {"formatted_name": card.name, "first_name": card.name}});
    if !card.phones.is_empty() {
        object["phones"] = card.phones.iter().map(|phone| json!({"phone": phone})).collect();
    }
    if !card.emails.is_empty() {
        object["emails"] = card.emails.iter().map(|email| json!({"email": email})).collect();
    }
    if let Some(org) = &card.org {
        object["org"] = json!({"company": org});
    }
    object
}
