//! From a presented secret to a caller; the life of sessions.

use super::caller::{Actor, Caller};
use super::role::{Permission, Permissions, Role};
use super::secret::Secret;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{Ms, UserId};
use rapport_store::entity::{api_token, user};
use rapport_store::{session, token};
use serde::Serialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use uuid::Uuid;

/// A session ends after this long without use, milliseconds.
pub const SESSION_MS: i64 = 14 * DAY;
/// Use is noted at most this often, so that reading does not mean writing.
const SESSION_TOUCH_MS: i64 = 10 * MINUTE;
const TOKEN_TOUCH_MS: i64 = MINUTE;

/// What a request presented.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The session cookie's text.
    Session(String),
    /// The bearer token's text.
    Token(String),
}

/// Finds out who presents this.
///
/// # Errors
/// `Unauthenticated` when it is unknown, ended, revoked or its user is disabled; `Store` when that cannot be found out.
pub async fn authenticate(app: &App, credential: &Credential) -> Result<Caller> {
    match credential {
        Credential::Session(text) => by_session(app, &Secret::parse(text).ok_or(Error::Unauthenticated)?).await,
        Credential::Token(text) => by_token(app, &Secret::parse_api(text).ok_or(Error::Unauthenticated)?).await,
    }
}

/// Whether a caller that was authenticated a while ago still is: for connections that stay open.
///
/// # Errors
/// `Store` when that cannot be found out.
pub async fn is_still_valid(app: &App, caller: &Caller) -> Result<bool> {
    if caller.home.is_some() && !crate::practice::is_open(app, caller.home(), caller.workspace.0).await? {
        return Ok(false);
    }
    let read = app.store.workspace(caller.home()).read();
    let now = app.now();
    match caller.actor {
        Actor::Rule { .. } | Actor::System => Ok(true),
        Actor::User { user, session } => {
            let row = session::get(&read, session).await?;
            let alive = row.is_some_and(|row| row.expires_at > now.0);
            Ok(alive && rapport_store::user::get(&read, user).await?.is_some_and(|row| row.disabled_at.is_none()))
        }
        Actor::Token { token } => {
            let row = token::get(&read, token).await?;
            Ok(row.is_some_and(|row| row.expires_at.is_none_or(|at| at > now.0)))
        }
    }
}

async fn by_session(app: &App, secret: &Secret) -> Result<Caller> {
    let scope = app.store.workspace(secret.workspace());
    let read = scope.read();
    let hash = secret.hash();
    let now = app.now();
    let row = session::by_hash(&read, &hash).await?.ok_or(Error::Unauthenticated)?;
    if !bool::from(row.token_hash.ct_eq(&hash)) || row.expires_at <= now.0 {
        return Err(Error::Unauthenticated);
    }
    let user = rapport_store::user::get(&read, UserId(row.user_id)).await?.ok_or(Error::Unauthenticated)?;
    if now.0.saturating_sub(row.last_seen_at) >= SESSION_TOUCH_MS {
        let touched = async {
            let tx = scope.write().await?;
            session::touch(&tx, row.id, now, now.plus(SESSION_MS)).await?;
            tx.commit().await
        };
        // A busy database must not sign anybody out: the next request tries again.
        if let Err(error) = touched.await {
            tracing::warn!(%error, "could not prolong a session");
        }
    }
    from_user(&user, row.id)
}

async fn by_token(app: &App, secret: &Secret) -> Result<Caller> {
    let scope = app.store.workspace(secret.workspace());
    let hash = secret.hash();
    let now = app.now();
    let row = token::by_hash(&scope.read(), &hash).await?.ok_or(Error::Unauthenticated)?;
    if !bool::from(row.token_hash.ct_eq(&hash)) || row.expires_at.is_some_and(|at| at <= now.0) {
        return Err(Error::Unauthenticated);
    }
    if row.last_used_at.is_none_or(|at| now.0.saturating_sub(at) >= TOKEN_TOUCH_MS) {
        let touched = async {
            let tx = scope.write().await?;
            token::touch(&tx, row.id, now).await?;
            tx.commit().await
        };
        if let Err(error) = touched.await {
            tracing::warn!(%error, "could not note the use of a token");
        }
    }
    from_token(&row)
}

/// The caller a user is.
///
/// # Errors
/// `Unauthenticated` when they are disabled.
pub(crate) fn from_user(row: &user::Model, session: Uuid) -> Result<Caller> {
    if row.disabled_at.is_some() {
        return Err(Error::Unauthenticated);
    }
    let role = Role::parse(&row.role).ok_or(Error::Unauthenticated)?;
    Ok(Caller {
        workspace: row.workspace_id.into(),
        home: None,
        actor: Actor::User { user: UserId(row.id), session },
        name: row.name.clone(),
        role,
        permissions: role.permissions(),
    })
}

fn from_token(row: &api_token::Model) -> Result<Caller> {
    let role = Role::parse(&row.role).ok_or(Error::Unauthenticated)?;
    let scopes = scopes(&row.scopes);
    let permissions = if scopes.is_empty() {
        role.permissions()
    } else {
        // A scope this program does not know gives nothing.
        scopes.iter().filter_map(|code| Permission::parse(code)).collect::<Permissions>().and(role.permissions())
    };
    let actor = Actor::Token { token: row.id };
    Ok(Caller { workspace: row.workspace_id.into(), home: None, actor, name: row.name.clone(), role, permissions })
}

/// The scopes a token row stores.
pub(crate) fn scopes(stored: &serde_json::Value) -> Vec<String> {
    let list = stored.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect()
}

/// One of the caller's signed-in browsers.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// The session.
    pub id: Uuid,
    /// The browser's own words.
    pub user_agent: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When they signed in.
    #[schema(value_type = i64)]
    pub created_at: Ms,
    /// Last use, noted every ten minutes.
    #[schema(value_type = i64)]
    pub last_seen_at: Ms,
    /// When it ends if it is not used.
    #[schema(value_type = i64)]
    pub expires_at: Ms,
}

/// The caller's signed-in browsers, last used first.
///
/// # Errors
/// `Forbidden` for a token, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<SessionView>> {
    let user = caller.user()?;
    let rows = session::of_user(&app.store.workspace(caller.home()).read(), user, app.now()).await?;
    let view = |row: rapport_store::entity::session::Model| SessionView {
        id: row.id,
        user_agent: row.user_agent,
        current: caller.session() == Some(row.id),
        created_at: Ms(row.created_at),
        last_seen_at: Ms(row.last_seen_at),
        expires_at: Ms(row.expires_at),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Ends one of the caller's own sessions.
///
/// # Errors
/// `NotFound` when it is not theirs, `Forbidden` for a token, `Store`.
pub async fn revoke(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    let user = caller.user()?;
    let tx = app.store.workspace(caller.home()).write().await?;
    session::delete(&tx, user, id).await?;
    tx.commit().await?;
    Ok(())
}
