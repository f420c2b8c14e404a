//! What the team does to a conversation: assign, prioritise, resolve, note, write.

use super::message::{PREVIEW_CHARS, answered, created, fresh_conversation, one_line, show};
use super::people::feed;
use super::quiet::event_line;
use super::remark::remark;
use super::state::{
    Change, ContactState, Context, ConversationState, ConversationStatus, Decision, FeedEvent, NewMessage, Outcome,
    Priority,
};
use crate::message::{Content, Direction, Status};
use crate::{ConversationId, MediaId, MessageId, Ms, TeamId, UserId};
use serde_json::{Value, json};
use uuid::Uuid;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `user`, `api`, `rule` or `system`.
    pub kind: String,
    /// The user, token or rule.
    pub id: Option<Uuid>,
    /// Name at this moment.
    pub name: Option<String>,
}

/// Something the team does to a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Open, pending, resolved; snoozed needs a time.
    SetStatus(ConversationStatus, Option<Ms>),
    /// Urgency.
    SetPriority(Priority),
    /// Give to an agent (with the name for the thread), or take from everybody.
    Assign(Option<(UserId, String)>),
    /// Given to an agent by itself, with the reason for the thread.
    Route {
        /// Who, with the name for the thread.
        agent: (UserId, String),
        /// Why: a [`crate::routing::Reason`] as JSON.
        reason: Value,
    },
    /// Resolve with what is to be remembered about it.
    Close {
        /// The category and its name.
        category: Option<(Uuid, String)>,
        /// A sentence for colleagues.
        note: Option<String>,
    },
    /// Give to a team (with its name), or take from all.
    SetTeam(Option<(TeamId, String)>),
    /// Somebody looked at it.
    MarkRead,
    /// The customer waits after all: what resolving it took away comes back.
    WaitAgain {
        /// Since when.
        since: Ms,
        /// Messages nobody had looked at.
        unread: i32,
    },
}

/// Why a command cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Snoozing needs a moment in the future.
    #[error("snoozed_until must lie in the future")]
    SnoozeInPast,
    /// Reopening would give the customer two open conversations on one channel.
    #[error("this customer already has an open conversation on this channel")]
    AlreadyOpen,
}

/// Applies commands to one conversation; each that changes something leaves a quiet line in the thread.
///
/// `another_open` says whether the contact has a different unresolved conversation on the channel.
pub fn run(
    known: &ConversationState,
    commands: &[Command],
    actor: &Actor,
    another_open: bool,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Result<Decision, CommandError> {
    let mut conversation = known.clone();
    let mut lines = Vec::new();
    for command in commands {
        if let Some((event, data)) = apply(&mut conversation, command, another_open, context.now)? {
            lines.push((event, data));
        }
    }
    if conversation == *known {
        return Ok(Decision::nothing(Outcome::Stale));
    }
    conversation.updated_at = context.now;
    let mut changes = Vec::new();
    for (event, data) in lines {
        let beside =
            blank(&conversation, actor, Content::Event { event: event.to_owned(), data: data.clone() }, context, fresh);
        let mut line = event_line(&beside, event, data, context.now, fresh());
        line.author_kind.clone_from(&actor.kind);
        line.author_id = actor.id;
        line.author_name.clone_from(&actor.name);
        changes.push(Change::Feed(created(&line)));
        changes.push(Change::InsertMessage(line));
    }
    let told = FeedEvent {
        conversation_id: Some(conversation.id),
        ..feed("conversation.updated", context.now, conversation.contact_id)
    };
    changes.push(Change::UpdateConversation(conversation));
    changes.push(Change::Feed(told));
    Ok(Decision { changes, effects: Vec::new(), outcome: Outcome::Ignored("command".to_owned()) })
}

fn apply(
    conversation: &mut ConversationState,
    command: &Command,
    another_open: bool,
    now: Ms,
) -> Result<Option<(&'static str, Value)>, CommandError> {
    match command {
        Command::SetStatus(status, until) => set_status(conversation, *status, *until, another_open, now),
        Command::SetPriority(priority) => {
            let before = std::mem::replace(&mut conversation.priority, *priority);
            Ok((before != *priority).then(|| ("priority_changed", json!({ "from": before, "to": priority }))))
        }
        Command::Assign(agent) => {
            let id = agent.as_ref().map(|(id, _)| *id);
            let before = std::mem::replace(&mut conversation.assignee_id, id);
            let name = agent.as_ref().map(|(_, name)| name);
            Ok((before != id).then(|| ("assigned", json!({ "to": id, "name": name }))))
        }
        Command::Route { agent: (id, name), reason } => {
            let before = conversation.assignee_id.replace(*id);
            Ok((before != Some(*id)).then(|| ("assigned", json!({ "to": id, "name": name, "reason": reason }))))
        }
        Command::Close { category, note } => {
            let line = set_status(conversation, ConversationStatus::Resolved, None, another_open, now)?;
            Ok(line.map(|(event, mut data)| {
                if let Some((id, name)) = category {
                    data["category"] = json!({ "id": id, "name": name });
                }
                if let Some(note) = note {
                    data["note"] = json!(note);
                }
                (event, data)
            }))
        }
        Command::SetTeam(team) => {
            let id = team.as_ref().map(|(id, _)| *id);
            let before = std::mem::replace(&mut conversation.team_id, id);
            let name = team.as_ref().map(|(_, name)| name);
            Ok((before != id).then(|| ("team_changed", json!({ "to": id, "name": name }))))
        }
        Command::MarkRead => {
            conversation.unread = 0;
            Ok(None)
        }
        Command::WaitAgain { since, unread } => {
            let known = conversation.waiting_since;
            conversation.waiting_since = Some(known.map_or(*since, |known| known.min(*since)));
            conversation.unread = conversation.unread.max(*unread);
            Ok(None)
        }
    }
}

fn set_status(
    conversation: &mut ConversationState,
    status: ConversationStatus,
    until: Option<Ms>,
    another_open: bool,
    now: Ms,
) -> Result<Option<(&'static str, Value)>, CommandError> {
    let snoozed = status == ConversationStatus::Snoozed;
    if snoozed && until.is_none_or(|until| until <= now) {
        return Err(CommandError::SnoozeInPast);
    }
    let reopens = conversation.status == ConversationStatus::Resolved && status != ConversationStatus::Resolved;
    if reopens && another_open {
        return Err(CommandError::AlreadyOpen);
    }
    let before = std::mem::replace(&mut conversation.status, status);
    let until = until.filter(|_| snoozed);
    if before == status && conversation.snoozed_until == until {
        return Ok(None);
    }
    conversation.snoozed_until = until;
    conversation.resolved_at = (status == ConversationStatus::Resolved).then_some(now);
    if status == ConversationStatus::Resolved {
        conversation.waiting_since = None;
        conversation.unread = 0;
    }
    Ok(Some(("status_changed", json!({ "from": before, "to": status, "until": until }))))
}

/// The team turns to a customer: a conversation to write in on the context's channel.
///
/// `previous` is the unresolved conversation there, else the newest one. Unresolved it is the answer, and nothing
/// changes; resolved it stays as it is, but what it knows of the service window holds for the new one, because the
/// provider knows customers and numbers, not conversations.
pub fn open(
    contact: &ContactState,
    previous: Option<&ConversationState>,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Option<Decision> {
    if previous.is_some_and(|known| known.status != ConversationStatus::Resolved) {
        return None;
    }
    let mut conversation = fresh_conversation(ConversationId(fresh()), contact.id, context, contact.lane, context.now);
    if let Some(known) = previous {
        conversation.window_expires_at = known.window_expires_at;
        conversation.last_inbound_at = known.last_inbound_at;
        conversation.last_inbound_provider_id.clone_from(&known.last_inbound_provider_id);
    }
    let told =
        FeedEvent { conversation_id: Some(conversation.id), ..feed("conversation.created", context.now, contact.id) };
    let changes = vec![Change::CreateConversation(conversation), Change::Feed(told)];
    Some(Decision { changes, effects: Vec::new(), outcome: Outcome::Contact(contact.id) })
}

/// A message or note as its author wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The client's own id, for idempotence.
    pub client_id: Option<String>,
    /// What is said.
    pub content: Content,
    /// The message it answers: our id and the provider's.
    pub reply_to: Option<(MessageId, Option<String>)>,
    /// The file, when one is sent.
    pub media_id: Option<MediaId>,
}

/// A private note: a line for the team; it neither answers the customer nor moves the conversation in the list.
pub fn note(
    conversation: &ConversationState,
    draft: Draft,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let mut line = blank(conversation, actor, draft.content, context, fresh);
    line.direction = Direction::Note;
    line.status = Status::Note;
    line.client_id = draft.client_id;
    let outcome = Outcome::Message(line.id);
    let changes = vec![Change::Feed(created(&line)), Change::InsertMessage(line)];
    Decision { changes, effects: Vec::new(), outcome }
}

/// A message to the customer: stored and queued; the guard judges it when its turn comes.
pub fn outbound(
    known: &ConversationState,
    draft: Draft,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let mut conversation = known.clone();
    let mut changes = Vec::new();
    // Whoever answers first has it from then on; the line that says so comes before the answer.
    if let (None, "user", Some(user)) = (conversation.assignee_id, actor.kind.as_str(), actor.id) {
        conversation.assignee_id = Some(UserId(user));
        let data = json!({ "to": user, "name": actor.name });
        changes = remark(known, "assigned", data, actor, context, fresh);
    }
    let mut line = blank(known, actor, draft.content, context, fresh);
    line.client_id = draft.client_id;
    line.media_id = draft.media_id;
    if let Some((id, provider_id)) = draft.reply_to {
        line.reply_to_id = Some(id);
        line.reply_to_provider_id = provider_id;
    }
    // A reaction is a mark on an older line: it neither answers nor becomes the newest line.
    if !matches!(line.content, Content::Reaction { .. }) {
        // What a rule says is no person's answer: whoever waits for one still does, and somebody is to look.
        if actor.kind != "rule" {
            answered(&mut conversation, line.at);
            conversation.unread = 0;
        }
        show(&mut conversation, &line);
    }
    conversation.updated_at = context.now;
    let outcome = Outcome::Message(line.id);
    changes.push(Change::UpdateConversation(conversation));
    changes.push(Change::Feed(created(&line)));
    changes.push(Change::InsertMessage(line));
    Decision { changes, effects: Vec::new(), outcome }
}

pub(super) fn blank(
    conversation: &ConversationState,
    actor: &Actor,
    content: Content,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> NewMessage {
    NewMessage {
        id: MessageId(fresh()),
        conversation_id: conversation.id,
        contact_id: conversation.contact_id,
        channel_id: conversation.channel_id,
        direction: Direction::Out,
        at: context.now,
        created_at: context.now,
        author_kind: actor.kind.clone(),
        author_id: actor.id,
        author_name: actor.name.clone(),
        provider_id: None,
        client_id: None,
        preview: one_line(&content.text(), PREVIEW_CHARS),
        content,
        status: Status::Queued,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbox::fixtures::{NOW, contact, context, message};
    use crate::inbox::{MessageState, Policy, react_by_business};

    fn opened(previous: Option<&ConversationState>) -> Option<ConversationState> {
        let policy = Policy::default();
        let context = context(&policy, NOW);
        let decision = open(&contact(), previous, &context, &mut || Uuid::from_u128(9))?;
        decision.changes.into_iter().find_map(|change| match change {
            Change::CreateConversation(made) => Some(made),
            _ => None,
        })
    }

    #[test]
    fn an_open_conversation_is_used_and_a_resolved_one_hands_its_window_on() {
        let first = opened(None).unwrap();
        assert_eq!((first.status, first.lane, first.window_expires_at), (ConversationStatus::Open, 1, None));
        assert_eq!(opened(Some(&first)), None);
        let resolved = ConversationState {
            status: ConversationStatus::Resolved,
            window_expires_at: Some(NOW.plus(5)),
            last_inbound_at: Some(NOW.plus(-5)),
            last_inbound_provider_id: Some("wamid.1".to_owned()),
            unread: 3,
            ..first
        };
        let next = opened(Some(&resolved)).unwrap();
        assert_eq!(
            (next.window_expires_at, next.last_inbound_at),
            (resolved.window_expires_at, resolved.last_inbound_at)
        );
        assert_eq!((next.unread, next.last_message_id), (0, None));
    }

    #[test]
    fn our_reaction_replaces_our_own_only() {
        let mut message = MessageState {
            direction: Direction::In,
            provider_id: Some("wamid.1".to_owned()),
            ..message(Status::Received)
        };
        for (emoji, step) in [(Some("👍"), 1), (Some("❤"), 2), (None, 3)] {
            let changes = react_by_business(&message, emoji, "event", NOW.plus(step));
            let Some(Change::UpdateMessage(after)) = changes.last() else { panic!("no change") };
            message = after.clone();
            assert_eq!(message.reactions.len(), 1);
            assert_eq!(message.reactions[0].emoji.as_deref(), emoji);
        }
        assert!(react_by_business(&message, Some("👍"), "event", NOW).is_empty(), "an older one is no news");
    }
}
