//! Bringing contacts over: one job a contact, as many as wait in one call.

mod batch;

use super::open::{Open, shortly};
use crate::error::{Error, Result};
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{ConnectionId, ContactId, Ms, WorkspaceId};
use rapport_store::job::Claimed;
use rapport_store::{job, sync_job};
use std::time::Duration;

/// Contacts in one go: what one call over there takes.
const BATCH: usize = 100;
/// As long as the job runner's. Milliseconds.
const LEASE_MS: i64 = 5 * MINUTE;
/// How long to wait for another batch of the connection to end.
const SLOT: Duration = Duration::from_secs(1);

/// A contact that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub contact: ContactId,
    /// Which try, from 1.
    pub attempt: i32,
    /// When it was first asked for.
    pub since: Ms,
}

/// Performs a [`Job::PushContact`], together with others of the connection that wait: those are ended here, the given
/// one by the caller.
///
/// # Errors
/// `Store`, `Vault`: nothing is known about the job then.
pub async fn run(
    app: &App,
    workspace: WorkspaceId,
    connection: ConnectionId,
    contact: ContactId,
    claimed: &Claimed,
) -> Result<Outcome> {
    let Some(open) = Open::load(app, workspace, connection).await? else { return Ok(Outcome::Done) };
    let now = app.now();
    if let Some(wait) = open.waits(now) {
        return Ok(wait);
    }
    let Ok(slot) = tokio::time::timeout(SLOT, open.line.slots.acquire()).await else { return Ok(shortly(now)) };
    let others = sync_job::claim(&app.store, workspace, connection, BATCH - 1, now, LEASE_MS).await?;
    let mut asked = vec![Asked { contact, attempt: claimed.attempt, since: claimed.created_at }];
    asked.extend(others.iter().map(of));
    let ended = batch::push(app, &open, &asked).await;
    drop(slot);
    let ended = match ended {
        Ok(ends) => Ok(superseded(app, &open, claimed, &others, ends).await?),
        Err(error) => Err(error),
    };
    let (mine, rest) = match ended {
        Ok(mut ends) => {
            let rest = ends.split_off(1);
            (Ok(ends.pop().unwrap_or(Outcome::Done)), rest)
        }
        Err(error) => {
            let retry = Outcome::Retry { at: app.now().plus(5 * SECOND), error: error.to_string() };
            (Err(error), vec![retry; others.len()])
        }
    };
    note(app, &others, rest).await?;
    mine
}

/// Work that is put off while a newer job for the same contact waits already leaves it to that one: jobs of a contact
/// run in order, and the newer one would wait for the older one's time.
async fn superseded(
    app: &App,
    open: &Open,
    claimed: &Claimed,
    others: &[Claimed],
    mut ends: Vec<Outcome>,
) -> Result<Vec<Outcome>> {
    let is_later = |end: &Outcome| matches!(end, Outcome::Retry { .. } | Outcome::Again { .. });
    if !ends.iter().any(is_later) {
        open.line.delivered();
        return Ok(ends);
    }
    open.line.put_off();
    let read = app.store.workspace(open.workspace).read();
    for (job, end) in std::iter::once(claimed).chain(others).zip(ends.iter_mut()).filter(|(_, end)| is_later(end)) {
        if sync_job::is_followed(&read, job).await? {
            *end = Outcome::Done;
        }
    }
    Ok(ends)
}

fn of(claimed: &Claimed) -> Asked {
    let contact = match serde_json::from_value(claimed.payload.clone()) {
        Ok(Job::PushContact { contact_id, .. }) => contact_id,
        // Only pushes are claimed; one that cannot be read names nobody and ends quietly.
        _ => ContactId(uuid::Uuid::nil()),
    };
    Asked { contact, attempt: claimed.attempt, since: claimed.created_at }
}

/// Notes how jobs ended that were taken along.
async fn note(app: &App, jobs: &[Claimed], ends: Vec<Outcome>) -> Result<()> {
    let mut done = Vec::new();
    for (claimed, end) in jobs.iter().zip(ends) {
        match end {
            Outcome::Done => done.push(claimed.clone()),
            Outcome::Again { at } => {
                let job: Job = serde_json::from_value(claimed.payload.clone())
                    .map_err(|error| Error::Internal(error.to_string()))?;
                let tx = app.store.workspace(claimed.workspace).write().await?;
                job::complete(&tx, claimed).await?;
                job::enqueue(&tx, vec![job.row_at(at)], app.now()).await?;
                tx.commit().await?;
            }
            Outcome::Retry { at, error } => {
                app.store.queue().fail(claimed, at, &error, false).await?;
            }
            Outcome::Dead { error } => {
                tracing::warn!(job = %claimed.id, %error, "a contact cannot be brought over");
                app.store.queue().fail(claimed, app.now(), &error, true).await?;
            }
        }
    }
    app.store.queue().complete(&done).await?;
    Ok(())
}
