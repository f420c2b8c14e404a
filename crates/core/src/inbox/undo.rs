//! Taking a change to many conversations back: only what nobody has touched since.

use super::command::Command;
use super::state::{ConversationState, ConversationStatus, Priority};
use crate::message::Direction;
use crate::{Ms, TeamId, UserId};
use serde::{Deserialize, Serialize};

/// What about a conversation a change to many may change, as it was at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// Where it stands.
    pub status: ConversationStatus,
    /// When it comes back.
    pub snoozed_until: Option<Ms>,
    /// How urgent it is.
    pub priority: Priority,
    /// Who answers.
    pub assignee_id: Option<UserId>,
    /// Which team answers.
    pub team_id: Option<TeamId>,
    /// Since when the customer waits.
    #[serde(default)]
    pub waiting_since: Option<Ms>,
    /// Messages nobody has looked at, while the customer waits.
    #[serde(default)]
    pub unread: i32,
}

impl From<&ConversationState> for Values {
    fn from(row: &ConversationState) -> Self {
        Self {
            status: row.status,
            snoozed_until: row.snoozed_until,
            priority: row.priority,
            assignee_id: row.assignee_id,
            team_id: row.team_id,
            waiting_since: row.waiting_since,
            // Looking at a conversation is nothing that is taken back.
            unread: if row.waiting_since.is_some() { row.unread } else { 0 },
        }
    }
}

/// Whether the business has written since the conversation was resolved.
#[must_use]
pub fn answered(now_is: &ConversationState) -> bool {
    let ours = now_is.last_direction == Direction::Out;
    ours && now_is.resolved_at.is_none_or(|resolved| now_is.last_message_at >= resolved)
}

/// What a change did to a conversation: its values before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Before it.
    pub was: Values,
    /// After it.
    pub is: Values,
}

/// What brings a conversation back to what it was before a change. A value that somebody changed since stays, and so does
/// one that the change left alone. A snooze that would have ended by now ends: the conversation opens. A customer who
/// waited when it was resolved waits again, unless somebody `answered` meanwhile. `name_of_user` and `name_of_team` name
/// people and teams for the thread; those that are gone get nobody.
#[must_use]
pub fn undo(
    (now_is, answered): (&Values, bool),
    before: &Before,
    now: Ms,
    name_of_user: &dyn Fn(UserId) -> Option<String>,
    name_of_team: &dyn Fn(TeamId) -> Option<String>,
) -> Vec<Command> {
    let Before { was, is } = before;
    let mut commands = Vec::new();
    let (stood, stands) = ((was.status, was.snoozed_until), (is.status, is.snoozed_until));
    if stood != stands && (now_is.status, now_is.snoozed_until) == stands {
        commands.push(match was.snoozed_until {
            Some(until) if was.status == ConversationStatus::Snoozed && until > now => {
                Command::SetStatus(ConversationStatus::Snoozed, Some(until))
            }
            _ if was.status == ConversationStatus::Snoozed => Command::SetStatus(ConversationStatus::Open, None),
            _ => Command::SetStatus(was.status, None),
        });
        if is.status == ConversationStatus::Resolved
            && !answered
            && let Some(since) = was.waiting_since
        {
            commands.push(Command::WaitAgain { since, unread: was.unread });
        }
    }
    if was.priority != is.priority && now_is.priority == is.priority {
        commands.push(Command::SetPriority(was.priority));
    }
    if was.assignee_id != is.assignee_id && now_is.assignee_id == is.assignee_id {
        commands.push(Command::Assign(was.assignee_id.and_then(|id| Some((id, name_of_user(id)?)))));
    }
    if was.team_id != is.team_id && now_is.team_id == is.team_id {
        commands.push(Command::SetTeam(was.team_id.and_then(|id| Some((id, name_of_team(id)?)))));
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Ms = Ms(1_790_000_000_000);

    fn open() -> Values {
        Values {
            status: ConversationStatus::Open,
            snoozed_until: None,
            priority: Priority::None,
            assignee_id: None,
            team_id: None,
            waiting_since: None,
            unread: 0,
        }
    }

    fn back(now_is: Values, was: Values, is: Values) -> Vec<Command> {
        undo((&now_is, false), &Before { was, is }, NOW, &|_| Some("Lea".to_owned()), &|_| None)
    }

    #[test]
    fn what_nobody_touched_since_comes_back() {
        let (lea, sales) = (UserId(Uuid::from_u128(1)), TeamId(Uuid::from_u128(2)));
        let resolved = Values { status: ConversationStatus::Resolved, ..open() };
        let snoozed = |until| Values { status: ConversationStatus::Snoozed, snoozed_until: Some(until), ..open() };
        let status = |to, until| vec![Command::SetStatus(to, until)];
        for (name, now_is, was, is, expected) in [
            ("resolved by it", resolved, open(), resolved, status(ConversationStatus::Open, None)),
            ("reopened since", open(), open(), resolved, vec![]),
            ("nothing changed", open(), open(), open(), vec![]),
            (
                "a snooze that goes on",
                resolved,
                snoozed(NOW.plus(5)),
                resolved,
                status(ConversationStatus::Snoozed, Some(NOW.plus(5))),
            ),
            ("a snooze that is over", resolved, snoozed(NOW), resolved, status(ConversationStatus::Open, None)),
            ("snoozed for longer since", snoozed(NOW.plus(9)), open(), snoozed(NOW.plus(5)), vec![]),
        ] {
            assert_eq!(back(now_is, was, is), expected, "{name}");
        }
        let given = Values { assignee_id: Some(lea), team_id: Some(sales), priority: Priority::High, ..open() };
        assert_eq!(
            back(open(), given, open()),
            vec![
                Command::SetPriority(Priority::High),
                Command::Assign(Some((lea, "Lea".to_owned()))),
                // The team is gone.
                Command::SetTeam(None),
            ]
        );
        let waited = Values { waiting_since: Some(NOW), unread: 3, ..open() };
        assert_eq!(
            back(resolved, waited, resolved),
            vec![Command::SetStatus(ConversationStatus::Open, None), Command::WaitAgain { since: NOW, unread: 3 }]
        );
        let before = Before { was: waited, is: resolved };
        let heard = undo((&resolved, true), &before, NOW, &|_| None, &|_| None);
        assert_eq!(heard, status(ConversationStatus::Open, None), "somebody answered meanwhile");
        let old = r#"{"status":"open","snoozed_until":null,"priority":"none","assignee_id":null,"team_id":null}"#;
        assert_eq!(serde_json::from_str::<Values>(old).unwrap(), open(), "what an older version stored");
        let urgent = Values { priority: Priority::Urgent, ..open() };
        assert_eq!(back(urgent, given, open()).len(), 2, "the priority was changed since and stays");
    }
}
