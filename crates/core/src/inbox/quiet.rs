//! Quiet lines: what a thread says beside a message about what it meant or did.

use super::message::created;
use super::state::{Change, NewMessage};
use crate::message::{Content, Direction, Status};
use crate::{MessageId, Ms};
use serde_json::Value;
use uuid::Uuid;

/// A line about what `beside` meant (a score that was given), right after it, with the news of it: for what something
/// outside the inbox found out.
#[must_use]
pub fn quiet_line(beside: &NewMessage, event: &str, data: Value, now: Ms, id: Uuid) -> Vec<Change> {
    let line = event_line(beside, event, data, now, id);
    vec![Change::Feed(created(&line)), Change::InsertMessage(line)]
}

/// The line alone.
pub(super) fn event_line(beside: &NewMessage, event: &str, data: Value, now: Ms, id: Uuid) -> NewMessage {
    NewMessage {
        id: MessageId(id),
        direction: Direction::Event,
        created_at: now,
        author_kind: "system".to_owned(),
        author_id: None,
        author_name: None,
        provider_id: None,
        client_id: None,
        content: Content::Event { event: event.to_owned(), data },
        preview: String::new(),
        status: Status::Event,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
        ..beside.clone()
    }
}
