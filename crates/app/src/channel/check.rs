//! Checking one channel on request.

use super::number;
use super::view::row;
use crate::auth::{Caller, Permission};
use crate::doctor::{Finding, channel as doctor};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ChannelId;

/// Asks the provider, notes what it says, and tells what is right and wrong about the channel.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`, `Vault`.
pub async fn check(app: &App, caller: &Caller, id: ChannelId) -> Result<Vec<Finding>> {
    caller.require(Permission::ChannelManage)?;
    row(app, caller, id).await?;
    let channel = app.channels.get(id).await?.ok_or(Error::NotFound("channel"))?;
    let found = number::refresh(app, &channel).await?;
    super::tally::flush(app).await;
    let row = row(app, caller, id).await?;
    doctor::all(app, &channel, &row, Some(found)).await
}
