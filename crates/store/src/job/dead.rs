//! Jobs that used up their tries: shown to people, who replay or discard them.

use super::{DEAD, READY};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::{JobId, Ms};
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

/// A dead job.
#[derive(Debug, Clone, PartialEq)]
pub struct Dead {
    /// Its id.
    pub id: JobId,
    /// Its queue.
    pub queue: String,
    /// What was to be done.
    pub kind: String,
    /// With what.
    pub payload: Json,
    /// How often it was tried.
    pub attempts: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Ms,
}

/// The dead jobs of a workspace, newest first; `before` is the last id of the page before.
///
/// # Errors
/// What the database said.
pub async fn dead(read: &Read, before: Option<JobId>, limit: u64) -> Result<Vec<Dead>> {
    let text = "SELECT id, queue, kind, payload, attempts, last_error, created_at FROM job \
                WHERE workspace_id = $1 AND state = 'dead' AND id < $2 ORDER BY id DESC LIMIT $3";
    let before = before.map_or(Uuid::max(), |id| id.0);
    let values = [read.workspace().0.into(), before.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(dead_of).collect()
}

fn dead_of(row: &QueryResult) -> Result<Dead> {
    Ok(Dead {
        id: JobId(row.try_get_by_index(0)?),
        queue: row.try_get_by_index(1)?,
        kind: row.try_get_by_index(2)?,
        payload: row.try_get_by_index(3)?,
        attempts: row.try_get_by_index(4)?,
        last_error: row.try_get_by_index(5)?,
        created_at: Ms(row.try_get_by_index(6)?),
    })
}

/// Gives a dead job all its tries again, from now on.
///
/// # Errors
/// `NotFound` when there is no such dead job.
pub async fn replay(tx: &WriteTx, id: JobId, now: Ms) -> Result<()> {
    let text = format!(
        "UPDATE job SET state = '{READY}', attempts = 0, run_at = $3, dedupe_key = NULL \
         WHERE workspace_id = $1 AND id = $2 AND state = '{DEAD}'"
    );
    let values = [tx.workspace().0.into(), id.0.into(), now.0.into()];
    changed_one(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// Deletes a dead job.
///
/// # Errors
/// `NotFound` when there is no such dead job.
pub async fn discard(tx: &WriteTx, id: JobId) -> Result<()> {
    let text = format!("DELETE FROM job WHERE workspace_id = $1 AND id = $2 AND state = '{DEAD}'");
    let values = [tx.workspace().0.into(), id.0.into()];
    changed_one(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

fn changed_one(rows: u64) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::NotFound("dead letter")) }
}
