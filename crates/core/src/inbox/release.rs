//! Conversations of people and teams that are gone: they are taken from them, so that somebody else gets them.

use super::command::Command;
use super::state::{ConversationState, ConversationStatus};
use crate::{TeamId, UserId};
use std::collections::BTreeSet;

/// Who answers nobody any more: users who were removed or switched off, teams that were removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// The users.
    pub users: BTreeSet<UserId>,
    /// The teams.
    pub teams: BTreeSet<TeamId>,
}

impl Gone {
    /// What takes a conversation from whoever is gone.
    #[must_use]
    pub fn release(&self, known: &ConversationState) -> Vec<Command> {
        let user = known.assignee_id.filter(|id| self.users.contains(id)).map(|_| Command::Assign(None));
        let team = known.team_id.filter(|id| self.teams.contains(id)).map(|_| Command::SetTeam(None));
        user.into_iter().chain(team).collect()
    }

    /// The same commands, and before them what takes a resolved conversation that they reopen from whoever is gone.
    #[must_use]
    pub fn before_reopening(&self, known: &ConversationState, commands: Vec<Command>) -> Vec<Command> {
        let opens = |command: &Command| match command {
            Command::SetStatus(status, _) => *status != ConversationStatus::Resolved,
            _ => false,
        };
        if known.status != ConversationStatus::Resolved || !commands.iter().any(opens) {
            return commands;
        }
        let same = |one: &Command, other: &Command| std::mem::discriminant(one) == std::mem::discriminant(other);
        let mut all = self.release(known);
        all.retain(|first| !commands.iter().any(|other| same(first, other)));
        all.extend(commands);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::super::message::fresh_conversation;
    use super::super::state::{Context, Policy};
    use super::*;
    use crate::{ChannelId, ContactId, ConversationId, Ms, WorkspaceId};
    use uuid::Uuid;

    fn known(status: ConversationStatus, user: UserId, team: TeamId) -> ConversationState {
        let policy = Policy::default();
        let context = Context {
            channel_id: ChannelId(Uuid::from_u128(1)),
            workspace_id: WorkspaceId(Uuid::from_u128(2)),
            lane: 7,
            locked: &|_| true,
            received_at: Ms(1),
            wait_until: None,
            now: Ms(1),
            policy: &policy,
        };
        let (id, contact) = (ConversationId(Uuid::from_u128(3)), ContactId(Uuid::from_u128(4)));
        let row = fresh_conversation(id, contact, &context, 7, Ms(1));
        ConversationState { status, assignee_id: Some(user), team_id: Some(team), ..row }
    }

    #[test]
    fn what_is_opened_again_is_nobodys_when_they_are_gone() {
        let (lea, sales) = (UserId(Uuid::from_u128(5)), TeamId(Uuid::from_u128(6)));
        let gone = Gone { users: [lea].into(), teams: [sales].into() };
        let (free, teamless) = (Command::Assign(None), Command::SetTeam(None));
        let open = Command::SetStatus(ConversationStatus::Open, None);
        let resolve = Command::SetStatus(ConversationStatus::Resolved, None);
        let of = |status| known(status, lea, sales);
        assert_eq!(gone.release(&of(ConversationStatus::Open)), [free.clone(), teamless.clone()]);
        assert!(Gone::default().release(&of(ConversationStatus::Open)).is_empty());
        let back = |status, commands| gone.before_reopening(&of(status), commands);
        let resolved = ConversationStatus::Resolved;
        assert_eq!(back(resolved, vec![open.clone()]), [free.clone(), teamless.clone(), open.clone()]);
        assert_eq!(back(resolved, vec![resolve.clone()]), [resolve], "it stays resolved");
        assert_eq!(back(ConversationStatus::Snoozed, vec![open.clone()]), std::slice::from_ref(&open), "the job's");
        let other = Command::Assign(Some((UserId(Uuid::from_u128(7)), "Omar".to_owned())));
        let given = vec![open.clone(), other.clone()];
        assert_eq!(back(resolved, given), [teamless, open, other], "somebody else has it");
    }
}
