//! A quiet line about what somebody did beside the conversation's own state.

use super::command::{Actor, blank};
use super::message::created;
use super::state::{Change, Context, ConversationState};
use crate::message::{Content, Direction, Status};
use serde_json::Value;
use uuid::Uuid;

/// The line, and the news of it. The conversation itself stays as it is.
pub fn remark(
    known: &ConversationState,
    event: &str,
    data: Value,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Vec<Change> {
    let mut line = blank(known, actor, Content::Event { event: event.to_owned(), data }, context, fresh);
    line.direction = Direction::Event;
    line.status = Status::Event;
    line.preview = String::new();
    vec![Change::Feed(created(&line)), Change::InsertMessage(line)]
}
