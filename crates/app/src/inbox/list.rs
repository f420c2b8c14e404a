//! The list of conversations.

use super::Rooms;
use super::view::{self, ConversationView};
use super::words::StatusWord;
use crate::auth::{Actor, Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ConversationId;
use rapport_core::inbox::ConversationStatus;
use rapport_store::query::conversation_list::{self, After, Assignee, Filter, Sort};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Whose conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// The caller's own.
    Mine,
    /// Nobody's.
    Unassigned,
    /// Everybody's.
    #[default]
    All,
    /// With messages nobody has looked at.
    Unread,
}

/// Which statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusFilter {
    /// Needs the team.
    #[default]
    Open,
    /// Waits for something.
    Pending,
    /// Comes back at a time.
    Snoozed,
    /// Done.
    Resolved,
    /// Any of them.
    Any,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The newest line first.
    #[default]
    Latest,
    /// Open windows first, the one that closes next on top; then the rest by their newest line.
    ClosesNext,
    /// Customers who wait first, the longest wait on top; then the rest by their newest line.
    Waiting,
}

/// Which conversations, in which order.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationFilter {
    /// Whose; left out = all.
    #[serde(default)]
    #[param(inline)]
    pub view: View,
    /// With which status; left out = open.
    #[serde(default)]
    #[param(inline)]
    pub status: StatusFilter,
    /// Only this user's.
    pub assignee_id: Option<Uuid>,
    /// Only this team's.
    pub team_id: Option<Uuid>,
    /// Only over this channel.
    pub channel_id: Option<Uuid>,
    /// Only those whose customer's name, number or e-mail, or newest line, contains this.
    pub q: Option<String>,
    /// In which order; left out = latest.
    #[serde(default)]
    #[param(inline)]
    pub sort: Order,
}

impl ConversationFilter {
    fn of(self, caller: &Caller) -> Filter {
        let status = |word: StatusWord| vec![ConversationStatus::from(word)];
        let statuses = match self.status {
            StatusFilter::Open => status(StatusWord::Open),
            StatusFilter::Pending => status(StatusWord::Pending),
            StatusFilter::Snoozed => status(StatusWord::Snoozed),
            StatusFilter::Resolved => status(StatusWord::Resolved),
            StatusFilter::Any => Vec::new(),
        };
        let assignee = match self.view {
            // A program has no conversations of its own.
            View::Mine => Some(Assignee::One(user_of(caller).unwrap_or(Uuid::nil().into()))),
            View::Unassigned => Some(Assignee::Nobody),
            View::All | View::Unread => self.assignee_id.map(|id| Assignee::One(id.into())),
        };
        Filter {
            statuses,
            assignee,
            team: self.team_id.map(Into::into),
            channel: self.channel_id.map(Into::into),
            unread: self.view == View::Unread,
            text: self.q,
        }
    }
}

fn user_of(caller: &Caller) -> Option<rapport_core::UserId> {
    match caller.actor {
        Actor::User { user, .. } => Some(user),
        Actor::Token { .. } | Actor::System => None,
    }
}

/// A page of conversations and where the next one begins.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: ConversationFilter,
    after: Option<After>,
    limit: u64,
) -> Result<(Vec<ConversationView>, Option<After>)> {
    caller.require(Permission::InboxRead)?;
    let sort = match filter.sort {
        Order::Latest => Sort::Latest,
        Order::ClosesNext => Sort::ClosesNext,
        Order::Waiting => Sort::Waiting,
    };
    let read = app.store.workspace(caller.workspace).read();
    let filter = filter.of(caller);
    let (rows, next) = conversation_list::page(&read, &filter, sort, after, app.now(), limit).await?;
    Ok((view::conversations(&read, rows).await?, next))
}

/// How many open conversations each view holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationCounts {
    /// The caller's own.
    pub mine: i64,
    /// Nobody's.
    pub unassigned: i64,
    /// All.
    pub all: i64,
    /// With messages nobody has looked at.
    pub unread: i64,
}

/// Counts the open conversations.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn counts(app: &App, caller: &Caller) -> Result<ConversationCounts> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let counts = conversation_list::counts(&read, user_of(caller)).await?;
    let conversation_list::Counts { mine, unassigned, all, unread } = counts;
    Ok(ConversationCounts { mine, unassigned, all, unread })
}

/// One conversation.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: ConversationId) -> Result<ConversationView> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let found = conversation_list::by_id(&read, &[id]).await?;
    view::conversations(&read, found).await?.pop().ok_or(Error::NotFound(Rooms::NOUN))
}
