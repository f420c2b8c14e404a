//! How synchronisation went, counted from its log: for the health desk and the weekly mapping report.

use crate::error::Result;
use crate::query::Draft;
use crate::scope::Read;
use crate::sql;
use crate::store::Backend;
use rapport_core::{ConnectionId, Ms};
use sea_orm::ConnectionTrait;

/// How a span of time went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Changes that got through wholly.
    pub done: i64,
    /// Changes that got through except for some fields.
    pub partial: i64,
    /// Changes that did not get through.
    pub failed: i64,
    /// Half of the changes took no longer, from change to written. Milliseconds.
    pub p50_ms: Option<i64>,
    /// 99 of 100 took no longer. Milliseconds.
    pub p99_ms: Option<i64>,
}

fn draft(read: &Read, connection: ConnectionId, since: Ms) -> (Draft, &'static str) {
    let mut draft = Draft::default();
    draft.arg(read.workspace().0);
    draft.arg(connection.0);
    draft.arg(since.0);
    (draft, "l.workspace_id = $1 AND l.connection_id = $2 AND l.at >= $3")
}

/// The span since a moment.
///
/// # Errors
/// What the database said.
pub async fn span(read: &Read, connection: ConnectionId, since: Ms) -> Result<Span> {
    let (given, scope) = draft(read, connection, since);
    let text = format!(
        "SELECT count(CASE WHEN l.outcome = 'done' THEN 1 END), count(CASE WHEN l.outcome = 'partial' THEN 1 END), \
         count(CASE WHEN l.outcome = 'failed' THEN 1 END), \
         count(CASE WHEN l.outcome <> 'failed' THEN l.latency_ms END) FROM sync_log AS l WHERE {scope}"
    );
    let Some(row) = read.conn().query_one_raw(sql::with(read.backend(), text, given.values)).await? else {
        return Ok(Span::default());
    };
    let timed: i64 = row.try_get_by_index(3)?;
    Ok(Span {
        done: row.try_get_by_index(0)?,
        partial: row.try_get_by_index(1)?,
        failed: row.try_get_by_index(2)?,
        p50_ms: ranked(read, connection, since, timed, 50).await?,
        p99_ms: ranked(read, connection, since, timed, 99).await?,
    })
}

/// The time that `percent` of the `timed` changes did not exceed.
async fn ranked(read: &Read, connection: ConnectionId, since: Ms, timed: i64, percent: i64) -> Result<Option<i64>> {
    let (mut given, scope) = draft(read, connection, since);
    let rank = given.arg((timed * percent + 99) / 100 - 1);
    if timed == 0 {
        return Ok(None);
    }
    let text = format!(
        "SELECT l.latency_ms FROM sync_log AS l WHERE {scope} AND l.outcome <> 'failed' AND l.latency_ms IS NOT NULL \
         ORDER BY l.latency_ms LIMIT 1 OFFSET {rank}"
    );
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, given.values)).await?;
    row.map(|row| Ok(row.try_get_by_index(0)?)).transpose()
}

/// A kind of failure, as the log names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failures {
    /// Its name; empty where the log does not tell.
    pub class: String,
    /// How many.
    pub count: i64,
    /// The last of them.
    pub last_at: Ms,
}

/// Failures since a moment by kind, the most frequent first. Lines that got through except for some fields are of the
/// kind `field`.
///
/// # Errors
/// What the database said.
pub async fn failures(read: &Read, connection: ConnectionId, since: Ms) -> Result<Vec<Failures>> {
    let (given, scope) = draft(read, connection, since);
    let text = format!(
        "SELECT CASE WHEN l.outcome = 'partial' THEN 'field' ELSE COALESCE(l.fields ->> 'class', '') END AS class, \
         count(*) AS times, max(l.at) AS last_at FROM sync_log AS l WHERE {scope} AND l.outcome <> 'done' \
         GROUP BY class ORDER BY times DESC, class"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, given.values)).await?;
    let failures = |row: &sea_orm::QueryResult| {
        Ok(Failures {
            class: row.try_get_by_index(0)?,
            count: row.try_get_by_index(1)?,
            last_at: Ms(row.try_get_by_index(2)?),
        })
    };
    rows.iter().map(failures).collect()
}

/// What the last failure since a moment says.
///
/// # Errors
/// What the database said.
pub async fn last_error(read: &Read, connection: ConnectionId, since: Ms, class: &str) -> Result<Option<String>> {
    let (mut given, scope) = draft(read, connection, since);
    let class = given.arg(class);
    let text = format!(
        "SELECT l.error FROM sync_log AS l WHERE {scope} AND l.error IS NOT NULL AND l.outcome <> 'done' AND \
         CASE WHEN l.outcome = 'partial' THEN 'field' ELSE COALESCE(l.fields ->> 'class', '') END = {class} \
         ORDER BY l.at DESC LIMIT 1"
    );
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, given.values)).await?;
    row.map(|row| Ok(row.try_get_by_index(0)?)).transpose()
}

/// How often a field was written, or refused, in one direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldUse {
    /// `push` or `pull`.
    pub direction: String,
    /// The field by the name of the side that was written to.
    pub field: String,
    /// How often.
    pub count: i64,
}

/// How often fields were written since a moment.
///
/// # Errors
/// What the database said.
pub async fn written(read: &Read, connection: ConnectionId, since: Ms) -> Result<Vec<FieldUse>> {
    let each = match read.backend() {
        Backend::Sqlite => "json_each(l.fields, '$.written') AS w",
        Backend::Postgres => {
            "LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(l.fields -> 'written') = 'array' \
             THEN l.fields -> 'written' ELSE '[]'::jsonb END) AS w(value)"
        }
    };
    uses(read, connection, since, each, "w.value").await
}

/// How often fields were refused since a moment.
///
/// # Errors
/// What the database said.
pub async fn refused(read: &Read, connection: ConnectionId, since: Ms) -> Result<Vec<FieldUse>> {
    let each = match read.backend() {
        Backend::Sqlite => "json_each(l.fields, '$.refused') AS w",
        Backend::Postgres => {
            "LATERAL jsonb_object_keys(CASE WHEN jsonb_typeof(l.fields -> 'refused') = 'object' \
             THEN l.fields -> 'refused' ELSE '{}'::jsonb END) AS w(key)"
        }
    };
    uses(read, connection, since, each, "w.key").await
}

async fn uses(read: &Read, connection: ConnectionId, since: Ms, each: &str, name: &str) -> Result<Vec<FieldUse>> {
    let (given, scope) = draft(read, connection, since);
    let text = format!(
        "SELECT l.direction, {name}, count(*) FROM sync_log AS l CROSS JOIN {each} WHERE {scope} \
         GROUP BY l.direction, {name} ORDER BY l.direction, {name}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, given.values)).await?;
    let one = |row: &sea_orm::QueryResult| {
        Ok(FieldUse {
            direction: row.try_get_by_index(0)?,
            field: row.try_get_by_index(1)?,
            count: row.try_get_by_index(2)?,
        })
    };
    rows.iter().map(one).collect()
}
