//! A stored item into what it means.
//!
//! Decoding never fails because something is new: unknown message types become `Content::Unsupported`, unknown fields
//! and statuses `EventKind::Other`. It fails only when the item is not JSON of our own frame or lacks the ids without
//! which it cannot be placed; such an item is quarantined with the reason.
//!
//! Texts are passed on as they came, NUL characters included: the store strips what its database cannot hold.

mod account;
mod calls;
mod content;
mod interactive;
mod message;
mod read;
mod status;

pub(crate) use account::limit as tier_limit;
pub(crate) use read::sha256;

use super::split::RawKind;
use crate::json;
use rapport_core::inbound::{AccountEvent, Event, EventKind, Preference};
use read::Read;
use serde_json::Value;

/// Why an item cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, or not the object `split` makes.
    #[error("not an item: {0}")]
    NotAnItem(String),
    /// An id is missing without which the event has no place.
    #[error("{what} without {missing}")]
    Missing {
        /// What sort of event.
        what: &'static str,
        /// The missing value.
        missing: &'static str,
    },
}

/// Reads an item made by [`super::split::split`]. `kind` is the item's own kind; the field inside decides the rest.
///
/// # Errors
/// [`DecodeError`]; see the module's notes.
pub fn decode(kind: RawKind, body: &[u8]) -> Result<Event, DecodeError> {
    let not_an_item = |error: &dyn std::fmt::Display| DecodeError::NotAnItem(error.to_string());
    let text = json::check(body).map_err(|error| not_an_item(&error))?;
    let item: Value = serde_json::from_str(&text).map_err(|error| not_an_item(&error))?;
    let value = &item["value"];
    if item.get("value").is_none() {
        return Err(DecodeError::NotAnItem("no value".to_owned()));
    }
    let field = item.text("field").unwrap_or_default();
    let phone_number_id = value["metadata"].text("phone_number_id").unwrap_or_default();
    let part = |at, event_kind| Event { phone_number_id: phone_number_id.clone(), at, kind: event_kind };
    let event = match (kind, first(value)) {
        (RawKind::Message, Some(("messages", one))) => part(one.moment("timestamp"), message::inbound(value, one)?),
        (RawKind::Status, Some(("statuses", one))) => part(one.moment("timestamp"), status::status(value, one)?),
        (RawKind::Echo, Some(("message_echoes", one))) => part(one.moment("timestamp"), message::echo(value, one)?),
        (_, Some(("user_preferences", one))) => part(one.moment("timestamp"), preference(value, one)),
        (_, Some(("calls", one))) => part(one.moment("timestamp"), calls::call(value, one)?),
        (_, Some((list, one))) => {
            part(one.moment("timestamp"), other(&field, format!("{list} of this field are kept only")))
        }
        (_, None) => part(item.moment("entry_time"), account::account(&field, value)),
    };
    Ok(event)
}

/// The list `split` left in the value, with its only element; nothing when the value came whole.
fn first(value: &Value) -> Option<(&'static str, &Value)> {
    ["messages", "statuses", "message_echoes", "user_preferences", "calls"].into_iter().find_map(|list| {
        let one = value.get(list)?.as_array()?.first()?;
        one.is_object().then_some((list, one))
    })
}

fn other(field: &str, note: impl Into<String>) -> EventKind {
    EventKind::Other { field: field.to_owned(), note: note.into() }
}

fn notice(field: &str, summary: impl Into<String>, blocking: bool) -> EventKind {
    coded(field, "", summary, blocking)
}

/// A notice with the word that says what kind of news it is.
fn coded(field: &str, code: &str, summary: impl Into<String>, blocking: bool) -> EventKind {
    let (field, code, summary) = (field.to_owned(), code.to_owned(), summary.into());
    EventKind::Account(Box::new(AccountEvent::Notice { field, code, summary, blocking }))
}

/// `user_preferences`: the customer stopped or resumed marketing inside WhatsApp (§5).
fn preference(value: &Value, one: &Value) -> EventKind {
    let word = one.text("value").unwrap_or_default();
    let category = one.text("category").unwrap_or_else(|| "marketing_messages".to_owned());
    let marketing = match word.as_str() {
        "stop" => false,
        "resume" | "signup" => true,
        _ => return other("user_preferences", format!("unknown preference `{word}`")),
    };
    if category != "marketing_messages" {
        return other("user_preferences", format!("unknown category `{category}`"));
    }
    let mut customer = read::customer(value, one.text("wa_id"), one.text("user_id"));
    customer.parent_user_id = customer.parent_user_id.or_else(|| one.text("parent_user_id"));
    let proof = one.text("detail").unwrap_or_else(|| format!("User preference: {word}"));
    EventKind::Preference(Box::new(Preference { customer, marketing, proof }))
}
