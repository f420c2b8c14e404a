//! What rules may listen to, found in what a transaction changed.

use super::event::{Event, What};
use crate::inbox::{Batch, ConversationState, NewMessage};
use crate::message::{Content, Direction};
use crate::routing::is_answer;
use crate::time::MINUTE;
use crate::{ContactId, ConversationId, MessageId, Ms};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

/// What happened in conversations, in the order of the changes.
#[must_use]
pub fn happened(batch: &Batch) -> Vec<Event> {
    // One that the team begins, or splits off, is not opened by anybody who waits for an answer.
    let spoken: HashSet<_> =
        batch.new_messages.iter().filter(|line| is_said(line)).map(|line| line.conversation_id).collect();
    let opened = batch.new_conversations.iter().filter(|made| spoken.contains(&made.id));
    let opened = opened.map(|made| opened_at((made.contact_id, made.id), made.created_at));
    opened.chain(batch.new_messages.iter().filter_map(|line| of_line(&Told::from(line)))).collect()
}

/// A conversation began because the customer wrote.
#[must_use]
pub fn opened_at((contact_id, id): (ContactId, ConversationId), at: Ms) -> Event {
    Event {
        key: format!("opened:{id}"),
        at,
        contact_id,
        conversation_id: Some(id),
        message_id: None,
        settle_ms: 0,
        cause: None,
        what: What::Opened,
    }
}

/// A rule's time has come for the customer of this conversation.
#[must_use]
pub fn timed(rule_id: Uuid, at: Ms, known: &ConversationState) -> Event {
    Event {
        key: format!("timer:{rule_id}:{}:{}", at.0, known.contact_id),
        at,
        contact_id: known.contact_id,
        conversation_id: Some(known.id),
        message_id: None,
        settle_ms: 0,
        cause: None,
        what: What::Timer { rule_id },
    }
}

/// A line of a thread as rules hear it: one that is being written, or one of the past.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Which.
    pub id: MessageId,
    /// Whose thread.
    pub contact_id: ContactId,
    /// Which thread.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Ms,
    /// From whom.
    pub direction: Direction,
    /// What.
    pub content: &'a Content,
    /// `contact`, `user`, `rule`, ...
    pub author_kind: &'a str,
    /// The user or rule.
    pub author_id: Option<Uuid>,
}

impl<'a> From<&'a NewMessage> for Told<'a> {
    fn from(line: &'a NewMessage) -> Self {
        Self {
            id: line.id,
            contact_id: line.contact_id,
            conversation_id: line.conversation_id,
            at: line.at,
            direction: line.direction,
            content: &line.content,
            author_kind: &line.author_kind,
            author_id: line.author_id,
        }
    }
}

/// Whether a line is something the customer said to people: neither a reaction nor the answer to a survey.
#[must_use]
pub fn is_said(line: &NewMessage) -> bool {
    says(line.direction, &line.content)
}

fn says(direction: Direction, content: &Content) -> bool {
    direction == Direction::In && !matches!(content, Content::Reaction { .. }) && !is_answer(content)
}

/// What a line tells, if it tells anything that rules listen to.
#[must_use]
pub fn of_line(line: &Told<'_>) -> Option<Event> {
    let (word, what) = match line.content {
        _ if says(line.direction, line.content) => ("message", What::Message),
        Content::Event { event, data } if line.direction == Direction::Event => match turned(event, data)? {
            What::Assigned => ("assigned", What::Assigned),
            What::Resolved => ("resolved", What::Resolved),
            what => ("opened", what),
        },
        _ => return None,
    };
    Some(Event {
        key: format!("{word}:{}", line.id),
        at: line.at,
        contact_id: line.contact_id,
        conversation_id: Some(line.conversation_id),
        message_id: (what == What::Message).then_some(line.id),
        settle_ms: 0,
        cause: line.author_id.filter(|_| line.author_kind == "rule"),
        what,
    })
}

/// What a line says that happened to its conversation: opened, assigned or resolved.
#[must_use]
pub fn turned(event: &str, data: &serde_json::Value) -> Option<What> {
    match event {
        "assigned" | "team_changed" if !data["to"].is_null() => Some(What::Assigned),
        "reopened" => Some(What::Opened),
        "status_changed" if data["to"] == "resolved" => Some(What::Resolved),
        "status_changed" if data["from"] == "resolved" => Some(What::Opened),
        _ => None,
    }
}

/// When customers who have just written will have waited so long, for each of the times that rules ask about.
#[must_use]
pub fn waits(batch: &Batch, times: &BTreeSet<u32>) -> Vec<(Event, Ms)> {
    if times.is_empty() {
        return Vec::new();
    }
    let wrote: HashSet<_> =
        batch.new_messages.iter().filter(|line| is_said(line)).map(|line| line.conversation_id).collect();
    let rows = batch.new_conversations.iter().chain(&batch.changed_conversations);
    rows.filter(|row| wrote.contains(&row.id)).flat_map(|row| waiting(row, times)).collect()
}

/// The same for one conversation in which the customer waits.
#[must_use]
pub fn waiting(row: &ConversationState, times: &BTreeSet<u32>) -> Vec<(Event, Ms)> {
    let Some(since) = row.waiting_since else { return Vec::new() };
    let event = |minutes: u32| Event {
        key: format!("unanswered:{}:{}:{minutes}", row.id, since.0),
        at: since.plus(i64::from(minutes) * MINUTE),
        contact_id: row.contact_id,
        conversation_id: Some(row.id),
        message_id: None,
        settle_ms: 0,
        cause: None,
        what: What::Unanswered { minutes, since },
    };
    let due = |event: Event| {
        let at = event.at;
        (event, at)
    };
    times.iter().map(|minutes| due(event(*minutes))).collect()
}
