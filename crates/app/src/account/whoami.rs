//! Who asks: for programs that try their token.

use crate::auth::{Caller, Role};
use crate::error::{Error, Result};
use crate::state::App;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who asks, where, with which rights.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhoAmI {
    /// `api` for a token, `user` for a person.
    pub kind: String,
    /// The token or user.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// The role it acts with.
    pub role: Role,
    /// Codes of what it may do.
    pub permissions: Vec<String>,
    /// The workspace everything stays in.
    pub workspace_id: Uuid,
    /// Its name.
    pub workspace_name: String,
}

/// Who asks.
///
/// # Errors
/// `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<WhoAmI> {
    let read = app.store.workspace(caller.workspace).read();
    let workspace = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    Ok(WhoAmI {
        kind: caller.actor_kind().to_owned(),
        id: caller.actor_id(),
        name: caller.name.clone(),
        role: caller.role,
        permissions: caller.permissions.codes().into_iter().map(str::to_owned).collect(),
        workspace_id: caller.workspace.0,
        workspace_name: workspace.name,
    })
}
