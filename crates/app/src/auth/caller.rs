//! Somebody who has proved who they are.

use super::role::{Permission, Permissions, Role};
use crate::error::{Error, Result};
use rapport_core::{UserId, WorkspaceId};
use uuid::Uuid;

/// What kind of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A person in a browser.
    User {
        /// Who.
        user: UserId,
        /// Their session.
        session: Uuid,
    },
    /// A program with an API token.
    Token {
        /// The token.
        token: Uuid,
    },
    /// A rule of the workspace.
    Rule {
        /// Which.
        rule: Uuid,
    },
    /// The installation itself: a command of the operator, a timer.
    System,
}

/// Who is asking, in which workspace, with which rights.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The workspace everything they do stays in.
    pub workspace: WorkspaceId,
    /// The workspace they come from, while they practise: theirs is then its practice room.
    pub home: Option<WorkspaceId>,
    /// Who.
    pub actor: Actor,
    /// Their name, for messages and the audit log.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// What they may do: the role's permissions, cut by a token's scopes.
    pub permissions: Permissions,
}

impl Caller {
    /// The operator at the command line: may do everything.
    #[must_use]
    pub fn system(workspace: WorkspaceId) -> Self {
        let role = Role::Owner;
        let (name, permissions) = ("system".to_owned(), role.permissions());
        Self { workspace, home: None, actor: Actor::System, name, role, permissions }
    }

    /// A rule at work: may do what who leads a team may, and nothing that leads out of the workspace.
    #[must_use]
    pub fn rule(workspace: WorkspaceId, rule: Uuid, name: &str) -> Self {
        let role = Role::Supervisor;
        let permissions = role.permissions().and(Permissions::in_practice());
        Self { actor: Actor::Rule { rule }, name: name.to_owned(), role, permissions, ..Self::system(workspace) }
    }

    /// The rule, when one is at work.
    #[must_use]
    pub fn own_rule(&self) -> Option<Uuid> {
        match self.actor {
            Actor::Rule { rule } => Some(rule),
            Actor::User { .. } | Actor::Token { .. } | Actor::System => None,
        }
    }

    /// The workspace they belong to and are signed in at, also while they practise.
    #[must_use]
    pub fn home(&self) -> WorkspaceId {
        self.home.unwrap_or(self.workspace)
    }

    /// Goes on only when the caller has the permission.
    ///
    /// # Errors
    /// `Forbidden`, naming the permission.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.permissions.has(permission) {
            return Ok(());
        }
        Err(Error::Forbidden(format!("this needs the permission {}", permission.code())))
    }

    /// The signed-in person.
    ///
    /// # Errors
    /// `Forbidden` when a program or the system asks.
    pub fn user(&self) -> Result<UserId> {
        match self.actor {
            Actor::User { user, .. } => Ok(user),
            Actor::Token { .. } | Actor::Rule { .. } | Actor::System => {
                Err(Error::Forbidden("only a signed-in person can do this, not an API token".to_owned()))
            }
        }
    }

    /// The session of a signed-in person.
    #[must_use]
    pub fn session(&self) -> Option<Uuid> {
        match self.actor {
            Actor::User { session, .. } => Some(session),
            Actor::Token { .. } | Actor::Rule { .. } | Actor::System => None,
        }
    }

    /// `user`, `api`, `rule` or `system`: what the audit log and a message's author store.
    #[must_use]
    pub fn actor_kind(&self) -> &'static str {
        match self.actor {
            Actor::User { .. } => "user",
            Actor::Token { .. } => "api",
            Actor::Rule { .. } => "rule",
            Actor::System => "system",
        }
    }

    /// The id that goes with [`Caller::actor_kind`].
    #[must_use]
    pub fn actor_id(&self) -> Option<Uuid> {
        match self.actor {
            Actor::User { user, .. } => Some(user.0),
            Actor::Token { token } => Some(token),
            Actor::Rule { rule } => Some(rule),
            Actor::System => None,
        }
    }

    /// Goes on only when the caller may give somebody this role, or touch somebody who has it.
    ///
    /// # Errors
    /// `Forbidden` when the role is above the caller's own, or is owner and the caller may not manage owners.
    pub fn require_rank(&self, role: Role) -> Result<()> {
        if role > self.role {
            return Err(Error::Forbidden(format!("a {} cannot manage a {}", self.role.code(), role.code())));
        }
        if role == Role::Owner {
            self.require(Permission::OwnerManage)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_manages_above_themselves() {
        for own in Role::ALL {
            let caller =
                Caller { role: own, permissions: own.permissions(), ..Caller::system(WorkspaceId(Uuid::nil())) };
            for other in Role::ALL {
                assert_eq!(caller.require_rank(other).is_ok(), other <= own, "{own:?} over {other:?}");
            }
        }
    }
}
