//! What must be said when a conversation is resolved.

use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::Read;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Where the choices stand among the workspace's settings.
const KEY: &str = "closing";

/// What must be said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ClosingSettings {
    /// A category.
    pub category_required: bool,
    /// A note.
    pub note_required: bool,
}

/// What may be changed; what is left out stays.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosingSettingsPatch {
    /// Whether a category must be chosen.
    pub category_required: Option<bool>,
    /// Whether a note must be written.
    pub note_required: Option<bool>,
}

fn of(settings: &Value) -> ClosingSettings {
    settings.get(KEY).and_then(|value| ClosingSettings::deserialize(value).ok()).unwrap_or_default()
}

/// What must be said in this workspace.
pub(crate) async fn read(read: &Read) -> Result<ClosingSettings> {
    Ok(rapport_store::workspace::get(read).await?.map(|row| of(&row.settings)).unwrap_or_default())
}

/// What must be said when a conversation is resolved.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<ClosingSettings> {
    caller.require(Permission::InboxRead)?;
    read(&app.store.workspace(caller.workspace).read()).await
}

/// Changes it.
///
/// # Errors
/// `Forbidden`, `Refused` (`no_categories` when one would have to be chosen and there is none), `Store`.
pub async fn update(app: &App, caller: &Caller, patch: ClosingSettingsPatch) -> Result<ClosingSettings> {
    caller.require(Permission::TeamManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let before = of(&row.settings);
    let after = ClosingSettings {
        category_required: patch.category_required.unwrap_or(before.category_required),
        note_required: patch.note_required.unwrap_or(before.note_required),
    };
    if after.category_required && rapport_store::closing::count_categories(&tx).await? == 0 {
        let detail = "There is no closing category yet. Add one first; otherwise nobody could resolve anything.";
        return Err(Error::refused("no_categories", detail));
    }
    if !row.settings.is_object() {
        row.settings = json!({});
    }
    row.settings[KEY] = json!(after);
    let target = ("workspace", row.workspace_id);
    rapport_store::workspace::update(&tx, row).await?;
    let change = Change { before: Some(json!(before)), after: Some(json!(after)) };
    crate::audit::record(&tx, app.now(), caller, "workspace.closing", target, change).await?;
    tx.commit().await?;
    Ok(after)
}
