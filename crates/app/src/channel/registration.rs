//! Registering a number with the provider, and proving that it is ours.

use super::provider::{call, invalid, managed, refused};
use super::view::{self, ChannelView};
use super::{Channel, number};
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::Result;
use crate::state::App;
use rapport_connectors::http::Request;
use rapport_connectors::provider::Feature;
use rapport_connectors::whatsapp::api::read_success;
use rapport_connectors::whatsapp::registration::{self, CodeMethod};
use rapport_core::ChannelId;
use serde::Deserialize;
use utoipa::ToSchema;

/// What registers a number.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Six digits: becomes the number's PIN, or must be it when there is one.
    pub pin: String,
}

/// How the code is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeBy {
    /// By text message.
    Sms,
    /// By a call.
    Voice,
}

/// What asks for a code.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// How the code is told.
    pub method: CodeBy,
    /// In which language, such as `en_US` or `ar`; left out = `en_US`.
    pub language: Option<String>,
}

/// The code that came.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Six digits.
    pub code: String,
}

/// Registers the number; afterwards it sends and receives.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Refused` `provider_unavailable`, `Provider`, `Store`.
pub async fn register(app: &App, caller: &Caller, id: ChannelId, given: Registration) -> Result<ChannelView> {
    let channel = managed(app, caller, id).await?;
    let request =
        registration::register(&channel.graph(Feature::Registration)?, &channel.phone_number_id, given.pin.trim())
            .map_err(invalid)?;
    done(app, caller, &channel, request, "channel.registered").await
}

/// Takes the number out of the provider's API: it sends and receives nothing until it is registered again.
///
/// # Errors
/// The same without `Invalid`.
pub async fn deregister(app: &App, caller: &Caller, id: ChannelId) -> Result<ChannelView> {
    let channel = managed(app, caller, id).await?;
    let request = registration::deregister(&channel.graph(Feature::Registration)?, &channel.phone_number_id);
    done(app, caller, &channel, request, "channel.deregistered").await
}

/// Asks the provider to tell the number a code.
///
/// # Errors
/// As [`register`].
pub async fn request_code(app: &App, caller: &Caller, id: ChannelId, given: CodeRequest) -> Result<()> {
    let channel = managed(app, caller, id).await?;
    let method = match given.method {
        CodeBy::Sms => CodeMethod::Sms,
        CodeBy::Voice => CodeMethod::Voice,
    };
    let language = given.language.as_deref().unwrap_or("en_US");
    let request =
        registration::request_code(&channel.graph(Feature::Registration)?, &channel.phone_number_id, method, language)
            .map_err(invalid)?;
    read_success(&call(app, &channel, request).await?).map_err(|error| refused(&error))
}

/// Proves the number with the code that came.
///
/// # Errors
/// As [`register`].
pub async fn verify_code(app: &App, caller: &Caller, id: ChannelId, given: Code) -> Result<ChannelView> {
    let channel = managed(app, caller, id).await?;
    let request =
        registration::verify_code(&channel.graph(Feature::Registration)?, &channel.phone_number_id, given.code.trim())
            .map_err(invalid)?;
    done(app, caller, &channel, request, "channel.verified").await
}

/// Calls, writes it down (never the PIN), and reads how the number is now.
async fn done(
    app: &App,
    caller: &Caller,
    channel: &Channel,
    request: Request,
    action: &'static str,
) -> Result<ChannelView> {
    read_success(&call(app, channel, request).await?).map_err(|error| refused(&error))?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    record(&tx, app.now(), caller, action, ("channel", channel.id.0), Change::default()).await?;
    tx.commit().await?;
    // What cannot be read now is noted in the row and read again by the hourly probe.
    number::refresh(app, channel).await?.ok();
    view::get(app, caller, channel.id).await
}
