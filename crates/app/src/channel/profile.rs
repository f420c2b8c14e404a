//! The business profile customers see when they tap on the number.

use super::provider::{call, invalid, managed, refused};
use crate::audit::{Change, record};
use crate::auth::Caller;
use crate::error::Result;
use crate::state::App;
use rapport_connectors::provider::Feature;
use rapport_connectors::whatsapp::api::read_success;
use rapport_connectors::whatsapp::profile::{self, Changes, Profile};
use rapport_core::ChannelId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What customers see of the business; what is not set is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BusinessProfile)]
pub struct ProfileView {
    /// The line under the name.
    pub about: String,
    /// Street address.
    pub address: String,
    /// What the business does.
    pub description: String,
    /// Where to write to.
    pub email: String,
    /// Web addresses.
    pub websites: Vec<String>,
    /// Line of business in the provider's word; empty when not told.
    pub vertical: String,
    /// Where the picture is.
    #[schema(required)]
    pub picture_url: Option<String>,
}

impl From<Profile> for ProfileView {
    fn from(profile: Profile) -> Self {
        let Profile { about, address, description, email, websites, vertical, picture_url } = profile;
        Self { about, address, description, email, websites, vertical, picture_url }
    }
}

/// What may be changed; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BusinessProfilePatch)]
pub struct ProfilePatch {
    /// The line under the name, 1 to 139 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Street address, at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the business does, at most 512 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where to write to, at most 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// At most two web addresses of at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub websites: Option<Vec<String>>,
    /// Line of business in the provider's word: RETAIL, APPAREL, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vertical: Option<String>,
}

/// Reads the profile from the provider.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` `provider_unavailable`, `Provider`, `Store`.
pub async fn read(app: &App, caller: &Caller, id: ChannelId) -> Result<ProfileView> {
    let channel = managed(app, caller, id).await?;
    let request = profile::get(&channel.graph(Feature::Profile)?, &channel.phone_number_id);
    let answer = call(app, &channel, request).await?;
    Ok(profile::read_profile(&answer).map_err(|error| refused(&error))?.into())
}

/// Changes the profile at the provider; answers with what it says afterwards.
///
/// # Errors
/// The same, and `Invalid` for what the provider would refuse.
pub async fn change(app: &App, caller: &Caller, id: ChannelId, patch: ProfilePatch) -> Result<ProfileView> {
    let channel = managed(app, caller, id).await?;
    let after = json!(patch);
    let trim = |text: Option<String>| text.map(|text| text.trim().to_owned());
    let websites = patch
        .websites
        .map(|sites| sites.into_iter().map(|site| site.trim().to_owned()).filter(|site| !site.is_empty()).collect());
    let changes = Changes {
        about: trim(patch.about),
        address: trim(patch.address),
        description: trim(patch.description),
        email: trim(patch.email),
        websites,
        vertical: trim(patch.vertical),
    };
    let request =
        profile::update(&channel.graph(Feature::Profile)?, &channel.phone_number_id, &changes).map_err(invalid)?;
    read_success(&call(app, &channel, request).await?).map_err(|error| refused(&error))?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let change = Change { before: None, after: Some(after) };
    record(&tx, now, caller, "channel.profile_changed", ("channel", id.0), change).await?;
    tx.commit().await?;
    read(app, caller, id).await
}
