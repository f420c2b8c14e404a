//! Saved views: a name for a filter and an order of the inbox, for oneself, a team or everybody.

use crate::auth::{Actor, Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::list::ConversationFilter;
use crate::state::App;
use rapport_core::{Ms, UserId};
use rapport_store::saved_view::{self, SavedViewRow, scope};
use rapport_store::{Read, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most views one person may make.
const MOST: u64 = 100;
/// Longest words a view searches for, in characters.
const WORDS: usize = 500;
/// What is not found.
const NOUN: &str = "view";

/// Who sees a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ViewScope)]
pub enum ScopeWord {
    /// Only who made it.
    #[default]
    Private,
    /// A team.
    Team,
    /// Everybody.
    All,
}

impl ScopeWord {
    fn code(self) -> &'static str {
        match self {
            Self::Private => scope::PRIVATE,
            Self::Team => scope::TEAM,
            Self::All => scope::ALL,
        }
    }

    fn parse(code: &str) -> Self {
        match code {
            scope::TEAM => Self::Team,
            scope::ALL => Self::All,
            _ => Self::Private,
        }
    }
}

/// A named filter and order of the inbox.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SavedView)]
pub struct ViewView {
    /// The view.
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Who sees it.
    pub scope: ScopeWord,
    /// The team that sees it.
    pub team_id: Option<Uuid>,
    /// Who made it; null when a program did.
    pub owner_id: Option<Uuid>,
    /// Which conversations, in which order. "Mine" are those of whoever looks.
    pub filter: ConversationFilter,
    /// Whether the caller may change it.
    pub editable: bool,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// A view to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// What it is called, 1 to 100 characters.
    pub name: String,
    /// Who sees it; left out = only who made it.
    #[serde(default)]
    pub scope: ScopeWord,
    /// The team that sees it, with the scope `team`.
    pub team_id: Option<Uuid>,
    /// Which conversations, in which order.
    #[serde(default)]
    pub filter: ConversationFilter,
}

/// What may be changed about a view; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewPatch {
    /// What it is called.
    pub name: Option<String>,
    /// Who sees it.
    pub scope: Option<ScopeWord>,
    /// The team that sees it, with the scope `team`.
    pub team_id: Option<Uuid>,
    /// Which conversations, in which order.
    pub filter: Option<ConversationFilter>,
}

fn user_of(caller: &Caller) -> Option<UserId> {
    match caller.actor {
        Actor::User { user, .. } => Some(user),
        Actor::Token { .. } | Actor::Rule { .. } | Actor::System => None,
    }
}

/// One's own, and shared ones with the right to lead.
fn may_change(caller: &Caller, row: &SavedViewRow) -> bool {
    let own = row.owner_id.is_some() && row.owner_id == user_of(caller).map(|user| user.0);
    own || (row.scope != scope::PRIVATE && caller.permissions.has(Permission::TeamManage))
}

fn view(caller: &Caller, row: SavedViewRow) -> ViewView {
    ViewView {
        editable: may_change(caller, &row),
        id: row.id,
        name: row.name,
        scope: ScopeWord::parse(&row.scope),
        team_id: row.team_id,
        owner_id: row.owner_id,
        // A word of an older version that is gone leaves the usual list.
        filter: serde_json::from_value(row.filter).unwrap_or_default(),
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

async fn teams_of(read: &Read, user: Option<UserId>) -> Result<Vec<Uuid>> {
    match user {
        Some(user) => Ok(rapport_store::team::of_user(read, user).await?.into_iter().map(|team| team.0).collect()),
        None => Ok(Vec::new()),
    }
}

/// The views the caller sees: their own, their teams', everybody's.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<ViewView>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let user = user_of(caller);
    let teams = teams_of(&read, user).await?;
    let rows = saved_view::visible(&read, user, &teams).await?;
    Ok(rows.into_iter().map(|row| view(caller, row)).collect())
}

/// Makes a view.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Conflict` (`too_many_views`), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewView) -> Result<ViewView> {
    caller.require(Permission::InboxRead)?;
    let owner = user_of(caller).map(|user| user.0);
    if owner.is_none() && new.scope == ScopeWord::Private {
        return Err(Error::invalid("scope", "must be all or team: a program has no views of its own"));
    }
    let now = app.now();
    let name = crate::account::name("name", &new.name)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let team_id = shared_with(&tx, caller, new.scope, new.team_id).await?;
    if saved_view::count_of(&tx, owner).await? >= MOST {
        return Err(Error::conflict("too_many_views", format!("There are {MOST} views already: remove one first.")));
    }
    let row = SavedViewRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        owner_id: owner,
        name,
        scope: new.scope.code().to_owned(),
        team_id,
        filter: filter_json(&new.filter)?,
        created_at: now.0,
        updated_at: now.0,
    };
    saved_view::insert(&tx, row.clone()).await?;
    let made = view(caller, row);
    let change = crate::audit::Change { before: None, after: Some(json!(made)) };
    written(app, tx, caller, ("view.created", made.id), change, now).await?;
    Ok(made)
}

/// Changes a view.
///
/// # Errors
/// `Forbidden`, `NotFound` (also when it is somebody else's own), `Invalid` (naming the field), `Store`.
pub async fn update(app: &App, caller: &Caller, id: Uuid, patch: ViewPatch) -> Result<ViewView> {
    caller.require(Permission::InboxRead)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = changeable(&tx, caller, id).await?;
    let before = json!(view(caller, row.clone()));
    if let Some(name) = patch.name {
        row.name = crate::account::name("name", &name)?;
    }
    if patch.scope.is_some() || patch.team_id.is_some() {
        let scope = patch.scope.unwrap_or(ScopeWord::parse(&row.scope));
        row.team_id = shared_with(&tx, caller, scope, patch.team_id.or(row.team_id)).await?;
        row.scope = scope.code().to_owned();
    }
    if let Some(filter) = patch.filter {
        row.filter = filter_json(&filter)?;
    }
    row.updated_at = now.0;
    saved_view::update(&tx, row.clone()).await?;
    let after = view(caller, row);
    let change = crate::audit::Change { before: Some(before), after: Some(json!(after)) };
    written(app, tx, caller, ("view.updated", id), change, now).await?;
    Ok(after)
}

/// Removes a view; the conversations stay.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::InboxRead)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = changeable(&tx, caller, id).await?;
    saved_view::delete(&tx, id).await?;
    let change = crate::audit::Change { before: Some(json!(view(caller, row))), after: None };
    written(app, tx, caller, ("view.deleted", id), change, now).await
}

async fn changeable(tx: &WriteTx, caller: &Caller, id: Uuid) -> Result<SavedViewRow> {
    let row = saved_view::get_for_write(tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if may_change(caller, &row) {
        return Ok(row);
    }
    if row.scope == scope::PRIVATE {
        return Err(Error::NotFound(NOUN));
    }
    Err(Error::Forbidden("only who made a shared view, or a supervisor, can change it".to_owned()))
}

/// The team a view is shared with; none for the other scopes.
async fn shared_with(tx: &WriteTx, caller: &Caller, scope: ScopeWord, team: Option<Uuid>) -> Result<Option<Uuid>> {
    if scope != ScopeWord::Private {
        caller.require(Permission::InboxWrite)?;
    }
    match (scope, team) {
        (ScopeWord::Team, None) => Err(Error::invalid("team_id", "says which team sees it")),
        (ScopeWord::Team, Some(team)) => match rapport_store::team::get_for_write(tx, team.into()).await? {
            Some(_) => Ok(Some(team)),
            None => Err(Error::invalid("team_id", "names a team that does not exist")),
        },
        (ScopeWord::Private | ScopeWord::All, _) => Ok(None),
    }
}

fn filter_json(filter: &ConversationFilter) -> Result<serde_json::Value> {
    if filter.q.as_ref().is_some_and(|words| words.chars().count() > WORDS) {
        return Err(Error::invalid("filter.q", format!("must have at most {WORDS} characters")));
    }
    serde_json::to_value(filter).map_err(|error| Error::Internal(error.to_string()))
}

/// Audit line, news, commit.
async fn written(
    app: &App,
    tx: WriteTx,
    caller: &Caller,
    (action, id): (&str, Uuid),
    change: crate::audit::Change,
    now: Ms,
) -> Result<()> {
    crate::audit::record(&tx, now, caller, action, ("view", id), change).await?;
    let event = rapport_core::inbox::FeedEvent {
        kind: "views.updated",
        at: now,
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({ "view_id": id }),
    };
    rapport_store::feed::append(&tx, &[event]).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}
