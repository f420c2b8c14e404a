//! Roles and what they may do: one table, no I/O.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a user or token is in a workspace, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks, changes nothing.
    Viewer,
    /// Answers customers.
    Agent,
    /// Leads agents: distributes work, sees how it goes.
    Supervisor,
    /// Sets everything up.
    Admin,
    /// Admin who may also make and unmake owners.
    Owner,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 5] = [Self::Viewer, Self::Agent, Self::Supervisor, Self::Admin, Self::Owner];

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Reads a code; `None` when it is none of them.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// What the role may do.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        Permission::ALL.iter().filter(|permission| self >= permission.least_role()).copied().collect()
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $code:literal from $role:ident),+ $(,)?) => {
        /// One thing that may be allowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name),+
        }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code in token scopes, `Me.permissions` and the OpenAPI document.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The least role that has it; every role above has it too.
            #[must_use]
            pub fn least_role(self) -> Role {
                match self { $(Self::$name => Role::$role),+ }
            }
        }
    };
}

// The table. A role has what is named here for it and for every role below it.
permissions! {
    /// See conversations and messages, search them, follow the live feed.
    InboxRead = "inbox.read" from Viewer,
    /// See contacts.
    ContactRead = "contact.read" from Viewer,
    /// See channels and their templates.
    ChannelRead = "channel.read" from Viewer,
    /// See connections and how far they are in step.
    ConnectionRead = "connection.read" from Viewer,
    /// See who works here.
    UserRead = "user.read" from Viewer,
    /// Write to customers, write notes, change a conversation's state.
    InboxWrite = "inbox.write" from Agent,
    /// Change contacts and their consent.
    ContactWrite = "contact.write" from Agent,
    /// Make and change teams.
    TeamManage = "team.manage" from Supervisor,
    /// Make, start, stop and look at campaigns.
    CampaignManage = "campaign.manage" from Supervisor,
    /// See what messages cost: reports, rates, the budget.
    CostRead = "cost.read" from Supervisor,
    /// Tell of products, stores, orders and parcels.
    ShopManage = "shop.manage" from Supervisor,
    /// Read the audit log and the counts.
    AuditRead = "audit.read" from Supervisor,
    /// See rules, their runs and why they ran or did not.
    RuleRead = "rule.read" from Supervisor,
    /// Make, change and switch rules.
    RuleManage = "rule.manage" from Admin,
    /// Add, change and remove channels.
    ChannelManage = "channel.manage" from Admin,
    /// Add, change and remove connections.
    ConnectionManage = "connection.manage" from Admin,
    /// See, replay and drop dead letters; run the doctor.
    OperationManage = "operation.manage" from Admin,
    /// Add, change and remove users up to one's own role.
    UserManage = "user.manage" from Admin,
    /// Make and revoke API tokens up to one's own role.
    TokenManage = "token.manage" from Admin,
    /// Change the workspace's own settings.
    WorkspaceManage = "workspace.manage" from Admin,
    /// Make and unmake owners.
    OwnerManage = "owner.manage" from Owner,
}

impl Permission {
    /// Reads a code; `None` when it is none of them.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.code() == code)
    }
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions(u32);

impl Permissions {
    /// Whether the permission is in the set.
    #[must_use]
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// What may be done in a practice room at most: what agents do, and ending practice. Nothing that leads out of it, as
    /// channels, connections, campaigns and tokens would.
    #[must_use]
    pub fn in_practice() -> Self {
        use Permission::{ChannelRead, ContactRead, ContactWrite, InboxRead, InboxWrite, TeamManage, UserRead};
        [InboxRead, ContactRead, ChannelRead, UserRead, InboxWrite, ContactWrite, TeamManage].into_iter().collect()
    }

    /// What is in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The codes, in the table's order.
    #[must_use]
    pub fn codes(self) -> Vec<&'static str> {
        Permission::ALL.iter().filter(|permission| self.has(**permission)).map(|permission| permission.code()).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<T: IntoIterator<Item = Permission>>(permissions: T) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | (1 << permission as u32)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_includes_the_one_below() {
        for pair in Role::ALL.windows(2) {
            let (less, more) = (pair[0].permissions(), pair[1].permissions());
            assert_eq!(less.and(more), less);
            assert_ne!(less, more, "{:?} adds something", pair[1]);
        }
        assert_eq!(Role::Owner.permissions().codes().len(), Permission::ALL.len());
        assert!(Permission::ALL.len() <= 32, "the set is 32 bits wide");
    }

    #[test]
    fn practice_allows_nothing_that_leads_out() {
        let practice = Permissions::in_practice();
        for role in Role::ALL {
            let left = role.permissions().and(practice);
            assert_eq!(left.and(role.permissions()), left, "{role:?} gains nothing");
            assert_eq!(left.has(Permission::InboxWrite), role >= Role::Agent);
        }
        let allowed = "inbox.read contact.read channel.read user.read inbox.write contact.write team.manage";
        assert_eq!(Role::Owner.permissions().and(practice).codes().join(" "), allowed);
    }

    #[test]
    fn codes_are_unique_and_read_back() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.code()), Some(*permission));
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
