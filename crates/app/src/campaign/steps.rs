//! Starting, pausing, resuming and cancelling. Each is one change of the row under a condition: of several who try at
//! the same moment, on whichever node, one succeeds.

use super::view::{CampaignView, view};
use super::{CHANNEL_GONE, NOUN, files_in, one, told};
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::channel::view::DISCONNECTED;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::campaign::{Status, Step};
use rapport_core::time::DAY;
use rapport_core::{CampaignId, ChannelId, Ms};
use rapport_store::WriteTx;
use rapport_store::campaign::{self, Told};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

/// How far ahead a campaign may begin. Milliseconds.
const AHEAD_MS: i64 = 366 * DAY;

/// When a campaign begins.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignStart {
    /// Milliseconds UTC, within a year from now; left out or null = now.
    pub at: Option<i64>,
}

/// Starts a draft or scheduled campaign, now or at a moment.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`at`), `Refused` (`template_not_approved`, `channel_gone`), `Conflict`
/// (`campaign_state`) when it has begun already, `Store`.
pub async fn start(app: &App, caller: &Caller, id: CampaignId, when: CampaignStart) -> Result<CampaignView> {
    caller.require(Permission::CampaignManage)?;
    let row = one(app, caller, id).await?;
    let now = app.now();
    if when.at.is_some_and(|at| Ms(at) <= now || Ms(at).since(now) > AHEAD_MS) {
        return Err(Error::invalid("at", "must lie in the future, at most a year from now"));
    }
    let read = app.store.workspace(caller.workspace).read();
    let template = rapport_store::template::get(&read, row.template_id).await?;
    if template.is_none_or(|template| template.status != "APPROVED") {
        let detail =
            "The campaign's template is not approved (any more): nothing of it could be sent. Choose another one.";
        return Err(Error::refused("template_not_approved", detail));
    }
    let step = if when.at.is_some() { Step::Schedule } else { Step::Start };
    take(app, caller, id, step, when.at.map(Ms)).await
}

/// Lets a campaign rest. What waits in the send queue waits with it; what is being handed over at this moment goes out.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`campaign_state`) when it is not running, `Store`.
pub async fn pause(app: &App, caller: &Caller, id: CampaignId) -> Result<CampaignView> {
    take(app, caller, id, Step::Pause, None).await
}

/// Lets a paused campaign go on where it was.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`channel_gone`), `Conflict` (`campaign_state`) when it is not paused, `Store`.
pub async fn resume(app: &App, caller: &Caller, id: CampaignId) -> Result<CampaignView> {
    take(app, caller, id, Step::Resume, None).await
}

/// Ends a campaign early. Messages that wait in the send queue are refused, with that as their reason; recipients without
/// a message get none.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`campaign_state`) when it is a draft or over, `Store`.
pub async fn cancel(app: &App, caller: &Caller, id: CampaignId) -> Result<CampaignView> {
    take(app, caller, id, Step::Cancel, None).await
}

async fn take(app: &App, caller: &Caller, id: CampaignId, step: Step, at: Option<Ms>) -> Result<CampaignView> {
    caller.require(Permission::CampaignManage)?;
    let known = one(app, caller, id).await?;
    let before = &known.status;
    let now = app.now();
    let scope = app.store.workspace(caller.workspace);
    let tx = scope.write().await?;
    if matches!(step, Step::Start | Step::Schedule | Step::Resume) {
        // Locked, so that whoever takes the channel away finds the campaign under way or keeps it from that.
        let channel = rapport_store::channel::get_for_write(&tx, ChannelId(known.channel_id)).await?;
        if channel.is_none_or(|channel| channel.status == DISCONNECTED) {
            tx.rollback().await?;
            let detail = "The campaign's number was removed. Add it again, or choose another one.";
            return Err(Error::refused(CHANNEL_GONE, detail));
        }
    }
    if !campaign::step(&tx, id, step, Told { at, ..Told::default() }, now).await? {
        tx.rollback().await?;
        return Err(elsewhere(&one(app, caller, id).await?.status));
    }
    if matches!(step, Step::Pause | Step::Resume | Step::Cancel) {
        campaign::rouse(&tx, id, step == Step::Cancel, now).await?;
    }
    if let Some(at) = at {
        rapport_store::media::used(&tx, &files_in(&known.given), at).await?;
    }
    let status = step.to().map_or("", Status::code);
    let after = json!({ "status": status, "at": at });
    let change = Change { before: Some(json!({ "status": before })), after: Some(after) };
    record(&tx, now, caller, &format!("campaign.{status}"), (NOUN, id.0), change).await?;
    told(&tx, id, status, now).await?;
    tx.commit().await?;
    app.bells.campaigns.ring();
    app.bells.send.ring();
    app.feeds.wake();
    let row = one(app, caller, id).await?;
    let counted = app.counts.fresh(&scope.read(), &row, now).await?;
    view(row, Some(&counted))
}

/// Lets the campaigns that are under way over a channel rest, in the transaction that takes the channel away: what of them
/// waits does not go out by itself when the number is added again.
///
/// # Errors
/// `Store`.
pub(crate) async fn halt(tx: &WriteTx, caller: &Caller, channel: ChannelId, now: Ms) -> Result<()> {
    for id in campaign::running_over(tx, channel).await? {
        let why = Told { why: Some(CHANNEL_GONE), ..Told::default() };
        if campaign::step(tx, id, Step::Pause, why, now).await? {
            campaign::rouse(tx, id, false, now).await?;
            let (before, after) = (Status::Running.code(), Status::Paused.code());
            let change = Change {
                before: Some(json!({ "status": before })),
                after: Some(json!({ "status": after, "why": CHANNEL_GONE })),
            };
            record(tx, now, caller, "campaign.paused", (NOUN, id.0), change).await?;
            told(tx, id, after, now).await?;
        }
    }
    Ok(())
}

fn elsewhere(status: &str) -> Error {
    let detail = match status {
        "draft" => "The campaign has not been started.",
        "scheduled" => "The campaign waits for its moment; start it, or cancel it.",
        "running" => "The campaign is running already.",
        "paused" => "The campaign is paused: resume or cancel it.",
        "finished" => "The campaign is finished.",
        _ => "The campaign was cancelled.",
    };
    Error::conflict("campaign_state", detail)
}
