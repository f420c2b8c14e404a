//! The list of conversations.

use super::Rooms;
use super::view::{self, ConversationView};
use super::words::{PriorityWord, StatusWord};
use crate::auth::{Actor, Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ConversationId;
use rapport_core::inbox::ConversationStatus;
use rapport_core::time::HOUR;
use rapport_store::query::conversation_list::{self, After, Assignee, Filter, Sort};
use rapport_store::query::conversation_match;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A window that closes within this time closes soon. Ms.
const CLOSING_MS: i64 = 2 * HOUR;
/// Conversations with news that the counts name.
const NEWS: u32 = 100;

/// Whose conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationViewName)]
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
    /// That the caller is mentioned in or a collaborator of.
    Mentions,
    /// Whose customer waits for an answer.
    Unattended,
}

/// Which statuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationStatusFilter)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationOrder)]
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct ConversationFilter {
    /// Whose; left out = all.
    #[serde(default)]
    #[param(inline)]
    pub view: View,
    /// With which status; left out = open, in the view `mentions` any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub status: Option<StatusFilter>,
    /// Only this user's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<Uuid>,
    /// Only this team's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_id: Option<Uuid>,
    /// Only over this channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<Uuid>,
    /// Only with this priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub priority: Option<PriorityWord>,
    /// Only those whose customer carries this tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag_id: Option<Uuid>,
    /// Only those whose customer's name, number or e-mail, or newest line, contains this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// In which order; left out = latest.
    #[serde(default)]
    #[param(inline)]
    pub sort: Order,
}

impl ConversationFilter {
    pub(crate) fn of(self, caller: &Caller) -> Filter {
        let status = |word: StatusWord| vec![ConversationStatus::from(word)];
        let usual = if self.view == View::Mentions { StatusFilter::Any } else { StatusFilter::Open };
        let statuses = match self.status.unwrap_or(usual) {
            StatusFilter::Open => status(StatusWord::Open),
            StatusFilter::Pending => status(StatusWord::Pending),
            StatusFilter::Snoozed => status(StatusWord::Snoozed),
            StatusFilter::Resolved => status(StatusWord::Resolved),
            StatusFilter::Any => Vec::new(),
        };
        // A program has no conversations of its own, and nobody mentions it.
        let own = user_of(caller).unwrap_or(Uuid::nil().into());
        let assignee = match self.view {
            View::Mine => Some(Assignee::One(own)),
            View::Unassigned => Some(Assignee::Nobody),
            View::All | View::Unread | View::Mentions | View::Unattended => {
                self.assignee_id.map(|id| Assignee::One(id.into()))
            }
        };
        Filter {
            statuses,
            assignee,
            team: self.team_id.map(Into::into),
            channel: self.channel_id.map(Into::into),
            unread: self.view == View::Unread,
            waiting: self.view == View::Unattended,
            priority: self.priority.map(Into::into),
            tag: self.tag_id,
            watcher: (self.view == View::Mentions).then_some(own),
            text: self.q,
            ids: None,
        }
    }
}

pub(crate) fn user_of(caller: &Caller) -> Option<rapport_core::UserId> {
    match caller.actor {
        Actor::User { user, .. } => Some(user),
        Actor::Token { .. } | Actor::Rule { .. } | Actor::System => None,
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
    let filter = crate::search::lists::narrow(&read, filter.of(caller)).await?;
    let (rows, next) = conversation_list::page(&read, &filter, sort, after, app.now(), limit).await?;
    Ok((view::conversations(&read, rows).await?, next))
}

/// How many conversations match a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationMatches {
    /// How many; counting ends one above `limit`.
    pub count: u64,
    /// How many can be changed at once.
    pub limit: u64,
}

/// Counts what a filter matches, as far as it can be changed at once.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn matches(app: &App, caller: &Caller, filter: ConversationFilter) -> Result<ConversationMatches> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let limit = crate::bulk::MOST;
    let filter = crate::search::lists::narrow(&read, filter.of(caller)).await?;
    let count = conversation_match::count(&read, &filter, limit + 1).await?;
    Ok(ConversationMatches { count, limit })
}

/// How many open conversations each view holds, and which have news for the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationCounts {
    /// The caller's own.
    pub mine: i64,
    /// Nobody's.
    pub unassigned: i64,
    /// All.
    pub all: i64,
    /// With messages nobody has looked at.
    pub unread: i64,
    /// Whose customer waits for an answer.
    pub unattended: i64,
    /// Whose window closes within two hours.
    pub closing: i64,
    /// With news for the caller, whatever their status: a mention, a note, a customer's message to a collaborator.
    pub mentions: u64,
    /// The newest of those, at most 100.
    pub mentioned: Vec<Uuid>,
}

/// Counts the open conversations.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn counts(app: &App, caller: &Caller) -> Result<ConversationCounts> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let (user, now) = (user_of(caller), app.now());
    let counts = conversation_list::counts(&read, user, (now, now.plus(CLOSING_MS))).await?;
    let mentioned = match user {
        Some(user) => rapport_store::watch::unseen(&read, user, NEWS).await?,
        None => Vec::new(),
    };
    let conversation_list::Counts { mine, unassigned, all, unread, unattended, closing } = counts;
    let mentions = mentioned.len() as u64;
    Ok(ConversationCounts { mine, unassigned, all, unread, unattended, closing, mentions, mentioned })
}

/// One conversation.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: ConversationId) -> Result<ConversationView> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut found = conversation_list::by_id(&read, &[id]).await?;
    if let (true, Some(row)) = (found.is_empty(), rapport_store::conversation::get(&read, id).await?) {
        // It was merged.
        found = conversation_list::by_id(&read, &[ConversationId(row.id)]).await?;
    }
    view::conversations(&read, found).await?.pop().ok_or(Error::NotFound(Rooms::NOUN))
}
