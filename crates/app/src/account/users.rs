//! Users: who works here.

use super::Page;
use crate::audit::Change;
use crate::auth::{Caller, Permission, Role, password};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::{Ms, UserId};
use rapport_store::entity::user::Model;
use rapport_store::{WriteTx, session, user};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $code:literal),+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$case_doc])* $case),+ }

        impl $name {
            /// The stored code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$case => $code),+ }
            }

            /// Reads a stored code; anything else is the first.
            #[must_use]
            pub fn parse(code: &str) -> Self {
                [$(Self::$case),+].into_iter().find(|case| case.code() == code).unwrap_or([$(Self::$case),+][0])
            }
        }
    )+};
}

codes! {
    /// Light or dark screen.
    Theme {
        /// As the machine is set.
        System = "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark"
    }
    /// How much room rows take.
    Density {
        /// Roomy.
        Comfortable = "comfortable",
        /// More rows.
        Compact = "compact"
    }
    /// Whether a user takes conversations.
    Presence {
        /// Not here.
        Offline = "offline",
        /// Here.
        Online = "online",
        /// Here, but not now.
        Away = "away"
    }
}

/// A member of the workspace.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// The user.
    pub id: Uuid,
    /// Name shown to colleagues and, where a channel shows it, to customers.
    pub name: String,
    /// Sign-in address, lower case.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Locale of their screen.
    pub locale: String,
    /// Light or dark.
    pub theme: Theme,
    /// Row height.
    pub density: Density,
    /// Whether they take conversations.
    pub presence: Presence,
    /// Whether sign-in is closed.
    pub disabled: bool,
    /// When they were added, milliseconds UTC.
    #[schema(value_type = i64)]
    pub created_at: Ms,
}

impl From<Model> for UserView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            // A role this program does not know may do nothing; showing it as the least is the closest truth.
            role: Role::parse(&row.role).unwrap_or(Role::Viewer),
            locale: row.locale,
            theme: Theme::parse(&row.theme),
            density: Density::parse(&row.density),
            presence: Presence::parse(&row.presence),
            disabled: row.disabled_at.is_some(),
            created_at: Ms(row.created_at),
        }
    }
}

/// A user to be added.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Name shown to colleagues.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// What they may do; not above the caller's own role.
    pub role: Role,
    /// First password, at least 10 characters.
    pub password: String,
}

/// What an administrator may change about a user; what is left out stays.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Name shown to colleagues.
    pub name: Option<String>,
    /// Sign-in address.
    pub email: Option<String>,
    /// What they may do; not above the caller's own role.
    pub role: Option<Role>,
    /// A new password; ends all their sessions.
    pub password: Option<String>,
    /// Closes or opens sign-in; closing ends all their sessions.
    pub disabled: Option<bool>,
}

/// What users may change about themselves; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MePatch {
    /// Name shown to colleagues.
    pub name: Option<String>,
    /// Locale of their screen.
    pub locale: Option<String>,
    /// Light or dark.
    pub theme: Option<Theme>,
    /// Row height.
    pub density: Option<Density>,
    /// Whether they take conversations.
    pub presence: Option<Presence>,
    /// Whether the first-run guide is put away.
    pub guide_hidden: Option<bool>,
}

/// Users in the order they were added.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, after: Option<Uuid>, limit: u64) -> Result<Page<UserView>> {
    caller.require(Permission::UserRead)?;
    let rows = user::page(&app.store.workspace(caller.workspace).read(), after, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(UserView::from))
}

/// One user.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: UserId) -> Result<UserView> {
    caller.require(Permission::UserRead)?;
    let row = user::get(&app.store.workspace(caller.workspace).read(), id).await?;
    Ok(row.ok_or(Error::NotFound("user"))?.into())
}

/// Adds a user.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Conflict` (`email_taken`), `Overloaded`, `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewUser) -> Result<UserView> {
    caller.require(Permission::UserManage)?;
    caller.require_rank(new.role)?;
    let now = app.now();
    let checked = Checked::new(app, new).await?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let view = add(&tx, caller, checked, now).await?;
    tx.commit().await?;
    Ok(view)
}

/// A user to be added whose values were checked and whose password was hashed: nothing slow is left for the transaction.
pub(crate) struct Checked {
    name: String,
    email: String,
    role: Role,
    hash: String,
}

impl Checked {
    pub(crate) async fn new(app: &App, new: NewUser) -> Result<Self> {
        let email = super::email("email", &new.email)?;
        let name = super::name("name", &new.name)?;
        password::check_new("password", &new.password, &email)?;
        let hash = app.gate.passwords.hash(&new.password, app.ids.as_ref()).await?;
        Ok(Self { name, email, role: new.role, hash })
    }
}

pub(crate) async fn add(tx: &WriteTx, caller: &Caller, new: Checked, now: Ms) -> Result<UserView> {
    let locale = rapport_store::workspace::get_for_write(tx).await?.ok_or(Error::NotFound("workspace"))?.locale;
    let row = Model {
        workspace_id: caller.workspace.0,
        id: tx.new_id(now),
        email: new.email,
        name: new.name,
        password_hash: new.hash,
        role: new.role.code().to_owned(),
        locale,
        theme: Theme::System.code().to_owned(),
        density: Density::Comfortable.code().to_owned(),
        presence: Presence::Offline.code().to_owned(),
        disabled_at: None,
        failed_logins: 0,
        locked_until: None,
        guide_hidden_at: None,
        created_at: now.0,
        updated_at: now.0,
    };
    let view = UserView::from(row.clone());
    user::insert(tx, row).await.map_err(taken)?;
    let change = Change { before: None, after: Some(serde_json::json!(view)) };
    crate::audit::record(tx, now, caller, "user.created", ("user", view.id), change).await?;
    Ok(view)
}

/// Changes a user.
///
/// # Errors
/// `Forbidden` above the caller's own role, `Invalid`, `NotFound`, `Refused` (`last_owner`), `Conflict` (`email_taken`),
/// `Overloaded`, `Store`.
pub async fn update(app: &App, caller: &Caller, id: UserId, patch: UserPatch) -> Result<UserView> {
    caller.require(Permission::UserManage)?;
    let now = app.now();
    let hash = match &patch.password {
        Some(password) => {
            password::check_new("password", password, "")?;
            Some(app.gate.passwords.hash(password, app.ids.as_ref()).await?)
        }
        None => None,
    };
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = user::get_for_write(&tx, id).await?.ok_or(Error::NotFound("user"))?;
    caller.require_rank(role_of(&row)?)?;
    let (mut row, before) = (row.clone(), row);
    apply(&mut row, caller, patch, now)?;
    let signs_out = hash.is_some() || row.disabled_at.is_some() || row.role != before.role;
    if let Some(hash) = hash {
        row.password_hash = hash;
        row.failed_logins = 0;
        row.locked_until = None;
    }
    keep_an_owner(&tx, &before, Some(&row)).await?;
    let leaves = row.disabled_at.is_some() && before.disabled_at.is_none();
    let view = UserView::from(row.clone());
    user::update(&tx, row).await.map_err(taken)?;
    if signs_out {
        // Rights changed hands: whoever holds an old session must prove themselves again. The caller's own stays.
        session::delete_of_user(&tx, id, caller.session()).await?;
    }
    let change =
        Change { before: Some(serde_json::json!(UserView::from(before))), after: Some(serde_json::json!(view)) };
    crate::audit::record(&tx, now, caller, "user.updated", ("user", id.0), change).await?;
    if leaves {
        release(&tx, id, now).await?;
    }
    tx.commit().await?;
    if leaves {
        app.bells.jobs.ring();
    }
    Ok(view)
}

fn apply(row: &mut Model, caller: &Caller, patch: UserPatch, now: Ms) -> Result<()> {
    if let Some(name) = patch.name {
        row.name = super::name("name", &name)?;
    }
    if let Some(email) = patch.email {
        row.email = super::email("email", &email)?;
    }
    if let Some(role) = patch.role {
        caller.require_rank(role)?;
        row.role = role.code().to_owned();
    }
    if let Some(disabled) = patch.disabled {
        if disabled && caller.actor_id() == Some(row.id) {
            return Err(Error::refused("own_account", "nobody can disable their own account"));
        }
        row.disabled_at = disabled.then(|| row.disabled_at.unwrap_or(now.0));
    }
    row.updated_at = now.0;
    Ok(())
}

/// A job takes the conversations they have from somebody who is gone.
async fn release(tx: &WriteTx, id: UserId, now: Ms) -> Result<()> {
    let job = Job::Release { user_id: Some(id), team_id: None };
    Ok(rapport_store::job::enqueue(tx, vec![job.row(now)], now).await?)
}

/// Removes a user. Their messages keep their name; a job takes the conversations they have from them.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`last_owner`, `own_account`), `Store`.
pub async fn delete(app: &App, caller: &Caller, id: UserId) -> Result<()> {
    caller.require(Permission::UserManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = user::get_for_write(&tx, id).await?.ok_or(Error::NotFound("user"))?;
    caller.require_rank(role_of(&row)?)?;
    if caller.actor_id() == Some(id.0) {
        return Err(Error::refused("own_account", "nobody can remove their own account"));
    }
    keep_an_owner(&tx, &row, None).await?;
    user::delete(&tx, id).await?;
    let now = app.now();
    release(&tx, id, now).await?;
    let change = Change { before: Some(serde_json::json!(UserView::from(row))), after: None };
    crate::audit::record(&tx, now, caller, "user.deleted", ("user", id.0), change).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    Ok(())
}

/// A workspace without an owner who can sign in could never be repaired from within.
async fn keep_an_owner(tx: &WriteTx, before: &Model, after: Option<&Model>) -> Result<()> {
    let owns = |row: &Model| row.role == Role::Owner.code() && row.disabled_at.is_none();
    if !owns(before) || after.is_some_and(owns) {
        return Ok(());
    }
    // The workspace's row is the lock: two owners who unmake each other at the same moment take turns.
    rapport_store::workspace::get_for_write(tx).await?;
    if user::count_enabled(tx, Role::Owner.code()).await? > 1 {
        return Ok(());
    }
    Err(Error::refused("last_owner", "the workspace needs at least one owner who can sign in"))
}

fn role_of(row: &Model) -> Result<Role> {
    Role::parse(&row.role).ok_or_else(|| Error::Internal(format!("user {} has an unknown role", row.id)))
}

fn taken(error: rapport_store::Error) -> Error {
    if error.is_conflict() {
        return Error::conflict("email_taken", "another user of this workspace has this e-mail address");
    }
    error.into()
}
