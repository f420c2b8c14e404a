//! What waits, what is stuck and what was set aside: figures for the doctor and the health page. Each is one query over
//! rows that are few when all is well.

use crate::error::Result;
use crate::raw::{PENDING, QUARANTINED, WAITING};
use crate::scope::Read;
use crate::sql;
use crate::store::Store;
use rapport_core::Ms;
use sea_orm::{ConnectionTrait, Value};

/// Rows counted at most; beyond it the figure means "at least".
pub const CAP: i64 = 10_000;

/// Figures of one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Events that wait for their turn.
    pub pending: i64,
    /// When the oldest of them came.
    pub oldest_pending: Option<Ms>,
    /// Events that wait for the message they are about.
    pub waiting: i64,
    /// Events set aside, each with a reason.
    pub quarantined: i64,
    /// The reason of the last one.
    pub quarantine_reason: Option<String>,
    /// Messages that should have been handed over before the given moment.
    pub overdue: i64,
    /// Messages of which nobody knows whether they were sent.
    pub unknown: i64,
    /// Jobs that used up their tries.
    pub dead: i64,
    /// Why the last of them failed.
    pub dead_reason: Option<String>,
}

/// Reads the figures. `due_before`: messages due before it and still queued count as overdue.
///
/// # Errors
/// What the database said.
pub async fn health(read: &Read, due_before: Ms) -> Result<Health> {
    let raw = |state: i16| format!("SELECT 1 FROM raw_event WHERE workspace_id = $1 AND state = {state}");
    let reason = |table: &str, column: &str, state: &str| {
        format!("SELECT {column} FROM {table} WHERE workspace_id = $1 AND state = {state} ORDER BY id DESC LIMIT 1")
    };
    let sends = "SELECT 1 FROM send_queue WHERE workspace_id = $1 AND state =";
    Ok(Health {
        pending: count(read, &raw(PENDING), &[]).await?,
        oldest_pending: oldest(read).await?,
        waiting: count(read, &raw(WAITING), &[]).await?,
        quarantined: count(read, &raw(QUARANTINED), &[]).await?,
        quarantine_reason: text(read, &reason("raw_event", "error", &QUARANTINED.to_string())).await?,
        overdue: count(read, &format!("{sends} 'queued' AND run_at < $2"), &[due_before.0.into()]).await?,
        unknown: count(read, &format!("{sends} 'unknown'"), &[]).await?,
        dead: count(read, "SELECT 1 FROM job WHERE workspace_id = $1 AND state = 'dead'", &[]).await?,
        dead_reason: text(read, &reason("job", "last_error", "'dead'")).await?,
    })
}

async fn count(read: &Read, rows: &str, more: &[Value]) -> Result<i64> {
    let text = format!("SELECT count(*) FROM ({rows} LIMIT {CAP}) AS rows_found");
    let values = std::iter::once(read.workspace().0.into()).chain(more.iter().cloned());
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get_by_index(0)?))
}

async fn oldest(read: &Read) -> Result<Option<Ms>> {
    let text = format!("SELECT min(received_at) FROM raw_event WHERE workspace_id = $1 AND state = {PENDING}");
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    let at: Option<i64> = row.map_or(Ok(None), |row| row.try_get_by_index(0))?;
    Ok(at.map(Ms))
}

async fn text(read: &Read, query: &str) -> Result<Option<String>> {
    let row = read.conn().query_one_raw(sql::with(read.backend(), query, [read.workspace().0.into()])).await?;
    row.map_or(Ok(None), |row| Ok(row.try_get_by_index(0)?))
}

/// A process that shares the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What operators call it.
    pub name: String,
    /// When it last showed itself, by the clock that leases are measured by.
    pub seen_at: Ms,
    /// Its version.
    pub version: String,
}

/// What the clock that leases are measured by shows: the database's own on PostgreSQL, else `now`.
///
/// # Errors
/// What the database said.
pub async fn clock(store: &Store, now: Ms) -> Result<Ms> {
    sql::lease_clock(store.readers(), store.backend(), now).await
}

/// The processes that showed themselves within a day, and the leases' clock at this moment.
///
/// # Errors
/// What the database said.
pub async fn nodes(store: &Store, now: Ms) -> Result<(Vec<Node>, Ms)> {
    let clock = sql::lease_clock(store.readers(), store.backend(), now).await?;
    let statement = sql::plain(store.backend(), "SELECT name, seen_at, version FROM node ORDER BY seen_at DESC");
    let rows = store.readers().query_all_raw(statement).await?;
    let node = |row: &sea_orm::QueryResult| {
        Ok(Node {
            name: row.try_get_by_index(0)?,
            seen_at: Ms(row.try_get_by_index(1)?),
            version: row.try_get_by_index(2)?,
        })
    };
    Ok((rows.iter().map(node).collect::<Result<_>>()?, clock))
}
