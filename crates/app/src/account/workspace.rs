//! The workspace itself.

use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use crate::vault::{MasterKey, VaultError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::entity::workspace::Model;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Where the wrapped key stands among the workspace's settings.
const KEY: &str = "wrapped_key";
/// Where the days stand after which a resolved conversation stays resolved.
const REOPEN: &str = "reopen_days";
/// The most of them.
const REOPEN_MOST: u16 = 365;

/// A business with its data.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Workspace)]
pub struct WorkspaceView {
    /// The workspace.
    pub id: Uuid,
    /// Name shown to people.
    pub name: String,
    /// ISO 3166 country that national phone numbers are read in: `AE`.
    pub default_country: String,
    /// IANA time zone of the shop: `Asia/Dubai`.
    pub timezone: String,
    /// Locale of texts written for the shop: `en`.
    pub locale: String,
    /// For how many days after it was resolved a customer's message opens the same conversation again, with whoever had
    /// it; later a new one begins. 0: always a new one.
    pub reopen_days: u16,
    /// When it was made, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
}

impl From<Model> for WorkspaceView {
    fn from(row: Model) -> Self {
        Self {
            id: row.workspace_id,
            reopen_days: reopen_days(&row),
            name: row.name,
            default_country: row.default_country,
            timezone: row.timezone,
            locale: row.locale,
            created_at: Ms(row.created_at),
        }
    }
}

/// What may be changed about a workspace; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspacePatch {
    /// Name shown to people.
    pub name: Option<String>,
    /// ISO 3166 country that national phone numbers are read in.
    pub default_country: Option<String>,
    /// IANA time zone of the shop.
    pub timezone: Option<String>,
    /// Locale of texts written for the shop.
    pub locale: Option<String>,
    /// For how many days after it was resolved a conversation opens again, 0 to 365.
    pub reopen_days: Option<u16>,
}

/// For how many days after it was resolved a customer's message opens a conversation again.
pub(crate) fn reopen_days(row: &Model) -> u16 {
    let chosen = row.settings.get(REOPEN).and_then(serde_json::Value::as_u64);
    let usual = rapport_core::inbox::Policy::default().reopen_within_ms / rapport_core::time::DAY;
    chosen.and_then(|days| u16::try_from(days).ok()).or_else(|| u16::try_from(usual).ok()).unwrap_or_default()
}

/// The caller's workspace.
///
/// # Errors
/// `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<WorkspaceView> {
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    Ok(row.into())
}

/// Changes the caller's workspace.
///
/// # Errors
/// `Forbidden`, `Invalid`, `NotFound`, `Store`.
pub async fn update(app: &App, caller: &Caller, patch: WorkspacePatch) -> Result<WorkspaceView> {
    caller.require(Permission::WorkspaceManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let before = serde_json::json!(WorkspaceView::from(row.clone()));
    apply(&mut row, patch)?;
    let after = WorkspaceView::from(row.clone());
    rapport_store::workspace::update(&tx, row).await?;
    let change = crate::audit::Change { before: Some(before), after: Some(serde_json::json!(after)) };
    crate::audit::record(&tx, app.now(), caller, "workspace.updated", ("workspace", after.id), change).await?;
    tx.commit().await?;
    // How events are decided may depend on it.
    app.channels.forget();
    Ok(after)
}

/// Writes checked values into a row.
pub(crate) fn apply(row: &mut Model, patch: WorkspacePatch) -> Result<()> {
    if let Some(name) = patch.name {
        row.name = super::name("name", &name)?;
    }
    if let Some(country) = patch.default_country {
        if !rapport_core::contact::is_country(&country) {
            return Err(Error::invalid("default_country", "is not a country code such as AE"));
        }
        row.default_country = country;
    }
    if let Some(zone) = patch.timezone {
        if jiff::tz::TimeZone::get(&zone).is_err() {
            return Err(Error::invalid("timezone", "is not a time zone such as Asia/Dubai"));
        }
        row.timezone = zone;
    }
    if let Some(locale) = patch.locale {
        row.locale = super::locale("locale", &locale)?;
    }
    if let Some(days) = patch.reopen_days {
        if days > REOPEN_MOST {
            return Err(Error::invalid("reopen_days", format!("must be 0 to {REOPEN_MOST} days")));
        }
        if !row.settings.is_object() {
            row.settings = serde_json::json!({});
        }
        row.settings[REOPEN] = days.into();
    }
    Ok(())
}

/// The workspace's wrapped key as it is stored.
pub(crate) fn wrapped_key(row: &Model) -> Result<Vec<u8>> {
    let text = row.settings.get(KEY).and_then(serde_json::Value::as_str);
    let bytes = text.and_then(|text| STANDARD.decode(text).ok());
    bytes.ok_or(Error::Vault(VaultError::Damaged("the workspace has no key")))
}

/// Stores a wrapped key with the workspace.
pub(crate) fn set_wrapped_key(row: &mut Model, wrapped: &[u8]) {
    if !row.settings.is_object() {
        row.settings = serde_json::json!({});
    }
    row.settings[KEY] = STANDARD.encode(wrapped).into();
}

/// Puts every workspace's key under a new master key, in one transaction each; tells how many. Interrupted, it may
/// be repeated: keys already under the new master key are left alone.
///
/// # Errors
/// `Vault` when a key is under neither master key, `Store`.
pub async fn rotate_master_key(app: &App, new: &MasterKey) -> Result<u64> {
    let mut rotated = 0;
    for row in rapport_store::workspace::all(&app.store, u64::MAX >> 1).await? {
        let workspace = WorkspaceId(row.workspace_id);
        let tx = app.store.workspace(workspace).write().await?;
        let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
        let wrapped = wrapped_key(&row)?;
        match app.vault.rewrap(new, workspace, &wrapped) {
            Ok(wrapped) => set_wrapped_key(&mut row, &wrapped),
            Err(VaultError::OtherMaster { wanted, .. }) if wanted == new.fingerprint() => continue,
            Err(error) => return Err(error.into()),
        }
        rapport_store::workspace::update(&tx, row).await?;
        tx.commit().await?;
        rotated += 1;
    }
    Ok(rotated)
}

/// The workspace's time zone, an IANA name.
///
/// # Errors
/// What the store said.
pub async fn timezone(app: &App, workspace: WorkspaceId) -> Result<String> {
    let row = rapport_store::workspace::get(&app.store.workspace(workspace).read()).await?;
    Ok(row.map_or_else(|| "UTC".to_owned(), |row| row.timezone))
}
