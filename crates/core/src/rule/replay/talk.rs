//! A conversation as it was, and how its lines change it.

use super::Line;
use crate::Ms;
use crate::inbox::{ConversationState, ConversationStatus, Priority, answered, heard};
use crate::message::{Content, Direction};
use crate::routing::is_answer;
use serde_json::Value;

/// What happened to a conversation, when the line tells such a thing.
fn happened(line: &Line) -> Option<(&str, &Value)> {
    match &line.content {
        Content::Event { event, data } if line.direction == Direction::Event => Some((event, data)),
        _ => None,
    }
}

fn word<T>(value: &Value, parse: fn(&str) -> Option<T>) -> Option<T> {
    value.as_str().and_then(parse)
}

/// A conversation as it was before these lines: what the first of them that tells of something says about before, else
/// as it is today.
pub(super) fn before(mut talk: ConversationState, lines: &[Line]) -> ConversationState {
    let own = || lines.iter().filter(|line| line.conversation_id == talk.id);
    let Some(first) = own().next().map(|line| line.at) else { return talk };
    let events = || own().filter_map(happened);
    let status = events().find_map(|(event, data)| match event {
        "status_changed" | "woken" => word(&data["from"], ConversationStatus::parse),
        "reopened" => Some(ConversationStatus::Resolved),
        _ => None,
    });
    let priority = events().find_map(|(event, data)| {
        (event == "priority_changed").then(|| word(&data["from"], Priority::parse)).flatten()
    });
    let told = |name: &str| events().any(|(event, _)| event == name);
    let (assigned, moved) = (told("assigned"), told("team_changed"));
    let begins = talk.created_at >= first;
    if let Some(status) = status {
        talk.status = status;
    } else if begins {
        talk.status = ConversationStatus::Open;
    }
    talk.priority = priority.unwrap_or(talk.priority);
    // Who had it before somebody else got it is not told.
    talk.assignee_id = talk.assignee_id.filter(|_| !assigned);
    talk.team_id = talk.team_id.filter(|_| !moved);
    talk.first_response_at = talk.first_response_at.filter(|at| *at < first);
    talk.last_inbound_at = talk.last_inbound_at.filter(|at| *at < first);
    (talk.window_expires_at, talk.waiting_since, talk.snoozed_until) = (None, None, None);
    (talk.last_message_id, talk.unread) = (None, 0);
    // Nothing asks for them, and the conversation is copied for every judgement.
    (talk.last_preview, talk.last_kind, talk.last_inbound_provider_id) = (String::new(), String::new(), None);
    talk.last_message_at = talk.created_at.min(first);
    talk.resolved_at = talk.resolved_at.filter(|at| *at < first);
    talk
}

/// Writes a line into its conversation: what the live decisions do with it, as far as rules ask about it.
pub(super) fn tell(talk: &mut ConversationState, line: &Line) {
    let reaction = matches!(line.content, Content::Reaction { .. });
    match line.direction {
        Direction::In if !reaction => {
            let closed = talk.status == ConversationStatus::Resolved && is_answer(&line.content);
            heard(talk, line.at, "", closed);
            show(talk, line);
        }
        Direction::Out if !reaction => {
            if line.author_kind != "rule" {
                answered(talk, line.at);
            }
            show(talk, line);
        }
        Direction::Event => {
            if let Some((event, data)) = happened(line) {
                change(talk, event, data, line.at);
            }
        }
        _ => {}
    }
}

fn show(talk: &mut ConversationState, line: &Line) {
    (talk.last_message_at, talk.last_direction) = (line.at, line.direction);
    talk.last_message_id = Some(line.id);
}

fn change(talk: &mut ConversationState, event: &str, data: &Value, at: Ms) {
    let id = |value: &Value| value.as_str().and_then(|id| id.parse().ok());
    match event {
        "status_changed" => {
            if let Some(status) = word(&data["to"], ConversationStatus::parse) {
                set_status(talk, status, at);
            }
        }
        "reopened" | "woken" => talk.status = ConversationStatus::Open,
        "priority_changed" => talk.priority = word(&data["to"], Priority::parse).unwrap_or(talk.priority),
        "assigned" => talk.assignee_id = id(&data["to"]).map(crate::UserId),
        "team_changed" => talk.team_id = id(&data["to"]).map(crate::TeamId),
        _ => {}
    }
}

/// A conversation gets another status.
pub(super) fn set_status(talk: &mut ConversationState, status: ConversationStatus, at: Ms) {
    talk.status = status;
    let resolved = status == ConversationStatus::Resolved;
    talk.resolved_at = resolved.then_some(at);
    if resolved {
        talk.waiting_since = None;
    }
}
