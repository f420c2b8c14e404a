//! What was synchronised, line by line: for health figures, for people, and for the weekly mapping report.

use crate::entity::sync_log::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use crate::workspace::same;
use rapport_core::{ConnectionId, Ms};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub use crate::entity::sync_log::Model as SyncLogRow;

/// From us to them.
pub const PUSH: &str = "push";
/// From them to us.
pub const PULL: &str = "pull";
/// It was written.
pub const DONE: &str = "done";
/// It was written except for some fields, which are named.
pub const PARTIAL: &str = "partial";
/// It was not written.
pub const FAILED: &str = "failed";

/// Writes lines.
///
/// # Errors
/// What the database said.
pub async fn append(tx: &WriteTx, rows: Vec<Model>) -> Result<()> {
    for row in &rows {
        same(tx.workspace(), row.workspace_id)?;
    }
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    loop {
        let piece: Vec<_> = rows.by_ref().take(200).collect();
        if piece.is_empty() {
            return Ok(());
        }
        Entity::insert_many(piece).exec_without_returning(tx.conn()).await?;
    }
}

/// Lines of a connection, newest first; `before` is the last id of the page before.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, connection: ConnectionId, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query =
        Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::ConnectionId.eq(connection.0));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// How synchronisation went in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// Lines that tell of success, wholly or but for some fields.
    pub done: i64,
    /// Lines that tell of failure.
    pub failed: i64,
    /// The last success.
    pub last_at: Option<Ms>,
    /// Mean time from change to done, milliseconds.
    pub latency_ms: Option<i64>,
}

/// The figures since a moment.
///
/// # Errors
/// What the database said.
pub async fn health(read: &Read, connection: ConnectionId, since: Ms) -> Result<Health> {
    let text = "SELECT count(CASE WHEN outcome <> 'failed' THEN 1 END), count(CASE WHEN outcome = 'failed' THEN 1 END), \
                max(CASE WHEN outcome <> 'failed' THEN at END), \
                CAST(avg(CASE WHEN outcome <> 'failed' THEN latency_ms END) AS bigint) \
                FROM sync_log WHERE workspace_id = $1 AND connection_id = $2 AND at >= $3";
    let values = [read.workspace().0.into(), connection.0.into(), since.0.into()];
    let Some(row) = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await? else {
        return Ok(Health::default());
    };
    Ok(Health {
        done: row.try_get_by_index(0)?,
        failed: row.try_get_by_index(1)?,
        last_at: row.try_get_by_index::<Option<i64>>(2)?.map(Ms),
        latency_ms: row.try_get_by_index(3)?,
    })
}

/// Deletes lines of all workspaces older than a moment, at most `limit`. Returns how many.
///
/// # Errors
/// What the database said.
pub async fn purge(store: &Store, before: Ms, limit: u64) -> Result<u64> {
    let text = "DELETE FROM sync_log WHERE (workspace_id, id) IN \
                (SELECT workspace_id, id FROM sync_log WHERE at < $1 LIMIT $2)";
    let values = [before.0.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let tx = store.begin().await?;
    let gone = tx.execute_raw(sql::with(store.backend(), text, values)).await?.rows_affected();
    tx.commit().await?;
    Ok(gone)
}
