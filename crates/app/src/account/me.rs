//! The signed-in person.

use super::users::{MePatch, Presence, UserView};
use super::workspace::WorkspaceView;
use crate::audit::Change;
use crate::auth::secret::Secret;
use crate::auth::sign_in::session_row;
use crate::auth::{Caller, password};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::{session, user};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who is signed in, where, with which rights.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub user: UserView,
    /// Their workspace.
    pub workspace: WorkspaceView,
    /// Whether they practise: the workspace is then its practice room.
    pub practice: bool,
    /// Codes of what they may do.
    pub permissions: Vec<String>,
    /// Where the live feed stands now: follow it from here.
    pub feed_cursor: String,
}

/// A change of one's own password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password until now.
    pub current: String,
    /// The password from now on, at least 10 characters.
    pub new: String,
}

/// Who is signed in.
///
/// # Errors
/// `Forbidden` for a token, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller) -> Result<Me> {
    let id = caller.user()?;
    let read = app.store.workspace(caller.workspace).read();
    // The cursor first: what happens meanwhile is then seen twice rather than never.
    let feed_cursor = rapport_store::feed::head(&read).await?.to_string();
    let user = user::get(&read, id).await?.ok_or(Error::NotFound("user"))?;
    let workspace = rapport_store::workspace::get(&read).await?.ok_or(Error::NotFound("workspace"))?;
    let permissions = caller.permissions.codes().into_iter().map(str::to_owned).collect();
    let practice = caller.home.is_some();
    Ok(Me { user: user.into(), workspace: workspace.into(), practice, permissions, feed_cursor })
}

/// Changes what users may change about themselves.
///
/// # Errors
/// `Forbidden` for a token, `Invalid`, `NotFound`, `Store`.
pub async fn update(app: &App, caller: &Caller, patch: MePatch) -> Result<UserView> {
    if let Some(home) = caller.home {
        // What the screen looks like stays so after practice; presence and the guide are another matter there.
        let own = Caller { workspace: home, home: None, ..caller.clone() };
        let lasting = MePatch { presence: None, guide_hidden: None, ..patch.clone() };
        Box::pin(update(app, &own, lasting)).await?;
    }
    let id = caller.user()?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let mut row = user::get_for_write(&tx, id).await?.ok_or(Error::NotFound("user"))?;
    if let Some(name) = patch.name {
        row.name = super::name("name", &name)?;
    }
    if let Some(locale) = patch.locale {
        row.locale = super::locale("locale", &locale)?;
    }
    if let Some(theme) = patch.theme {
        row.theme = theme.code().to_owned();
    }
    if let Some(density) = patch.density {
        row.density = density.code().to_owned();
    }
    if let Some(presence) = patch.presence {
        row.presence = presence.code().to_owned();
    }
    if let Some(hidden) = patch.guide_hidden {
        row.guide_hidden_at = hidden.then_some(now.0);
    }
    row.updated_at = now.0;
    let view = UserView::from(row.clone());
    user::update(&tx, row).await?;
    tx.commit().await?;
    if let Some(presence) = patch.presence {
        let data = serde_json::json!({ "user_id": id, "presence": presence.code() });
        app.feeds.pass(caller.workspace, "presence", data);
        if presence == Presence::Online {
            crate::routing::assign::call(app, caller.workspace).await?;
        }
    }
    Ok(view)
}

/// Changes the caller's password. Every other session ends; the caller's own gets a new secret, which is returned.
/// A wrong current password counts like a failed sign-in.
///
/// # Errors
/// `Forbidden` for a token, `Invalid` naming `current` or `new`, `Limited`, `Overloaded`, `Store`.
pub async fn change_password(
    app: &App,
    caller: &Caller,
    address: std::net::IpAddr,
    change: PasswordChange,
) -> Result<Secret> {
    let id = caller.user()?;
    let now = app.now();
    let scope = app.store.workspace(caller.home());
    let row = user::get(&scope.read(), id).await?.ok_or(Error::NotFound("user"))?;
    password::check_new("new", &change.new, &row.email)?;
    if change.current.len() > password::MAX_BYTES {
        return Err(Error::invalid("current", "is not your password"));
    }
    let ticket = app.gate.admit(&row.email, address, None, now)?;
    if !app.gate.passwords.verify(&change.current, Some(&row.password_hash)).await? {
        return Err(Error::invalid("current", "is not your password"));
    }
    app.gate.succeeded(ticket);
    let hash = app.gate.passwords.hash(&change.new, app.ids.as_ref()).await?;
    let secret = Secret::new(caller.home(), app.ids.as_ref());
    let tx = scope.write().await?;
    let mut row = user::get_for_write(&tx, id).await?.ok_or(Error::NotFound("user"))?;
    row.password_hash = hash;
    row.updated_at = now.0;
    user::update(&tx, row).await?;
    let agent = match caller.session() {
        Some(own) => session::get_for_write(&tx, own).await?.map(|row| row.user_agent).unwrap_or_default(),
        None => String::new(),
    };
    let fresh = tx.new_id(now);
    session::insert(&tx, session_row(&secret, fresh, id, &agent, now)).await?;
    if let Some(own) = caller.session() {
        rapport_store::push::follow(&tx, own, fresh).await?;
    }
    session::delete_of_user(&tx, id, Some(fresh)).await?;
    crate::audit::record(&tx, now, caller, "user.password_changed", ("user", id.0), Change::default()).await?;
    tx.commit().await?;
    Ok(secret)
}
