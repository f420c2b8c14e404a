//! Does the work of campaigns, on every node: whoever is there takes the next piece.

use super::{feed, plan, told};
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use feed::Fed;
use rapport_core::campaign::{Status, Step};
use rapport_core::{CampaignId, Ms, WorkspaceId};
use rapport_store::campaign::{self, CampaignRow, Told};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How often campaigns are looked for when nobody rings.
const POLL: Duration = Duration::from_millis(500);
/// Rest between two pieces: whoever answers a customer comes in between.
const BETWEEN: Duration = Duration::from_millis(10);

/// Starts the worker; it ends when the app stops.
#[must_use]
pub fn start(app: &App) -> JoinHandle<()> {
    let app = app.clone();
    tokio::spawn(async move {
        let mut bell = app.bells.campaigns.listen();
        while !app.shutdown.is_cancelled() {
            let wait = match turn(&app).await {
                Ok(true) => BETWEEN,
                Ok(false) => POLL,
                Err(error) => {
                    tracing::warn!(%error, "campaigns cannot be looked for now");
                    POLL
                }
            };
            tokio::select! {
                () = app.shutdown.cancelled() => return,
                () = bell.heard() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    })
}

/// A piece of each campaign under way. True when there may be more to do at once.
///
/// # Errors
/// `Store` when campaigns cannot be looked for. What goes wrong with one of them is logged, and tried again.
pub async fn turn(app: &App) -> Result<bool> {
    let mut more = false;
    for (workspace, id) in campaign::live(&app.store, app.now()).await? {
        let began = Instant::now();
        match piece(app, workspace, id).await {
            Ok(again) => more |= again,
            // Another node was faster, or a contact moved: the next look sees what there is.
            Err(Error::Store(error)) if is_race(&error) => {
                tracing::debug!(campaign = %id, %error, "a piece of a campaign is done again");
            }
            Err(error) => tracing::warn!(campaign = %id, %error, "a campaign waits"),
        }
        app.pace.rest(began.elapsed(), Duration::ZERO).await;
    }
    Ok(more)
}

fn is_race(error: &rapport_store::Error) -> bool {
    error.is_transient() || error.is_conflict() || matches!(error, rapport_store::Error::Stale(_))
}

async fn piece(app: &App, workspace: WorkspaceId, id: CampaignId) -> Result<bool> {
    let read = app.store.workspace(workspace).read();
    let Some(row) = campaign::get(&read, id).await? else { return Ok(false) };
    if row.status == Status::Scheduled.code() {
        // Its moment may have been put off since it was looked for.
        if row.scheduled_at.is_none_or(|at| Ms(at) > app.now()) {
            return Ok(false);
        }
        return take(app, workspace, &row, Step::Start, None).await;
    }
    let mut again = false;
    if row.planned == 0 {
        again = plan::step(app, workspace, &row).await?;
    }
    match feed::step(app, workspace, &row).await? {
        Fed::Some => Ok(true),
        Fed::Full => Ok(again),
        Fed::Nobody(0) if row.planned == 1 => take(app, workspace, &row, Step::Finish, None).await.map(|_| false),
        Fed::Nobody(_) => Ok(again),
        Fed::Stuck(why) => take(app, workspace, &row, Step::Pause, Some(why)).await.map(|_| false),
    }
}

/// A step that nobody asked for: its moment has come, it is through, or it cannot go on. False when it stands elsewhere
/// by now.
async fn take(
    app: &App,
    workspace: WorkspaceId,
    row: &CampaignRow,
    step: Step,
    why: Option<&'static str>,
) -> Result<bool> {
    let (now, id) = (app.now(), CampaignId(row.id));
    let tx = app.store.workspace(workspace).write().await?;
    if !campaign::step(&tx, id, step, Told { at: None, why, due: step == Step::Start }, now).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    let status = step.to().map_or("", Status::code);
    let change =
        Change { before: Some(json!({ "status": row.status })), after: Some(json!({ "status": status, "why": why })) };
    let action = format!("campaign.{status}");
    record(&tx, now, &Caller::system(workspace), &action, ("campaign", row.id), change).await?;
    told(&tx, id, status, now).await?;
    tx.commit().await?;
    if let Some(why) = why {
        tracing::warn!(campaign = %id, why, "a campaign is paused: it cannot go on by itself");
    }
    app.feeds.wake();
    Ok(true)
}
