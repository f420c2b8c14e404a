//! Signing in with e-mail and password, and out.

use super::caller::Caller;
use super::secret::{Device, Secret};
use super::session::{SESSION_MS, from_user};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::{Ms, UserId, WorkspaceId};
use rapport_store::entity::user;
use rapport_store::session;
use std::net::IpAddr;

/// Somebody tries to sign in.
#[derive(Clone)]
pub struct Attempt {
    /// E-mail as it was typed.
    pub email: String,
    /// Password as it was typed.
    pub password: String,
    /// Where the request came from.
    pub address: IpAddr,
    /// The known-browser cookie, if one came along.
    pub device: Option<String>,
    /// The browser's own words.
    pub user_agent: String,
    /// The session cookie that came along; that session ends when this attempt succeeds.
    pub previous: Option<String>,
}

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Somebody is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub caller: Caller,
    /// The new session's secret, for the cookie.
    pub secret: Secret,
    /// The known-browser cookie.
    pub device: String,
}

/// An e-mail as it is stored and compared.
#[must_use]
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Signs somebody in. What is wrong is never said; unknown, disabled and wrong look and take the same.
///
/// # Errors
/// `BadCredentials`, `Limited`, `Overloaded` or `Store`.
pub async fn sign_in(app: &App, attempt: Attempt) -> Result<SignedIn> {
    let email = normal_email(&attempt.email);
    if email.len() > 254 || attempt.password.len() > super::password::MAX_BYTES {
        return Err(Error::BadCredentials);
    }
    let now = app.now();
    let ticket = app.gate.admit(&email, attempt.address, attempt.device.as_deref(), now)?;
    let rows = rapport_store::user::everywhere_by_email(&app.store, &email).await?;
    if ticket.device.is_none() {
        // Another node, or this one before its last start, may have seen more failures.
        let wait = rows.iter().filter_map(|row| row.locked_until).max().unwrap_or(0).saturating_sub(now.0);
        if wait > 0 {
            return Err(Error::Limited { retry_after_ms: wait });
        }
    }
    let Some(row) = matching(app, &rows, &attempt.password).await? else {
        remember_failures(app, &email, &rows, now).await?;
        return Err(Error::BadCredentials);
    };
    let device = ticket.device.unwrap_or_else(|| Device::new(app.ids.as_ref()));
    let (caller, secret) = open(app, row, &attempt, now).await?;
    app.gate.succeeded(ticket);
    Ok(SignedIn { caller, secret, device: app.gate.sign_device(&device, &email) })
}

/// The first account the password fits. At least one hash is computed whatever there is.
async fn matching<'a>(app: &App, rows: &'a [user::Model], password: &str) -> Result<Option<&'a user::Model>> {
    if rows.is_empty() {
        app.gate.passwords.verify(password, None).await?;
    }
    let mut found = None;
    for row in rows {
        let right = app.gate.passwords.verify(password, Some(&row.password_hash)).await?;
        if right && row.disabled_at.is_none() && found.is_none() {
            found = Some(row);
        }
    }
    Ok(found)
}

/// Past the free attempts the count is stored, for other nodes and the next start.
async fn remember_failures(app: &App, email: &str, rows: &[user::Model], now: Ms) -> Result<()> {
    let wait = app.gate.account_wait_ms(email, now);
    if wait == 0 {
        return Ok(());
    }
    for row in rows {
        let tx = app.store.workspace(row.workspace_id.into()).write().await?;
        let failed = row.failed_logins.saturating_add(1);
        rapport_store::user::set_failures(&tx, UserId(row.id), failed, Some(now.plus(wait))).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn open(app: &App, row: &user::Model, attempt: &Attempt, now: Ms) -> Result<(Caller, Secret)> {
    let workspace = WorkspaceId(row.workspace_id);
    let user = UserId(row.id);
    let secret = Secret::new(workspace, app.ids.as_ref());
    let tx = app.store.workspace(workspace).write().await?;
    let id = tx.new_id(now);
    let caller = from_user(row, id)?;
    session::delete_ended(&tx, user, now).await?;
    if let Some(previous) = attempt.previous.as_deref().and_then(Secret::parse)
        && previous.workspace() == workspace
    {
        session::delete_by_hash(&tx, &previous.hash()).await?;
    }
    if row.failed_logins > 0 || row.locked_until.is_some() {
        rapport_store::user::set_failures(&tx, user, 0, None).await?;
    }
    session::insert(&tx, session_row(&secret, id, user, &attempt.user_agent, now)).await?;
    tx.commit().await?;
    Ok((caller, secret))
}

/// A new session of a user.
pub(crate) fn session_row(
    secret: &Secret,
    id: uuid::Uuid,
    user: UserId,
    user_agent: &str,
    now: Ms,
) -> rapport_store::entity::session::Model {
    rapport_store::entity::session::Model {
        workspace_id: secret.workspace().0,
        id,
        token_hash: secret.hash().to_vec(),
        user_id: user.0,
        created_at: now.0,
        last_seen_at: now.0,
        expires_at: now.plus(SESSION_MS).0,
        user_agent: user_agent.chars().take(300).collect(),
    }
}

/// Ends the caller's session. A token has none: nothing happens.
///
/// # Errors
/// `Store`.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<()> {
    let super::Actor::User { user, session } = caller.actor else {
        return Ok(());
    };
    let tx = app.store.workspace(caller.home()).write().await?;
    match session::delete(&tx, user, session).await {
        Ok(()) | Err(rapport_store::Error::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    Ok(())
}
