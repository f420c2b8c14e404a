//! Rules for good: whose value of a field stays whenever both sides change it.

use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::crm::CONTACT;
use crate::crm::open::told;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::sync::Prefer;
use rapport_core::{ConnectionId, Ms};
use rapport_store::{WriteTx, mapping};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Whose value of a field stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preference {
    /// The connection.
    pub connection_id: Uuid,
    /// Our field.
    pub field: String,
    /// `newest`, `ours` or `theirs`.
    pub prefer: String,
}

/// Notes whose value of a field stays from now on; `newest` takes a rule away. What waits already goes on waiting.
///
/// # Errors
/// `Forbidden`, `NotFound` when the field is not mapped, `Invalid`, `Store`.
pub async fn prefer(app: &App, caller: &Caller, given: Preference) -> Result<()> {
    caller.require(Permission::ConnectionManage)?;
    let chosen = Prefer::parse(&given.prefer);
    let chosen = chosen.ok_or_else(|| Error::invalid("prefer", "must be newest, ours or theirs"))?;
    let now = app.now();
    let tx = app.store.workspace(caller.workspace).write().await?;
    let connection = ConnectionId(given.connection_id);
    note(&tx, caller, connection, &given.field, chosen, now).await?;
    told(&tx, connection, now).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

/// Notes it in a transaction; answers with what was noted before.
pub(super) async fn note(
    tx: &WriteTx,
    caller: &Caller,
    connection: ConnectionId,
    field: &str,
    chosen: Prefer,
    now: Ms,
) -> Result<String> {
    let before = mapping::set_prefer(tx, connection, CONTACT, field, chosen.code()).await?;
    let before = before.ok_or(Error::NotFound("mapping"))?;
    if before != chosen.code() {
        let told = |prefer: &str| Some(json!({ "field": field, "prefer": prefer }));
        let change = Change { before: told(&before), after: told(chosen.code()) };
        record(tx, now, caller, "connection.preferred", ("connection", connection.0), change).await?;
    }
    Ok(before)
}
