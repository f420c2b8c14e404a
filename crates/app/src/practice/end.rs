//! Ending practice: the room is closed at once and then removed with everything it holds, piece by piece.

use super::furnish::portfolio;
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::{Job, Outcome};
use crate::media::retention;
use crate::state::App;
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{Ms, WorkspaceId};
use rapport_store::{practice as stored, workspace};
use uuid::Uuid;

/// Rows of a table that are removed in one transaction.
const PIECE: u64 = 500;
/// Transactions in one try of the job.
const PIECES: usize = 20;
/// What was under way when the room was closed has ended by then: no cache or lease lasts longer. Milliseconds.
const REST_MS: i64 = 15 * SECOND;
/// Files that came just now are looked at again after this. Milliseconds.
const FILES_MS: i64 = 10 * MINUTE;

/// Ends practice for everybody. Done twice it is as done once.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn end(app: &App, caller: &Caller) -> Result<()> {
    caller.require(Permission::TeamManage)?;
    let now = app.now();
    let tx = app.store.workspace(caller.home()).write().await?;
    workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let Some(mut room) = stored::room_for_write(&tx).await? else { return Ok(()) };
    let id = room.id;
    room.ending_at = Some(now.0);
    stored::update_room(&tx, room).await?;
    record(&tx, now, caller, "practice.ended", ("practice", id), Change::default()).await?;
    rapport_store::job::enqueue(&tx, vec![Job::EndPractice { room_id: id }.row(now)], now).await?;
    tx.commit().await?;
    app.channels.forget();
    app.bells.jobs.ring();
    Ok(())
}

/// Removes what is left of a room that was closed.
///
/// # Errors
/// What the store said; files that cannot be deleted.
pub async fn run(app: &App, home: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let own = app.store.workspace(home);
    let Some(ending) = stored::room_by_id(&own.read(), id).await?.and_then(|room| room.ending_at) else {
        return Ok(Outcome::Done);
    };
    let room = WorkspaceId(id);
    let scope = app.store.workspace(room);
    if !empty(app, room).await? {
        return Ok(Outcome::Again { at: app.now() });
    }
    let now = app.now();
    if now.since(Ms(ending)) < REST_MS {
        return Ok(Outcome::Again { at: Ms(ending).plus(REST_MS) });
    }
    // The rows of files go last: they say which bytes are to be deleted.
    if !retention::clear_out(app, room).await? {
        return Ok(Outcome::Again { at: now.plus(FILES_MS) });
    }
    let tx = scope.write().await?;
    stored::empty(&tx, PIECE, &["workspace"]).await?;
    stored::close(&tx, &portfolio(id)).await?;
    tx.commit().await?;
    let tx = own.write().await?;
    stored::forget_room(&tx, id).await?;
    tx.commit().await?;
    app.vault.forget(room);
    Ok(Outcome::Done)
}

/// Removes rows until none is left but those of files; false when there is still more.
async fn empty(app: &App, room: WorkspaceId) -> Result<bool> {
    let scope = app.store.workspace(room);
    for _ in 0..PIECES {
        let tx = scope.write().await?;
        let gone = stored::empty(&tx, PIECE, &["workspace", "media"]).await?;
        tx.commit().await?;
        if gone == 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
