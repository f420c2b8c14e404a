//! What rules may listen to, found in what a transaction changed.

use super::event::{Event, What};
use crate::Ms;
use crate::inbox::{Batch, ConversationState, NewMessage};
use crate::message::{Content, Direction};
use crate::routing::is_answer;
use crate::time::MINUTE;
use std::collections::{BTreeSet, HashSet};

/// What happened in conversations, in the order of the changes.
#[must_use]
pub fn happened(batch: &Batch) -> Vec<Event> {
    // One that the team begins, or splits off, is not opened by anybody who waits for an answer.
    let spoken: HashSet<_> =
        batch.new_messages.iter().filter(|line| is_said(line)).map(|line| line.conversation_id).collect();
    let opened = batch.new_conversations.iter().filter(|made| spoken.contains(&made.id)).map(|made| Event {
        key: format!("opened:{}", made.id),
        at: made.created_at,
        contact_id: made.contact_id,
        conversation_id: Some(made.id),
        message_id: None,
        settle_ms: 0,
        cause: None,
        what: What::Opened,
    });
    opened.chain(batch.new_messages.iter().filter_map(of_line)).collect()
}

/// Whether a line is something the customer said to people: neither a reaction nor the answer to a survey.
#[must_use]
pub fn is_said(line: &NewMessage) -> bool {
    line.direction == Direction::In && !matches!(line.content, Content::Reaction { .. }) && !is_answer(&line.content)
}

fn of_line(line: &NewMessage) -> Option<Event> {
    let (word, what) = match &line.content {
        _ if is_said(line) => ("message", What::Message),
        Content::Event { event, data } if line.direction == Direction::Event => match event.as_str() {
            "assigned" | "team_changed" if !data["to"].is_null() => ("assigned", What::Assigned),
            "reopened" => ("opened", What::Opened),
            "status_changed" if data["to"] == "resolved" => ("resolved", What::Resolved),
            "status_changed" if data["from"] == "resolved" => ("opened", What::Opened),
            _ => return None,
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
