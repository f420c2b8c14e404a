//! What keeps a channel from working although it is switched on: what the last look at it found, kept beside it so that
//! lists show it without asking the provider.

use super::account::told;
use super::number::object;
use super::view::DISCONNECTED;
use crate::doctor::{Finding, State, words};
use crate::error::Result;
use crate::state::App;
use rapport_core::{ChannelId, WorkspaceId};
use rapport_store::channel::ChannelRow;
use serde_json::json;

/// Where it stands among the channel's settings.
const NAME: &str = "blocked_by";
/// The check that is about the switch itself.
const SWITCH: &str = "channel.status";

/// What blocks the channel, each as `check/code`.
#[must_use]
pub(crate) fn of(row: &ChannelRow) -> Vec<String> {
    let list = row.settings[NAME].as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// Whether something blocks the channel that may be over once the provider reaches us: where events go, or how they are
/// signed.
pub(crate) fn at_our_door(row: &ChannelRow) -> bool {
    let checks = [words::CHANNEL_WEBHOOK_OK.check, words::CHANNEL_SIGNATURE_OK.check];
    of(row).iter().any(|one| one.split('/').next().is_some_and(|check| checks.contains(&check)))
}

/// Writes what a look found into the row; tells whether that is new.
pub(crate) fn note(row: &mut ChannelRow, findings: &[Finding]) -> bool {
    let blocks = |one: &&Finding| one.state == State::Blocking && one.check != SWITCH;
    let found: Vec<String> = findings.iter().filter(blocks).map(|one| format!("{}/{}", one.check, one.code)).collect();
    let is_new = of(row) != found;
    if is_new {
        object(&mut row.settings);
        row.settings[NAME] = json!(found);
    }
    is_new
}

/// Keeps what a look at `row` found, and tells listeners when it is new. A look is worth something also where that
/// cannot be written.
pub(crate) async fn remember(app: &App, row: &ChannelRow, findings: &[Finding]) {
    if !note(&mut row.clone(), findings) {
        return;
    }
    if let Err(error) = write(app, row, findings).await {
        tracing::warn!(channel = %row.id, %error, "what a look at a channel found cannot be noted");
    }
}

async fn write(app: &App, row: &ChannelRow, findings: &[Finding]) -> Result<()> {
    let id = ChannelId(row.id);
    let tx = app.store.workspace(WorkspaceId(row.workspace_id)).write().await?;
    let known = rapport_store::channel::get_for_write(&tx, id).await?.filter(|row| row.status != DISCONNECTED);
    let Some(mut row) = known else { return Ok(()) };
    if note(&mut row, findings) {
        let blocked = of(&row);
        rapport_store::channel::update(&tx, row).await?;
        told(&tx, id, json!({ "blocked_by": blocked }), app.now()).await?;
        tx.commit().await?;
        app.feeds.wake();
    }
    Ok(())
}
