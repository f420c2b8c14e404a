//! From nothing to a workspace with an owner and an API token.

use super::tokens::{CreatedToken, NewToken};
use super::users::{Checked, NewUser, UserView};
use super::workspace::{WorkspacePatch, WorkspaceView};
use crate::auth::{Caller, Role};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::WorkspaceId;
use rapport_store::entity::workspace::Model;

/// What a new workspace begins with.
#[derive(Clone)]
pub struct NewWorkspace {
    /// Its name and settings.
    pub settings: WorkspacePatch,
    /// Its first owner's name.
    pub owner_name: String,
    /// Its first owner's sign-in address.
    pub owner_email: String,
    /// Its first owner's password.
    pub owner_password: String,
}

/// What was made. The token's secret is in here and nowhere else.
#[derive(Clone)]
pub struct Made {
    /// The workspace.
    pub workspace: WorkspaceView,
    /// Its owner.
    pub owner: UserView,
    /// A token with the owner's rights.
    pub token: CreatedToken,
}

/// Makes the first workspace of an installation.
///
/// # Errors
/// `Refused` (`not_empty`) when there is one already, else as [`create_workspace`].
pub async fn init(app: &App, new: NewWorkspace) -> Result<Made> {
    if rapport_store::workspace::count(&app.store).await? > 0 {
        return Err(Error::refused("not_empty", "this database already has a workspace"));
    }
    create_workspace(app, new).await
}

/// Makes a workspace with its key, an owner and a token.
///
/// # Errors
/// `Invalid`, `Vault`, `Overloaded`, `Store`.
pub async fn create_workspace(app: &App, new: NewWorkspace) -> Result<Made> {
    let now = app.now();
    let owner =
        NewUser { name: new.owner_name, email: new.owner_email, role: Role::Owner, password: new.owner_password };
    let owner = Checked::new(app, owner).await?;
    let workspace = WorkspaceId(app.store.new_id(now));
    let mut row = Model {
        workspace_id: workspace.0,
        name: "Rapport".to_owned(),
        default_country: "US".to_owned(),
        timezone: "UTC".to_owned(),
        locale: "en".to_owned(),
        settings: serde_json::json!({}),
        created_at: now.0,
    };
    super::workspace::apply(&mut row, new.settings)?;
    super::workspace::set_wrapped_key(&mut row, &app.vault.new_workspace_key(workspace)?);
    let view = WorkspaceView::from(row.clone());
    let system = Caller::system(workspace);
    let token = NewToken { name: "init".to_owned(), role: Role::Owner, scopes: Vec::new(), expires_at: None };
    // One transaction: a half-made workspace could not be made again.
    let tx = app.store.workspace(workspace).write().await?;
    rapport_store::workspace::insert(&tx, row).await?;
    let owner = super::users::add(&tx, &system, owner, now).await?;
    let token = super::tokens::add(app, &tx, &system, &token, now).await?;
    tx.commit().await?;
    Ok(Made { workspace: view, owner, token })
}
