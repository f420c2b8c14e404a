//! Calls to the provider that a person waits for: what goes wrong is told in their words.

use super::view::row;
use super::{Channel, calls};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::http::{Request, Response};
use rapport_connectors::whatsapp::{ApiError, Invalid};
use rapport_core::ChannelId;
use rapport_core::guard::Priority;
use std::sync::Arc;

/// The channel with its secrets, for a caller who may manage it.
pub(super) async fn managed(app: &App, caller: &Caller, id: ChannelId) -> Result<Arc<Channel>> {
    caller.require(Permission::ChannelManage)?;
    opened(app, caller, id).await
}

/// The channel with its secrets.
pub(crate) async fn opened(app: &App, caller: &Caller, id: ChannelId) -> Result<Arc<Channel>> {
    row(app, caller, id).await?;
    app.channels.get(id).await?.ok_or(Error::NotFound("channel"))
}

/// Calls the provider; `provider_unavailable` when there was no answer.
pub(crate) async fn call(app: &App, channel: &Channel, request: Request) -> Result<Response> {
    calls::run(app, channel, Priority::Reply, request)
        .await
        .map_err(|failure| Error::refused("provider_unavailable", format!("The provider cannot be reached: {failure}")))
}

/// What the provider's refusal means, what to do, and its own words.
pub(crate) fn refused(error: &ApiError) -> Error {
    let info = error.info();
    let detail = if info.code < 0 {
        format!("The provider refused: {}", error.detail)
    } else {
        format!("{} {} (The provider said: {})", info.meaning, info.advice, error.detail)
    };
    Error::Provider { code: error.code, detail }
}

/// A value that the provider would refuse.
pub(super) fn invalid(error: Invalid) -> Error {
    let detail = format!("must be {}, but it is {}", error.limit, error.actual);
    Error::invalid(error.field, detail)
}
