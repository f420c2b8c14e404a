//! One webhook body into one item per message, status, echo or other change.
//!
//! The hot path of the product: no tree is built, items are cut out of the body as text. Nothing is dropped: what
//! cannot be cut is passed on whole as one [`RawKind::Other`] item.

mod item;

use crate::json::{self, BadBody, Fields};
use item::{Change, Sink};
use serde_json::value::RawValue;

/// What sort of item it is; chooses queue counters, not how it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RawKind {
    /// From the customer.
    Message,
    /// Delivery report.
    Status,
    /// Sent by the owner in the phone app.
    Echo,
    /// Anything else.
    Other,
}

impl RawKind {
    /// The short code that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Status => "status",
            Self::Echo => "echo",
            Self::Other => "other",
        }
    }

    /// Reads a stored code; anything unknown is `Other`.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        match code {
            "message" => Self::Message,
            "status" => Self::Status,
            "echo" => Self::Echo,
            _ => Self::Other,
        }
    }
}

/// One thing that happened, cut out of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawItem {
    /// The same for every delivery of the same event: from wamid; wamid, status, timestamp and group member; or content.
    pub key: [u8; 16],
    /// What sort.
    pub kind: RawKind,
    /// The number it came over; empty for account-level changes.
    pub phone_number_id: String,
    /// The WhatsApp Business Account (`entry.id`); empty when not told.
    pub waba_id: String,
    /// BSUID, else WhatsApp id of the customer, else `phone_number_id`, else `waba_id`: what orders events.
    pub lane_key: String,
    /// `{"entry_id","entry_time","field","value"}` with `value` reduced to this item, its contact and the metadata.
    pub body: Vec<u8>,
}

/// All items of one body, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Split {
    /// The items. Empty for a legal body without changes.
    pub items: Vec<RawItem>,
}

/// Takes a body apart.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not a JSON object; never because of unknown or odd content.
pub fn split(raw: &[u8]) -> Result<Split, BadBody> {
    let text = json::check(raw)?;
    let not_json = |error: serde_json::Error| BadBody::NotJson(error.to_string());
    let root = Fields::parse(&text).map_err(not_json)?;
    let mut sink = Sink::default();
    match root.get("entry") {
        None => sink.whole(&Change::default(), serde_json::from_str(&text).map_err(not_json)?)?,
        Some(entries) => {
            for entry in json::elements(entries) {
                split_entry(entry, &mut sink)?;
            }
        }
    }
    Ok(Split { items: sink.into_items() })
}

fn split_entry(entry: &RawValue, sink: &mut Sink) -> Result<(), BadBody> {
    let Some(fields) = Fields::of(entry) else {
        return sink.whole(&Change::default(), entry);
    };
    let of_entry = Change { entry_id: fields.get("id"), entry_time: fields.get("time"), ..Change::default() };
    let Some(changes) = fields.get("changes") else {
        return sink.whole(&of_entry, entry);
    };
    for change in json::elements(changes) {
        let read = Fields::of(change);
        let field = read.as_ref().and_then(|fields| fields.text("field")).unwrap_or_default();
        let value = read.as_ref().and_then(|fields| fields.get("value"));
        match value.and_then(|value| Some((value, Fields::of(value)?))) {
            Some((value, fields)) => split_change(&Change { field, ..of_entry.clone() }, value, &fields, sink)?,
            None => sink.whole(&Change { field, ..of_entry.clone() }, value.unwrap_or(change))?,
        }
    }
    Ok(())
}

/// The lists inside a change's value that are cut into items of their own.
fn lists_of(field: &str) -> &'static [(&'static str, RawKind)] {
    match field {
        "messages" => &[("messages", RawKind::Message), ("statuses", RawKind::Status)],
        "smb_message_echoes" | "message_echoes" => &[("message_echoes", RawKind::Echo)],
        "user_preferences" => &[("user_preferences", RawKind::Other)],
        "calls" => &[("calls", RawKind::Other), ("statuses", RawKind::Other)],
        _ => &[],
    }
}

fn split_change(change: &Change<'_>, whole: &RawValue, value: &Fields<'_>, sink: &mut Sink) -> Result<(), BadBody> {
    let lists = lists_of(&change.field);
    let frame = item::Frame::of(value);
    let mut rest: Vec<(&str, &RawValue)> = Vec::new();
    let mut cut = false;
    for (list, kind) in lists {
        for element in value.get(list).map(json::elements).unwrap_or_default() {
            match Fields::of(element) {
                Some(fields) => {
                    cut = true;
                    sink.item(change, &frame, list, *kind, element, &fields)?;
                }
                None => rest.push((list, element)),
            }
        }
    }
    if !cut {
        return sink.whole_of_number(change, &frame, whole);
    }
    let framed = |name: &str| matches!(name, "messaging_product" | "metadata" | "contacts");
    let listed = |name: &str| lists.iter().any(|(list, _)| *list == name);
    let empty = |value: &RawValue| matches!(value.get(), "null" | "[]" | "{}");
    rest.extend(value.iter().filter(|(name, raw)| !framed(name) && !listed(name) && !empty(raw)));
    if rest.is_empty() { Ok(()) } else { sink.rest(change, &frame, &rest) }
}
