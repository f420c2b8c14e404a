//! API tokens: keys for programs.

use super::Page;
use crate::audit::Change;
use crate::auth::secret::Secret;
use crate::auth::session::scopes;
use crate::auth::{Actor, Caller, Permission, Role};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::Ms;
use rapport_store::entity::api_token::Model;
use rapport_store::{WriteTx, token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A key for programs, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Token)]
pub struct TokenView {
    /// The token.
    pub id: Uuid,
    /// What it is for.
    pub name: String,
    /// The role it acts with.
    pub role: Role,
    /// Permissions it is limited to; empty = all of its role.
    pub scopes: Vec<String>,
    /// When it ends, milliseconds UTC; null = never.
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<Ms>,
    /// Last use, rounded to a minute.
    #[schema(value_type = Option<i64>)]
    pub last_used_at: Option<Ms>,
    /// When it was made.
    #[schema(value_type = i64)]
    pub created_at: Ms,
}

impl From<Model> for TokenView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            role: Role::parse(&row.role).unwrap_or(Role::Viewer),
            scopes: scopes(&row.scopes),
            expires_at: row.expires_at.map(Ms),
            last_used_at: row.last_used_at.map(Ms),
            created_at: Ms(row.created_at),
        }
    }
}

/// A token as it is answered once, when it is made.
#[derive(Clone, Serialize, ToSchema)]
pub struct CreatedToken {
    /// The token.
    #[serde(flatten)]
    pub token: TokenView,
    /// What a program sends as `Authorization: Bearer`. Shown this once.
    pub secret: String,
}

/// A token to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub name: String,
    /// The role it acts with; not above the caller's own.
    pub role: Role,
    /// Permissions it is limited to; left out or empty = all of its role.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// When it ends, milliseconds UTC; left out = never.
    #[schema(value_type = Option<i64>)]
    pub expires_at: Option<Ms>,
}

/// Tokens in the order they were made.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller, after: Option<Uuid>, limit: u64) -> Result<Page<TokenView>> {
    caller.require(Permission::TokenManage)?;
    let rows = token::page(&app.store.workspace(caller.workspace).read(), after, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(TokenView::from))
}

/// Makes a token. It can never do more than the caller can.
///
/// # Errors
/// `Forbidden`, `Invalid`, `Store`.
pub async fn create(app: &App, caller: &Caller, new: NewToken) -> Result<CreatedToken> {
    caller.require(Permission::TokenManage)?;
    caller.require_rank(new.role)?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let made = add(app, &tx, caller, &new, now).await?;
    tx.commit().await?;
    Ok(made)
}

pub(crate) async fn add(app: &App, tx: &WriteTx, caller: &Caller, new: &NewToken, now: Ms) -> Result<CreatedToken> {
    let secret = Secret::new(caller.workspace, app.ids.as_ref());
    let row = Model { id: tx.new_id(now), token_hash: secret.hash().to_vec(), ..row(caller, new, now)? };
    let view = TokenView::from(row.clone());
    token::insert(tx, row).await?;
    let change = Change { before: None, after: Some(serde_json::json!(view)) };
    crate::audit::record(tx, now, caller, "token.created", ("token", view.id), change).await?;
    Ok(CreatedToken { token: view, secret: secret.expose_api() })
}

fn row(caller: &Caller, new: &NewToken, now: Ms) -> Result<Model> {
    let mut limited = Vec::new();
    for scope in &new.scopes {
        let permission = Permission::parse(scope)
            .ok_or_else(|| Error::invalid("scopes", format!("{scope:?} is not a permission")))?;
        if !new.role.permissions().has(permission) {
            return Err(Error::invalid("scopes", format!("a {} does not have {scope}", new.role.code())));
        }
        if !limited.contains(&permission.code()) {
            limited.push(permission.code());
        }
    }
    if limited.is_empty() && matches!(caller.actor, Actor::Token { .. }) {
        // A token with scopes must not make itself a sister without: the sister gets what the maker has.
        limited = caller.permissions.and(new.role.permissions()).codes();
    }
    if let Some(excess) = limited.iter().find(|code| Permission::parse(code).is_none_or(|p| !caller.permissions.has(p)))
    {
        return Err(Error::Forbidden(format!("a token cannot be given {excess} by somebody who does not have it")));
    }
    if new.expires_at.is_some_and(|at| at <= now) {
        return Err(Error::invalid("expires_at", "is in the past"));
    }
    Ok(Model {
        workspace_id: caller.workspace.0,
        id: Uuid::nil(),
        token_hash: Vec::new(),
        name: super::name("name", &new.name)?,
        role: new.role.code().to_owned(),
        scopes: serde_json::json!(limited),
        expires_at: new.expires_at.map(|at| at.0),
        last_used_at: None,
        created_by: caller.actor_id(),
        created_at: now.0,
    })
}

/// Revokes a token; it stops working at once.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn revoke(app: &App, caller: &Caller, id: Uuid) -> Result<()> {
    caller.require(Permission::TokenManage)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = token::get_for_write(&tx, id).await?.ok_or(Error::NotFound("token"))?;
    // Revoking is always safe, so no rank is asked for: an admin may stop an owner's leaked token.
    token::delete(&tx, id).await?;
    let change = Change { before: Some(serde_json::json!(TokenView::from(row))), after: None };
    crate::audit::record(&tx, app.now(), caller, "token.revoked", ("token", id), change).await?;
    tx.commit().await?;
    Ok(())
}
