//! Short links and QR codes that begin a chat with a text already written.

use super::provider::{call, invalid, managed, refused};
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::provider::Feature;
use rapport_connectors::whatsapp::api::read_success;
use rapport_connectors::whatsapp::qr::{self, QrCode};
use rapport_core::ChannelId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// Pages read at most: the provider keeps 2,000 links for a number.
const PAGES_MAX: usize = 20;

/// A short link, to be printed as a QR code or put on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = QrCode)]
pub struct QrView {
    /// Its code at the provider.
    pub code: String,
    /// The text that stands ready in the customer's chat.
    pub text: String,
    /// The link.
    pub link: String,
}

impl From<QrCode> for QrView {
    fn from(code: QrCode) -> Self {
        Self { code: code.code, text: code.text, link: code.link }
    }
}

/// A link to be made, or its new text.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QrText {
    /// The text that stands ready, 1 to 140 characters.
    pub text: String,
}

/// The number's links.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `provider_unavailable`, `Provider`, `Store`.
pub async fn list(app: &App, caller: &Caller, id: ChannelId) -> Result<Vec<QrView>> {
    let channel = managed(app, caller, id).await?;
    let api = channel.graph(Feature::QrCodes)?;
    let (mut found, mut after): (Vec<QrView>, Option<String>) = (Vec::new(), None);
    for _ in 0..PAGES_MAX {
        let answer = call(app, &channel, qr::list(&api, &channel.phone_number_id, after.as_deref())).await?;
        let (page, next) = qr::read_list(&answer).map_err(|error| refused(&error))?;
        found.extend(page.into_iter().map(QrView::from));
        match next {
            Some(next) if Some(&next) != after.as_ref() => after = Some(next),
            _ => break,
        }
    }
    Ok(found)
}

/// Makes a link; with `code` gives that one another text, and what is printed leads to it.
///
/// # Errors
/// The same, and `Invalid`.
pub async fn save(app: &App, caller: &Caller, id: ChannelId, code: Option<&str>, given: QrText) -> Result<QrView> {
    let channel = managed(app, caller, id).await?;
    let request = qr::save(&channel.graph(Feature::QrCodes)?, &channel.phone_number_id, code, given.text.trim())
        .map_err(invalid)?;
    let answer = call(app, &channel, request).await?;
    if code.is_some() && qr::is_unknown(&answer) {
        return Err(Error::NotFound("link"));
    }
    let saved: QrView = qr::read_saved(&answer).map_err(|error| refused(&error))?.into();
    let action = if code.is_some() { "channel.qr_code_changed" } else { "channel.qr_code_added" };
    note(app, caller, id, action, Change { before: None, after: Some(json!(saved)) }).await?;
    Ok(saved)
}

/// Removes a link: what is printed leads nowhere from then on.
///
/// # Errors
/// As [`list`].
pub async fn delete(app: &App, caller: &Caller, id: ChannelId, code: &str) -> Result<()> {
    let channel = managed(app, caller, id).await?;
    let request = qr::delete(&channel.graph(Feature::QrCodes)?, &channel.phone_number_id, code);
    let answer = call(app, &channel, request).await?;
    if qr::is_unknown(&answer) {
        return Err(Error::NotFound("link"));
    }
    read_success(&answer).map_err(|error| refused(&error))?;
    note(app, caller, id, "channel.qr_code_removed", Change { before: Some(json!({ "code": code })), after: None })
        .await
}

async fn note(app: &App, caller: &Caller, id: ChannelId, action: &str, change: Change) -> Result<()> {
    let tx = app.store.workspace(caller.workspace).write().await?;
    record(&tx, app.now(), caller, action, ("channel", id.0), change).await?;
    Ok(tx.commit().await?)
}
