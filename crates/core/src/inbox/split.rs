//! One thread becomes two: a line and everything after it is a conversation of its own from then on.

use super::command::Actor;
use super::message::fresh_conversation;
use super::people::feed;
use super::remark::remark;
use super::state::{Change, Context, ConversationState, ConversationStatus, FeedEvent};
use crate::message::{Direction, Status};
use crate::{ContactId, ConversationId, MessageId, Ms};
use serde_json::json;
use uuid::Uuid;

/// The line that a list shows of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The line.
    pub id: MessageId,
    /// When it was said.
    pub at: Ms,
    /// Who said it.
    pub direction: Direction,
    /// Its kind.
    pub kind: String,
    /// Its words, shortened.
    pub preview: String,
    /// Where it stands.
    pub status: Status,
}

/// What the lines of one part of a thread come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Part {
    /// Messages and notes: what somebody said. Quiet lines alone are no conversation.
    pub said: i64,
    /// Messages of the customer.
    pub heard: i64,
    /// The first of them.
    pub heard_at: Option<Ms>,
    /// The first answer.
    pub answered_at: Option<Ms>,
    /// When its first line was stored.
    pub began_at: Option<Ms>,
    /// The newest message.
    pub newest: Option<Shown>,
}

/// Why a thread is not split there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// Everything would move.
    #[error("nothing was said before this message: there is nothing to split off")]
    NothingBefore,
    /// Nothing would move but quiet lines.
    #[error("nothing is said from there on")]
    NothingAfter,
}

/// The two conversations, and what is written down about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The new one.
    pub made: ConversationId,
    /// State, lines and news. The lines themselves move in the store, before these are written.
    pub changes: Vec<Change>,
}

/// Splits `known`: `older` stays, `newer` (from the moment `cut` on) is the new conversation.
///
/// The new one goes on as the old one was: its status, who has it, how urgent it is. A customer has one open
/// conversation on a channel, so the older part is resolved then. What is known of the service window holds for both,
/// because the provider knows customers and numbers, not conversations.
///
/// # Errors
/// [`SplitError`] when a part would be empty.
pub fn split(
    known: &ConversationState,
    (older, newer): (&Part, &Part),
    cut: Ms,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Result<Split, SplitError> {
    if older.said == 0 {
        return Err(SplitError::NothingBefore);
    }
    if newer.said == 0 {
        return Err(SplitError::NothingAfter);
    }
    let made = next(known, newer, cut, ConversationId(fresh()), context);
    let rest = rest(known, older, cut, context.now);
    let mut changes = remark(&rest, "split_to", json!({ "to": made.id }), actor, context, fresh);
    let mut first = remark(&made, "split_from", json!({ "from": rest.id }), actor, context, fresh);
    for change in &mut first {
        // It stands before everything that moved.
        if let Change::InsertMessage(line) = change {
            line.at = cut.plus(-1);
        }
    }
    changes.extend(first);
    let told = |kind, of: &ConversationState| FeedEvent {
        conversation_id: Some(of.id),
        ..feed(kind, context.now, of.contact_id)
    };
    changes
        .push(Change::Feed(FeedEvent { data: json!({ "split_to": made.id }), ..told("conversation.updated", &rest) }));
    let news = FeedEvent { data: json!({ "split_from": rest.id }), ..told("conversation.created", &made) };
    changes.push(Change::Feed(news));
    let id = made.id;
    changes.push(Change::UpdateConversation(rest));
    changes.push(Change::CreateConversation(made));
    Ok(Split { made: id, changes })
}

/// Parts a conversation again that was made of two when their customers were taken for one: what stays of `known`, and
/// the other one, which goes on as `known` did, under the `id` it had.
#[must_use]
pub fn apart(
    known: &ConversationState,
    (rest, theirs): (&Part, &Part),
    (id, contact_id, lane): (ConversationId, ContactId, u16),
    context: &Context<'_>,
) -> (ConversationState, ConversationState) {
    let began = theirs.began_at.unwrap_or(context.now);
    let made = ConversationState { contact_id, lane, ..next(known, theirs, began, id, context) };
    let stays = ConversationState {
        unread: i32::try_from(rest.heard).unwrap_or(i32::MAX).min(known.unread),
        waiting_since: known.waiting_since.filter(|_| rest.heard > 0),
        first_response_at: rest.answered_at,
        updated_at: context.now,
        ..known.clone()
    };
    (showing(stays, rest), made)
}

/// The conversation that goes on.
fn next(
    known: &ConversationState,
    part: &Part,
    cut: Ms,
    id: ConversationId,
    context: &Context<'_>,
) -> ConversationState {
    let unread = i32::try_from(part.heard).unwrap_or(i32::MAX).min(known.unread);
    // Nobody waits less than before: who asked earlier waits here since the first message that moved.
    let waiting_since = known.waiting_since.map(|since| part.heard_at.map_or(since, |heard| since.max(heard)));
    let made = ConversationState {
        status: known.status,
        priority: known.priority,
        assignee_id: known.assignee_id,
        team_id: known.team_id,
        snoozed_until: known.snoozed_until,
        unread,
        last_inbound_at: known.last_inbound_at,
        last_inbound_provider_id: known.last_inbound_provider_id.clone(),
        window_expires_at: known.window_expires_at,
        waiting_since,
        first_response_at: part.answered_at,
        resolved_at: known.resolved_at,
        created_at: part.began_at.unwrap_or(context.now),
        ..fresh_conversation(id, known.contact_id, context, known.lane, cut)
    };
    showing(made, part)
}

/// What stays: over from now on, if it was not before.
fn rest(known: &ConversationState, part: &Part, cut: Ms, now: Ms) -> ConversationState {
    let rest = ConversationState {
        status: ConversationStatus::Resolved,
        snoozed_until: None,
        unread: 0,
        waiting_since: None,
        first_response_at: known.first_response_at.filter(|at| *at < cut),
        resolved_at: known.resolved_at.or(Some(now)),
        last_message_at: cut.plus(-1),
        last_message_id: None,
        last_direction: Direction::Event,
        last_kind: "event".to_owned(),
        last_preview: String::new(),
        last_status: Status::Event,
        updated_at: now,
        ..known.clone()
    };
    showing(rest, part)
}

fn showing(row: ConversationState, part: &Part) -> ConversationState {
    let Some(shown) = &part.newest else { return row };
    ConversationState {
        last_message_at: shown.at,
        last_message_id: Some(shown.id),
        last_direction: shown.direction,
        last_kind: shown.kind.clone(),
        last_preview: shown.preview.clone(),
        last_status: shown.status,
        ..row
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{HEARD, NOW, context, conversation};
    use super::super::state::{NewMessage, Policy, Priority};
    use super::*;
    use crate::message::Content;
    use crate::{TeamId, UserId};

    fn shown(id: u128, at: Ms) -> Shown {
        let (direction, status) = (Direction::In, Status::Received);
        Shown {
            id: MessageId(Uuid::from_u128(id)),
            at,
            direction,
            kind: "text".to_owned(),
            preview: "hi".to_owned(),
            status,
        }
    }

    fn parts() -> (Part, Part) {
        let older = Part { said: 2, heard: 1, newest: Some(shown(20, HEARD.plus(-900))), ..Part::default() };
        let newer = Part {
            said: 3,
            heard: 2,
            heard_at: Some(HEARD.plus(10)),
            answered_at: None,
            began_at: Some(HEARD.plus(11)),
            newest: Some(shown(21, HEARD.plus(20))),
        };
        (older, newer)
    }

    fn known(status: ConversationStatus) -> ConversationState {
        ConversationState {
            status,
            priority: Priority::High,
            assignee_id: Some(UserId(Uuid::from_u128(30))),
            team_id: Some(TeamId(Uuid::from_u128(31))),
            unread: 3,
            first_response_at: Some(HEARD.plus(-800)),
            ..conversation()
        }
    }

    fn run(known: &ConversationState, older: &Part, newer: &Part) -> Result<Split, SplitError> {
        let policy = Policy::default();
        let context = context(&policy, NOW);
        let actor = Actor { kind: "user".to_owned(), id: None, name: Some("Lea".to_owned()) };
        let mut last = 100;
        let mut fresh = || {
            last += 1;
            Uuid::from_u128(last)
        };
        split(known, (older, newer), HEARD.plus(5), &actor, &context, &mut fresh)
    }

    fn states(split: &Split) -> (ConversationState, ConversationState) {
        let (mut rest, mut made) = (None, None);
        for change in &split.changes {
            match change {
                Change::UpdateConversation(row) => rest = Some(row.clone()),
                Change::CreateConversation(row) => made = Some(row.clone()),
                _ => {}
            }
        }
        (rest.unwrap(), made.unwrap())
    }

    #[test]
    fn the_newer_part_goes_on_and_the_older_is_over() {
        let (older, newer) = parts();
        let before = known(ConversationStatus::Open);
        let done = run(&before, &older, &newer).unwrap();
        let (rest, made) = states(&done);
        assert_eq!((rest.status, rest.resolved_at, rest.unread), (ConversationStatus::Resolved, Some(NOW), 0));
        assert_eq!((rest.waiting_since, rest.first_response_at), (None, before.first_response_at));
        assert_eq!(rest.last_message_id, Some(MessageId(Uuid::from_u128(20))));
        assert_eq!((made.id, made.status, made.priority), (done.made, ConversationStatus::Open, Priority::High));
        assert_eq!((made.assignee_id, made.team_id), (before.assignee_id, before.team_id));
        assert_eq!(
            (made.unread, made.waiting_since),
            (2, Some(HEARD.plus(10))),
            "who asked earlier waits from here on"
        );
        assert_eq!((made.first_response_at, made.created_at), (None, HEARD.plus(11)));
        assert_eq!(made.window_expires_at, before.window_expires_at, "the window is the customer's");
        assert_eq!(made.last_message_at, HEARD.plus(20));
        let lines: Vec<&NewMessage> = done
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::InsertMessage(line) => Some(line),
                _ => None,
            })
            .collect();
        let told = |line: &NewMessage, event: &str| matches!(&line.content, Content::Event { event: said, .. } if said == event);
        assert!(told(lines[0], "split_to") && lines[0].conversation_id == rest.id && lines[0].at == NOW);
        assert!(told(lines[1], "split_from") && lines[1].conversation_id == made.id && lines[1].at == HEARD.plus(4));
    }

    #[test]
    fn what_is_over_stays_over() {
        let (older, newer) = parts();
        let ended = Some(HEARD.plus(50));
        let before = ConversationState {
            resolved_at: ended,
            unread: 0,
            waiting_since: None,
            first_response_at: Some(HEARD.plus(15)),
            ..known(ConversationStatus::Resolved)
        };
        let newer = Part { answered_at: Some(HEARD.plus(15)), ..newer };
        let (rest, made) = states(&run(&before, &older, &newer).unwrap());
        assert_eq!((rest.status, rest.resolved_at), (ConversationStatus::Resolved, ended));
        assert_eq!((made.status, made.resolved_at, made.waiting_since), (ConversationStatus::Resolved, ended, None));
        assert_eq!((rest.first_response_at, made.first_response_at), (None, Some(HEARD.plus(15))));
    }

    #[test]
    fn neither_part_may_be_empty() {
        let (older, newer) = parts();
        let before = known(ConversationStatus::Open);
        assert_eq!(run(&before, &Part::default(), &newer), Err(SplitError::NothingBefore));
        assert_eq!(run(&before, &older, &Part::default()), Err(SplitError::NothingAfter));
    }

    #[test]
    fn a_snoozed_one_goes_on_sleeping_and_notes_alone_keep_who_waits() {
        let (older, _) = parts();
        let notes = Part { said: 1, ..Part::default() };
        let before = ConversationState { snoozed_until: Some(NOW.plus(9)), ..known(ConversationStatus::Snoozed) };
        let (rest, made) = states(&run(&before, &older, &notes).unwrap());
        assert_eq!((made.status, made.snoozed_until), (ConversationStatus::Snoozed, Some(NOW.plus(9))));
        assert_eq!((made.waiting_since, made.unread, made.last_message_id), (Some(HEARD), 0, None));
        assert_eq!(rest.snoozed_until, None);
    }
}
