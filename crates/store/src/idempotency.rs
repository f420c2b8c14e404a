//! Answers kept for repeated requests: a caller that sends the same key again gets the first answer again.

use crate::entity::idempotency::{Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Scope, WriteTx};
use crate::sql;
use crate::store::Store;
use rapport_core::Ms;
use rapport_core::time::{DAY, MINUTE};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};

/// How long an answer is kept.
pub const KEPT_MS: i64 = DAY;
/// After this long without an answer the first request is taken for dead, and the next one runs.
const ABANDONED_MS: i64 = 2 * MINUTE;

/// What is known about a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// Nobody used it: do the work, then call [`complete`] or [`forget`].
    Fresh,
    /// The first request is still running.
    Running,
    /// The key was used for another request.
    Mismatch,
    /// The answer of the first request.
    Replay {
        /// HTTP status.
        status: u16,
        /// The answer's bytes.
        body: Vec<u8>,
    },
}

/// Reserves a key for a request; `scope_name` is method and path, `hash` the request's SHA-256.
///
/// # Errors
/// What the database said.
pub async fn begin(scope: &Scope, key: &str, scope_name: &str, hash: &[u8; 32], now: Ms) -> Result<Begin> {
    let tx = scope.write().await?;
    let found = reserve(&tx, key, scope_name, hash, now).await?;
    tx.commit().await?;
    Ok(found)
}

async fn reserve(tx: &WriteTx, key: &str, scope_name: &str, hash: &[u8; 32], now: Ms) -> Result<Begin> {
    let text = "INSERT INTO idempotency (workspace_id, key, scope, request_hash, status, body, created_at) \
                VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT (workspace_id, key, scope) DO UPDATE SET \
                request_hash = excluded.request_hash, status = 0, body = excluded.body, created_at = excluded.created_at \
                WHERE idempotency.created_at < $7 OR (idempotency.status = 0 AND idempotency.created_at < $8)";
    let values: [Value; 8] = [
        tx.workspace().0.into(),
        key.into(),
        scope_name.into(),
        hash.to_vec().into(),
        Vec::<u8>::new().into(),
        now.0.into(),
        now.plus(-KEPT_MS).0.into(),
        now.plus(-ABANDONED_MS).0.into(),
    ];
    if tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() == 1 {
        return Ok(Begin::Fresh);
    }
    let row = find(tx, key, scope_name).await?.ok_or(Error::NotFound("idempotency key"))?;
    Ok(if row.request_hash != hash {
        Begin::Mismatch
    } else if row.status == 0 {
        Begin::Running
    } else {
        Begin::Replay { status: u16::try_from(row.status).unwrap_or(500), body: row.body }
    })
}

async fn find(tx: &WriteTx, key: &str, scope_name: &str) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Key.eq(key))
        .filter(Column::Scope.eq(scope_name));
    Ok(query.one(tx.conn()).await?)
}

/// Keeps the answer; best in the transaction that did the work.
///
/// # Errors
/// What the database said.
pub async fn complete(tx: &WriteTx, key: &str, scope_name: &str, status: u16, body: &[u8]) -> Result<()> {
    let text = "UPDATE idempotency SET status = $4, body = $5 WHERE workspace_id = $1 AND key = $2 AND scope = $3";
    let values: [Value; 5] = [
        tx.workspace().0.into(),
        key.into(),
        scope_name.into(),
        i16::try_from(status).unwrap_or(500).into(),
        body.to_vec().into(),
    ];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Gives the key back after a request that did nothing (refused, failed), so that it can be sent again.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &WriteTx, key: &str, scope_name: &str) -> Result<()> {
    let text = "DELETE FROM idempotency WHERE workspace_id = $1 AND key = $2 AND scope = $3 AND status = 0";
    let values: [Value; 3] = [tx.workspace().0.into(), key.into(), scope_name.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Deletes answers of all workspaces that are older than a day. Returns how many.
///
/// # Errors
/// What the database said.
pub async fn purge(store: &Store, now: Ms) -> Result<u64> {
    let statement =
        sql::with(store.backend(), "DELETE FROM idempotency WHERE created_at < $1", [now.plus(-KEPT_MS).0.into()]);
    Ok(store.writer().execute_raw(statement).await?.rows_affected())
}
