//! Taking choices back: the contact has its value again, and the difference waits again.

use super::prefer;
use super::write::{Bench, noted};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::sync::Prefer;
use rapport_core::{ConnectionId, ContactId};
use rapport_store::conflict::{self, OPEN, OURS, SETTLED};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Most that are taken back in one go.
const MOST: u64 = 200;

/// What is to be taken back.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UndoConflicts)]
pub struct Undo {
    /// `batch` of what was settled, or `undo` of the counts.
    pub batch: Uuid,
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UndoneConflicts)]
pub struct Undone {
    /// How many wait again.
    pub undone: usize,
    /// How many could not be taken back: their contact's value was changed since, the field differs anew, or the contact
    /// became part of another one.
    pub kept: usize,
    /// Whether there is more of it: ask again.
    pub more: bool,
}

/// Takes back what was settled in one go, rules that were made with it included. What is taken back already stays so.
///
/// # Errors
/// `Forbidden`, `NotFound` when the caller's workspace has nothing of this name, `Store`, `Vault`.
pub async fn undo(app: &App, caller: &Caller, given: Undo) -> Result<Undone> {
    caller.require(Permission::ConnectionManage)?;
    let read = app.store.workspace(caller.workspace).read();
    let rows = conflict::of_batch(&read, given.batch, MOST).await?;
    let mut bench = Bench::new(app, caller).await?;
    let (mut undone, mut kept) = (0, 0);
    for row in &rows {
        match restore(&mut bench, row.id, given.batch).await {
            Ok(true) => undone += 1,
            Ok(false) => kept += 1,
            Err(Error::Conflict { .. } | Error::Invalid { .. } | Error::NotFound(_)) => {
                let tx = app.store.workspace(caller.workspace).write().await?;
                conflict::release(&tx, row.id, given.batch).await?;
                tx.commit().await?;
                kept += 1;
            }
            Err(error) => return Err(error),
        }
    }
    // Taken back or not, none of them is part of the batch any more.
    Ok(Undone { undone, kept, more: rows.len() as u64 == MOST })
}

/// True when it waits again.
async fn restore(bench: &mut Bench<'_>, id: Uuid, batch: Uuid) -> Result<bool> {
    let (app, caller) = (bench.app, bench.caller);
    let mut held = bench.hold(id).await?;
    if held.row.state != SETTLED || held.row.batch != Some(batch) {
        return Ok(false);
    }
    let (connection, contact) = (ConnectionId(held.row.connection_id), ContactId(held.row.contact_id));
    let undo = held.row.undo.take().unwrap_or_default();
    let chosen = if held.row.choice.as_deref() == Some(OURS) { &held.row.ours } else { &held.row.theirs };
    let chosen = chosen.clone().unwrap_or_default();
    let differs_anew = conflict::open_of(&held.tx, connection, contact, &held.row.field).await?.is_some();
    let value = undo.get("value");
    let is_kept = match (value, &held.mapping) {
        _ if differs_anew => true,
        (None, _) => false,
        (Some(_), None) => true,
        (Some(_), Some(mapping)) => !held.same(mapping, &held.present(mapping), &chosen),
    };
    if let (Some(value), false) = (value, is_kept) {
        bench.write(&mut held, value.clone()).await?;
    }
    if let Some(before) = undo["prefer"].as_str().and_then(Prefer::parse) {
        prefer::note(&held.tx, caller, connection, &held.row.field, before, held.now).await?;
    }
    let change = Change { before: Some(noted(&held.row)), after: None };
    // What cannot be taken back now stands in nobody's way: what was settled before it can be.
    held.row.batch = None;
    if !is_kept {
        held.row.state = OPEN.to_owned();
        (held.row.choice, held.row.actor_kind) = (None, None);
        (held.row.actor_id, held.row.settled_at) = (None, None);
    }
    held.row.updated_at = held.now.0;
    held.commit(caller, app, "conflict.reopened", change).await?;
    Ok(!is_kept)
}
