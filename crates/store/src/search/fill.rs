//! Indexing again what was stored before the index changed: in the background, newest first, and remembered, so that
//! it goes on after a restart.

use super::{UNINDEXED, Unindexed, read_unindexed};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use rapport_core::{MessageId, Ms, WorkspaceId};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Messages of old that are indexed again.
    pub done: i64,
    /// Messages of old that were to be indexed again; 0 = nothing of old is left to do.
    pub total: i64,
    /// When the oldest of the new messages that are not indexed yet was stored.
    pub oldest_new: Option<Ms>,
}

/// How far the index of a workspace is.
///
/// # Errors
/// What the database said.
pub async fn progress(read: &Read) -> Result<Progress> {
    let workspace = read.workspace().0;
    let text = "SELECT done, total FROM search_fill WHERE workspace_id = $1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [workspace.into()])).await?;
    let (done, total) = match row {
        Some(row) => (row.try_get_by_index(0)?, row.try_get_by_index(1)?),
        None => (0, 0),
    };
    // Ids begin with the time, so the first of the few that wait is the oldest.
    let text = "SELECT created_at, workspace_id FROM message WHERE indexed = 0 ORDER BY id LIMIT 1";
    let row = read.conn().query_one_raw(sql::plain(read.backend(), text)).await?;
    let oldest = row.map(|row| Ok::<_, sea_orm::DbErr>((row.try_get_by_index(0)?, row.try_get_by_index::<Uuid>(1)?)));
    let oldest = oldest.transpose()?.filter(|(_, owner)| *owner == workspace);
    Ok(Progress { done, total, oldest_new: oldest.map(|(at, _)| Ms(at)) })
}

/// A workspace whose messages of old are not all indexed again, and up to which message they are still to do.
///
/// # Errors
/// What the database said.
pub async fn backlog(store: &Store) -> Result<Option<(WorkspaceId, MessageId)>> {
    let text = "SELECT workspace_id, before FROM search_fill ORDER BY workspace_id LIMIT 1";
    let row = store.readers().query_one_raw(sql::plain(store.backend(), text)).await?;
    row.map(|row| Ok((WorkspaceId(row.try_get_by_index(0)?), MessageId(row.try_get_by_index(1)?)))).transpose()
}

/// Messages of old that are to be indexed again, newest first, from this one on.
///
/// # Errors
/// What the database said.
pub async fn older(store: &Store, workspace: WorkspaceId, from: MessageId, limit: usize) -> Result<Vec<Unindexed>> {
    let text =
        format!("SELECT {UNINDEXED} FROM message WHERE workspace_id = $1 AND id <= $2 ORDER BY id DESC LIMIT $3");
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    read_unindexed(store, text, [workspace.0.into(), from.0.into(), limit.into()]).await
}

/// Remembers that so many more messages are done; `last` is the oldest of them, `None` = there was none left.
///
/// # Errors
/// What the database said.
pub async fn advance(tx: &WriteTx, last: Option<MessageId>, done: usize) -> Result<()> {
    let workspace = tx.workspace().0;
    let statement = match last.and_then(|last| last.0.as_u128().checked_sub(1)) {
        None => sql::with(tx.backend(), "DELETE FROM search_fill WHERE workspace_id = $1", [workspace.into()]),
        Some(before) => {
            // Another node that did the same messages may have gone on already.
            let text = "UPDATE search_fill SET before = $2, done = done + $3 WHERE workspace_id = $1 AND before > $2";
            let done = i64::try_from(done).unwrap_or(i64::MAX);
            sql::with(tx.backend(), text, [workspace.into(), Uuid::from_u128(before).into(), done.into()])
        }
    };
    tx.conn().execute_raw(statement).await?;
    Ok(())
}
