//! Campaigns: one approved template to an audience, each recipient exactly once, whatever happens (`product.md` M1, M2).
//!
//! A campaign's row is the record of its work; there is no job beside it that could be lost, held by a dead worker, or run
//! twice. Every node looks for campaigns under way a few times a second ([`worker`]) and does a piece: finds recipients
//! behind the cursor ([`plan`]), or turns waiting recipients into messages ([`feed`]). A piece is one transaction that
//! locks the row, so pieces come one after the other wherever they are done. A recipient turns from waiting to queued in
//! the transaction that makes the message: there is no moment in which one is without the other.
//!
//! Whether and when a message goes out is the guard's, as for every message. It also knows whether the campaign was
//! paused or cancelled, so what waits in the send queue waits or is refused with it.

mod audience;
pub mod counts;
mod feed;
pub mod forecast;
pub mod list;
mod message;
mod plan;
pub mod steps;
pub mod test;
pub mod view;
pub mod worker;
pub mod write;

use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::inbox::FeedEvent;
use rapport_core::{CampaignId, MediaId, Ms};
use rapport_store::WriteTx;
use rapport_store::campaign::CampaignRow;
use serde_json::{Value, json};

/// What is not found.
const NOUN: &str = "campaign";

/// Why a campaign does not begin, or rests: its number was removed.
pub(crate) const CHANNEL_GONE: &str = "channel_gone";
/// Why a campaign paused itself: its template does not exist any more.
pub(crate) const TEMPLATE_GONE: &str = "template_gone";
/// Why a campaign paused itself: its template cannot be sent now.
pub(crate) const TEMPLATE_NOT_APPROVED: &str = "template_not_approved";

/// A campaign of the caller's workspace.
async fn one(app: &App, caller: &Caller, id: CampaignId) -> Result<CampaignRow> {
    let read = app.store.workspace(caller.workspace).read();
    rapport_store::campaign::get(&read, id).await?.ok_or(Error::NotFound(NOUN))
}

/// Our own files among what stands in a campaign's blanks; any id there may be one.
pub(crate) fn files_in(given: &Value) -> Vec<MediaId> {
    let values = given.as_object().into_iter().flat_map(serde_json::Map::values);
    values.filter_map(|value| Some(MediaId(value.as_str()?.trim().parse().ok()?))).collect()
}

/// Tells whoever listens, in the transaction of the change.
async fn told(tx: &WriteTx, id: CampaignId, status: &str, at: Ms) -> Result<()> {
    let event = FeedEvent {
        kind: "campaign.updated",
        at,
        conversation_id: None,
        contact_id: None,
        message_id: None,
        data: json!({ "campaign_id": id, "status": status }),
    };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}
