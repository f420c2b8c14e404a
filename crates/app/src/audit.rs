//! Who changed what, and whether anything was lost.

use crate::account::Page;
use crate::auth::{Actor, Caller, Permission};
use crate::error::Result;
use crate::state::App;
use rapport_core::{ConnectionId, Ms, UserId};
use rapport_store::audit::Counts;
use rapport_store::audit_log::{Filter, Line};
use rapport_store::entity::audit_log::Model;
use rapport_store::{Read, WriteTx, audit_log, connection, rule, token, user};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The values that changed. Never a secret.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Before; none when the thing is new.
    pub before: Option<Value>,
    /// After; none when it is gone.
    pub after: Option<Value>,
}

/// Writes one line in the transaction that makes the change. `action` is `<kind>.<what happened>`.
///
/// # Errors
/// `Store`.
pub async fn record(
    tx: &WriteTx,
    now: Ms,
    caller: &Caller,
    action: &str,
    (kind, id): (&str, Uuid),
    change: Change,
) -> Result<()> {
    let source = match caller.actor {
        Actor::User { .. } => "ui",
        Actor::Token { .. } => "api",
        Actor::Rule { .. } => "rule",
        Actor::System => "cli",
    };
    let line = Line {
        at: now,
        actor_kind: caller.actor_kind().to_owned(),
        actor_id: caller.actor_id(),
        action: action.to_owned(),
        target_kind: kind.to_owned(),
        target_id: id.to_string(),
        before: change.before,
        after: change.after,
        source: source.to_owned(),
    };
    Ok(audit_log::append(tx, vec![line]).await?)
}

/// One line of the audit log.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub struct AuditView {
    /// The line.
    pub id: Uuid,
    /// When, milliseconds UTC.
    #[schema(value_type = i64)]
    pub at: Ms,
    /// `user`, `api`, `rule`, `connection`, `system`.
    pub actor_kind: String,
    /// Who, when they have an id.
    pub actor_id: Option<Uuid>,
    /// What was done: `user.created`.
    pub action: String,
    /// To what kind of thing: `user`.
    pub target_kind: String,
    /// To which.
    pub target_id: String,
    /// The values before.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// The values after.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// Where it came from: `ui`, `api`, `cli`, the name of a connection.
    pub source: String,
}

impl From<Model> for AuditView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: Ms(row.at),
            actor_kind: row.actor_kind,
            actor_id: row.actor_id,
            action: row.action,
            target_kind: row.target_kind,
            target_id: row.target_id,
            before: row.before,
            after: row.after,
            source: row.source,
        }
    }
}

/// Which lines are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditFilter {
    /// Only about this kind of thing.
    pub target_kind: Option<String>,
    /// Only about this thing.
    pub target_id: Option<String>,
    /// Only by this user or token.
    pub actor_id: Option<Uuid>,
}

/// Lines of the audit log, newest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    filter: AuditFilter,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Page<AuditView>> {
    caller.require(Permission::AuditRead)?;
    let filter = Filter { target_kind: filter.target_kind, target_id: filter.target_id, actor_id: filter.actor_id };
    let read = app.store.workspace(caller.workspace).read();
    let rows = audit_log::page(&read, &filter, before, limit + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id).map(AuditView::from))
}

/// What actors are called, given as kind and id; those nobody knows any more are left out.
///
/// # Errors
/// `Store`.
pub(crate) async fn names<'a>(
    read: &Read,
    actors: impl Iterator<Item = (&'a str, Uuid)>,
) -> Result<HashMap<Uuid, String>> {
    let mut names = HashMap::new();
    for (kind, id) in actors.collect::<BTreeSet<_>>() {
        let name = match kind {
            "user" => user::get(read, UserId(id)).await?.map(|row| row.name),
            "connection" => connection::get(read, ConnectionId(id)).await?.map(|row| row.name),
            "rule" => rule::get(read, id).await?.map(|row| row.name),
            "api" => token::get(read, id).await?.map(|row| row.name),
            _ => None,
        };
        names.extend(name.map(|name| (id, name)));
    }
    Ok(names)
}

/// Whether every received event is accounted for.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn counts(app: &App, caller: &Caller) -> Result<Counts> {
    caller.require(Permission::AuditRead)?;
    Ok(rapport_store::audit::counts(&app.store.workspace(caller.workspace)).await?)
}
