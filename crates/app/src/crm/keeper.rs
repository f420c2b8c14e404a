//! Sees to it that every connection is read, whatever happened to the job that does it, and that the log and the
//! differences that wait for a person stay short.

use crate::error::Result;
use crate::jobs::Job;
use crate::state::App;
use rapport_core::time::DAY;
use rapport_core::{ConnectionId, WorkspaceId};
use rapport_store::conflict::Keep;
use rapport_store::connection::PAUSED;
use rapport_store::{conflict, connection, job, sync_job, sync_log};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(20);
/// How long lines of the log are kept. Milliseconds.
const LOG_KEEP_MS: i64 = 30 * DAY;
/// Lines removed in one go.
const LOG_ROWS: u64 = 2_000;

/// How long a difference waits for a person. Milliseconds.
const CONFLICT_WAIT_MS: i64 = 30 * DAY;
/// How long settled ones are remembered: for taking back, and for the rules that choices suggest. Milliseconds.
const CONFLICT_KEEP_MS: i64 = 90 * DAY;
/// Most that wait in a workspace: two months' work at a hundred a day.
const CONFLICTS: u64 = 5_000;

/// Starts the keeper; it ends when the app stops.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                _ = tick.tick() => {}
            }
            if let Err(error) = look(&app).await {
                tracing::warn!(%error, "connections cannot be looked after now");
            }
        }
    })
}

/// Gives each connection that should be read its job when that is missing.
///
/// # Errors
/// `Store`.
pub async fn look(app: &App) -> Result<()> {
    let all = connection::all(&app.store).await?;
    for row in all.iter().filter(|row| row.status != PAUSED) {
        ensure(app, WorkspaceId(row.workspace_id), ConnectionId(row.id)).await?;
    }
    let now = app.now();
    let keep =
        Keep { most: CONFLICTS, open_since: now.plus(-CONFLICT_WAIT_MS), settled_since: now.plus(-CONFLICT_KEEP_MS) };
    for id in all.iter().map(|row| row.workspace_id).collect::<BTreeSet<_>>() {
        conflict::tidy(&app.store.workspace(WorkspaceId(id)), keep, now).await?;
    }
    sync_log::purge(&app.store, app.now().plus(-LOG_KEEP_MS), LOG_ROWS).await?;
    Ok(())
}

async fn ensure(app: &App, workspace: WorkspaceId, id: ConnectionId) -> Result<()> {
    let scope = app.store.workspace(workspace);
    let row = Job::PollConnection { connection_id: id }.row(app.now());
    let key = row.order_key.clone().unwrap_or_default();
    if sync_job::is_there(&scope.read(), &key).await? {
        return Ok(());
    }
    let tx = scope.write().await?;
    job::enqueue(&tx, vec![row], app.now()).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}
