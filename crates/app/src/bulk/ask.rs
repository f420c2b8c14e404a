//! Asking for a change to many, stopping it, taking it back.

use super::{BulkAction, BulkView, MOST, NAMED, NOUN, Stored, UNDO_MS, state};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::list::ConversationFilter;
use crate::inbox::update::agent_of;
use crate::inbox::words::StatusWord;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::{ConversationId, Ms, TeamId};
use rapport_store::bulk::{self, BulkRow};
use rapport_store::query::conversation_match;
use rapport_store::{Read, WriteTx};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// Old changes whose items are forgotten when a new one comes.
const FORGET: u64 = 20;

/// A change to many conversations.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBulk {
    /// Everything that matches this, at most 20,000 conversations. Either this or `ids`.
    pub filter: Option<ConversationFilter>,
    /// These, at most 500.
    #[serde(default)]
    pub ids: BTreeSet<Uuid>,
    /// What is changed.
    pub action: BulkAction,
}

/// Stores a change and begins it.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field and the limit), `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewBulk) -> Result<BulkView> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let read = scope.read();
    let now = app.now();
    check(&new.action, now)?;
    if new.action.tags() {
        caller.require(Permission::ContactWrite)?;
    }
    let mut stored = Stored { action: new.action.clone(), ..Stored::default() };
    if let Some(Some(agent)) = new.action.assignee_id {
        stored.assignee_name = Some(agent_of(&read, agent.into()).await?.1);
    }
    let ids = found(&read, caller, new.filter, &new.ids).await?;
    let tx = scope.write().await?;
    if let Some(Some(team)) = new.action.team_id {
        let team = rapport_store::team::get_for_write(&tx, TeamId(team)).await?;
        let (team, _) = team.ok_or_else(|| Error::invalid("team_id", "names a team that does not exist"))?;
        stored.team_name = Some(team.name);
    }
    super::tags::check(&tx, &new.action).await?;
    let row = BulkRow {
        action: serde_json::to_value(&stored).map_err(|error| Error::Internal(error.to_string()))?,
        total: i32::try_from(ids.len()).unwrap_or(i32::MAX),
        ..blank(&tx, caller, now)
    };
    bulk::forget(&tx, now.plus(-UNDO_MS), FORGET).await?;
    bulk::insert(&tx, row.clone(), &ids).await?;
    begin(app, tx, caller, row, now).await
}

fn check(action: &BulkAction, now: Ms) -> Result<()> {
    if *action == BulkAction::default() {
        return Err(Error::invalid("action", "must change something"));
    }
    let snoozes = action.status == Some(StatusWord::Snoozed);
    match action.snoozed_until {
        None if snoozes => Err(Error::invalid("snoozed_until", "says when they come back")),
        Some(_) if !snoozes => Err(Error::invalid("snoozed_until", "is only for the status snoozed")),
        Some(until) if until <= now.0 => Err(Error::invalid("snoozed_until", "must lie in the future")),
        _ => Ok(()),
    }
}

async fn found(
    read: &Read,
    caller: &Caller,
    filter: Option<ConversationFilter>,
    ids: &BTreeSet<Uuid>,
) -> Result<Vec<Uuid>> {
    let found = match filter {
        Some(_) if !ids.is_empty() => return Err(Error::invalid("ids", "or a filter: give one of them")),
        Some(filter) => {
            let filter = crate::search::lists::narrow(read, filter.of(caller)).await?;
            let found = conversation_match::ids(read, &filter, MOST + 1).await?;
            if found.len() as u64 > MOST {
                return Err(Error::invalid("filter", format!("matches more than {MOST} conversations: narrow it")));
            }
            found
        }
        None if ids.len() > NAMED => {
            return Err(Error::invalid("ids", format!("names more than {NAMED}: use a filter")));
        }
        None => {
            let ids: Vec<ConversationId> = ids.iter().copied().map(ConversationId).collect();
            conversation_match::existing(read, &ids).await?
        }
    };
    if found.is_empty() {
        return Err(Error::invalid("ids", "and filter find no conversation"));
    }
    Ok(found)
}

fn blank(tx: &WriteTx, caller: &Caller, now: Ms) -> BulkRow {
    BulkRow {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        actor_kind: caller.actor_kind().to_owned(),
        actor_id: caller.actor_id(),
        actor_name: caller.name.clone(),
        action: serde_json::to_value(Stored::default()).unwrap_or_default(),
        state: state::RUNNING.to_owned(),
        total: 0,
        done: 0,
        changed: 0,
        refused: 0,
        undo_of: None,
        undone_at: None,
        created_at: now.0,
        updated_at: now.0,
    }
}

async fn begin(app: &App, tx: WriteTx, caller: &Caller, row: BulkRow, now: Ms) -> Result<BulkView> {
    rapport_store::job::enqueue(&tx, vec![Job::Bulk { bulk_id: row.id }.row(now)], now).await?;
    let view = BulkView::of(row, now);
    let after = json!({ "action": view.action, "total": view.total, "undo_of": view.undo_of });
    let change = Audited { before: None, after: Some(after) };
    crate::audit::record(&tx, now, caller, "bulk.created", ("bulk", view.id), change).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(view)
}

/// Stops a change; what has had its turn stays changed. One that has ended stays as it is.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn cancel(app: &App, caller: &Caller, id: Uuid) -> Result<BulkView> {
    caller.require(Permission::InboxWrite)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = bulk::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if row.state == state::RUNNING {
        row.state = state::CANCELLED.to_owned();
        row.updated_at = now.0;
        bulk::update(&tx, row.clone()).await?;
        crate::audit::record(&tx, now, caller, "bulk.cancelled", ("bulk", id), Audited::default()).await?;
        super::run::tell(&tx, &row, now).await?;
    }
    tx.commit().await?;
    app.feeds.wake();
    Ok(BulkView::of(row, now))
}

/// Takes a change back: every conversation it changed gets the values it had, and every customer the tags, as far as nobody
/// has changed them since.
/// Within 24 hours, once.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`not_undoable`), `Store`.
pub async fn undo(app: &App, caller: &Caller, id: Uuid) -> Result<BulkView> {
    caller.require(Permission::InboxWrite)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut known = bulk::get_for_write(&tx, id).await?.ok_or(Error::NotFound(NOUN))?;
    if !BulkView::of(known.clone(), now).can_undo {
        return Err(Error::conflict(
            "not_undoable",
            "This change is still running, too old, or was taken back already.",
        ));
    }
    if super::stored(&known)?.action.tags() {
        caller.require(Permission::ContactWrite)?;
    }
    known.undone_at = Some(now.0);
    bulk::update(&tx, known).await?;
    let mut row = BulkRow { undo_of: Some(id), ..blank(&tx, caller, now) };
    let count = bulk::insert_undo(&tx, row.clone(), id).await?;
    row.total = i32::try_from(count).unwrap_or(i32::MAX);
    begin(app, tx, caller, row, now).await
}
