//! Quick replies: answers a team keeps ready, private to one person, to a team, or for everybody.

pub mod files;
pub mod find;
pub mod manage;
pub mod table;

use crate::auth::{Actor, Caller, Permission};
use crate::error::{Error, Result};
use files::FileView;
use rapport_core::reply::Audience;
use rapport_core::{TeamId, UserId};
use rapport_store::Read;
use rapport_store::quick_reply::{QuickReplyRow, Uses};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most replies of a workspace.
pub(crate) const MOST: usize = 2_000;

/// Who may use a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = QuickReplyAudience)]
pub enum AudienceWord {
    /// Its author alone.
    #[default]
    Private,
    /// A team.
    Team,
    /// Everybody in the workspace.
    Shared,
}

impl From<AudienceWord> for Audience {
    fn from(word: AudienceWord) -> Self {
        match word {
            AudienceWord::Private => Self::Private,
            AudienceWord::Team => Self::Team,
            AudienceWord::Shared => Self::Shared,
        }
    }
}

impl From<Audience> for AudienceWord {
    fn from(audience: Audience) -> Self {
        match audience {
            Audience::Private => Self::Private,
            Audience::Team => Self::Team,
            Audience::Shared => Self::Shared,
        }
    }
}

/// An answer kept ready.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = QuickReply)]
pub struct QuickReplyView {
    /// The reply.
    pub id: Uuid,
    /// What is typed after the slash, unique in the workspace.
    pub shortcut: String,
    /// What it is called in lists.
    pub title: String,
    /// What it says, by language tag. Blanks: `{first_name}`, `{agent_name}`, `{channel}`, `{city|your town}`.
    pub bodies: BTreeMap<String, String>,
    /// The files that go with it, in order.
    pub files: Vec<FileView>,
    /// Who may use it.
    pub audience: AudienceWord,
    /// The team, when it is a team's.
    pub team_id: Option<Uuid>,
    /// Whether the caller may change and remove it.
    pub may_change: bool,
    /// How often everybody has used it.
    pub uses: i64,
    /// How often the caller has.
    pub own_uses: i64,
    /// What it says in the conversation that was asked about.
    pub here: Option<HereView>,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// A reply as it would be said in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = QuickReplyHere)]
pub struct HereView {
    /// The language chosen for the customer.
    pub language: String,
    /// The text with its blanks filled; what nothing fills keeps its braces.
    pub text: String,
    /// The blanks that nothing fills, as they stand in the text.
    pub missing: Vec<String>,
}

/// What a caller may see and change.
pub(crate) struct Reach {
    user: Option<UserId>,
    teams: BTreeSet<Uuid>,
    /// Leads agents: whatever is not private is theirs to change.
    leads: bool,
    writes: bool,
}

impl Reach {
    /// The reach of a caller.
    pub async fn of(read: &Read, caller: &Caller) -> Result<Self> {
        let user = match caller.actor {
            Actor::User { user, .. } => Some(user),
            Actor::Token { .. } | Actor::Rule { .. } | Actor::System => None,
        };
        let teams = match user {
            Some(user) => rapport_store::team::of_user(read, user).await?.into_iter().map(|TeamId(id)| id).collect(),
            None => BTreeSet::new(),
        };
        let leads = caller.permissions.has(Permission::TeamManage);
        Ok(Self { user, teams, leads, writes: caller.permissions.has(Permission::InboxWrite) })
    }

    /// Whether the caller may see and use a reply.
    pub fn sees(&self, row: &QuickReplyRow) -> bool {
        match Audience::parse(&row.audience) {
            Audience::Shared => true,
            Audience::Team => self.leads || row.owner_id.is_some_and(|team| self.teams.contains(&team)),
            Audience::Private => row.owner_id.is_some() && row.owner_id == self.user.map(|user| user.0),
        }
    }

    /// Whether the caller may change a reply of this audience and owner.
    pub fn may_change(&self, audience: Audience, owner: Option<Uuid>) -> bool {
        self.writes
            && match audience {
                Audience::Shared => self.leads,
                Audience::Team => self.leads || owner.is_some_and(|team| self.teams.contains(&team)),
                Audience::Private => owner.is_some() && owner == self.user.map(|user| user.0),
            }
    }

    /// The owner of a reply that is to have this audience.
    ///
    /// # Errors
    /// `Invalid` naming the field, `Forbidden` when the caller may not make such a reply.
    pub fn owner(&self, audience: Audience, team: Option<Uuid>) -> Result<Option<Uuid>> {
        let owner = match (audience, team) {
            (Audience::Team, Some(team)) => Some(team),
            (Audience::Team, None) => return Err(Error::invalid("team_id", "must name the team")),
            (_, Some(_)) => return Err(Error::invalid("team_id", "is only for replies of a team")),
            (Audience::Private, None) => match self.user {
                Some(user) => Some(user.0),
                None => {
                    return Err(Error::invalid("audience", "private is for people; a program makes shared replies"));
                }
            },
            (Audience::Shared, None) => None,
        };
        if self.may_change(audience, owner) {
            return Ok(owner);
        }
        let whom = if audience == Audience::Team {
            "the team's members and whoever leads agents"
        } else {
            "whoever leads agents"
        };
        Err(Error::Forbidden(format!("such replies are made by {whom}")))
    }

    /// The caller's own key in the counts.
    pub fn user_id(&self) -> Option<Uuid> {
        self.user.map(|user| user.0)
    }
}

/// The bodies of a stored reply.
pub(crate) fn bodies(row: &QuickReplyRow) -> BTreeMap<String, String> {
    serde_json::from_value(row.bodies.clone()).unwrap_or_default()
}

/// A stored reply as the API shows it.
pub(crate) fn view(row: QuickReplyRow, files: Vec<FileView>, reach: &Reach, uses: Uses) -> QuickReplyView {
    let audience = Audience::parse(&row.audience);
    QuickReplyView {
        id: row.id,
        bodies: bodies(&row),
        files,
        may_change: reach.may_change(audience, row.owner_id),
        team_id: row.owner_id.filter(|_| audience == Audience::Team),
        audience: audience.into(),
        shortcut: row.shortcut,
        title: row.title,
        uses: uses.all,
        own_uses: uses.own,
        here: None,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
