//! The jobs of one connection: taken together, counted, woken and cleared.

use crate::error::{Error, Result};
use crate::job::{CLAIMED, Claimed, DEAD, READY, RUNNING, claimed};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::{Backend, Store};
use rapport_core::{ConnectionId, ContactId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, Value};

/// The queue all of them wait in.
pub const QUEUE: &str = "crm";
/// The kind that brings a contact to the other side.
const PUSH: &str = "push_contact";
/// What belongs to a connection and is shown as its backlog; reading itself is not.
const OF_CONNECTION: &str = "workspace_id = $1 AND queue = 'crm' AND kind <> 'poll_connection' \
    AND payload ->> 'connection_id' = $2";

fn scope(workspace: WorkspaceId, connection: ConnectionId) -> [Value; 2] {
    [workspace.0.into(), connection.to_string().into()]
}

/// Takes at most `limit` more due pushes of a connection for `lease_ms`, so that one call to the other side carries
/// many. Jobs whose contact another one is at work for are left.
///
/// # Errors
/// What the database said.
pub async fn claim(
    store: &Store,
    workspace: WorkspaceId,
    connection: ConnectionId,
    limit: usize,
    now: Ms,
    lease_ms: i64,
) -> Result<Vec<Claimed>> {
    let (backend, conn) = (store.backend(), store.relaxed());
    let look = format!(
        "SELECT 1 FROM job WHERE {OF_CONNECTION} AND kind = '{PUSH}' AND state = '{READY}' AND run_at <= $3 LIMIT 1"
    );
    let [a, b] = scope(workspace, connection);
    // Looking first costs a read; taking nothing would cost a turn of the one writer.
    if limit == 0 || store.readers().query_one_raw(sql::with(backend, look, [a, b, now.0.into()])).await?.is_none() {
        return Ok(Vec::new());
    }
    let skip = if backend == Backend::Postgres { "FOR UPDATE OF j SKIP LOCKED" } else { "" };
    let text = format!(
        "UPDATE job SET state = '{RUNNING}', attempts = attempts + 1, locked_until = $5, locked_by = $6 \
         WHERE workspace_id = $1 AND state = '{READY}' AND id IN (SELECT j.id FROM job AS j WHERE j.workspace_id = $1 \
         AND j.queue = '{QUEUE}' AND j.kind = '{PUSH}' AND j.state = '{READY}' AND j.run_at <= $3 \
         AND j.payload ->> 'connection_id' = $2 AND NOT EXISTS (SELECT 1 FROM job AS o WHERE o.workspace_id = j.workspace_id \
         AND o.queue = j.queue AND o.order_key = j.order_key AND o.order_key IS NOT NULL AND o.id <> j.id \
         AND (o.state = '{RUNNING}' OR (o.state = '{READY}' AND o.id < j.id))) \
         ORDER BY j.priority, j.run_at, j.id LIMIT $4 {skip}) \
         RETURNING {CLAIMED}"
    );
    let until = sql::lease_clock(conn, backend, now).await?.plus(lease_ms);
    let [a, b] = scope(workspace, connection);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [a, b, now.0.into(), limit.into(), until.0.into(), store.node_id().into()];
    match conn.query_all_raw(sql::with(backend, text, values)).await.map_err(Error::from) {
        Ok(rows) => claimed(&rows),
        // Another node took one of them in this moment: those here wait for the next time.
        Err(Error::Conflict(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// What waits for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Backlog {
    /// Waiting or under way.
    pub waiting: i64,
    /// Given up; a person decides.
    pub dead: i64,
    /// When the oldest of the waiting was asked for.
    pub oldest: Option<Ms>,
}

/// Counts the jobs of a connection.
///
/// # Errors
/// What the database said.
pub async fn backlog(read: &Read, connection: ConnectionId) -> Result<Backlog> {
    let text = format!(
        "SELECT count(CASE WHEN state <> '{DEAD}' THEN 1 END), count(CASE WHEN state = '{DEAD}' THEN 1 END), \
         min(CASE WHEN state <> '{DEAD}' THEN created_at END) FROM job WHERE {OF_CONNECTION}"
    );
    let values = scope(read.workspace(), connection);
    let Some(row) = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await? else {
        return Ok(Backlog::default());
    };
    Ok(Backlog {
        waiting: row.try_get_by_index(0)?,
        dead: row.try_get_by_index(1)?,
        oldest: row.try_get_by_index::<Option<i64>>(2)?.map(Ms),
    })
}

/// Makes everything that waits for a later try due now: the other side is back. Returns how many.
///
/// # Errors
/// What the database said.
pub async fn wake(tx: &WriteTx, connection: ConnectionId, now: Ms) -> Result<u64> {
    let text = format!("UPDATE job SET run_at = $3 WHERE {OF_CONNECTION} AND state = '{READY}' AND run_at > $3");
    let [a, b] = scope(tx.workspace(), connection);
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, [a, b, now.0.into()])).await?.rows_affected())
}

/// Whether anything of a connection waits for a later try.
///
/// # Errors
/// What the database said.
pub async fn asleep(read: &Read, connection: ConnectionId, now: Ms) -> Result<bool> {
    let text = format!("SELECT 1 FROM job WHERE {OF_CONNECTION} AND state = '{READY}' AND run_at > $3 LIMIT 1");
    let [a, b] = scope(read.workspace(), connection);
    Ok(read.conn().query_one_raw(sql::with(read.backend(), text, [a, b, now.0.into()])).await?.is_some())
}

/// Clears given-up pushes of contacts that have been brought over after all.
///
/// # Errors
/// What the database said.
pub async fn forget_dead(tx: &WriteTx, connection: ConnectionId, contacts: &[ContactId]) -> Result<()> {
    for piece in contacts.chunks(200) {
        let places = sql::places(3, piece.len());
        let text = format!(
            "DELETE FROM job WHERE {OF_CONNECTION} AND state = '{DEAD}' AND kind = '{PUSH}' \
             AND payload ->> 'contact_id' IN ({places})"
        );
        let values = scope(tx.workspace(), connection).into_iter().chain(piece.iter().map(|id| id.to_string().into()));
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// Clears a given-up job with this order key: what it was about was brought over after all, or is tried anew.
///
/// # Errors
/// What the database said.
pub async fn forget_given_up(tx: &WriteTx, order_key: &str) -> Result<()> {
    let text = format!(
        "DELETE FROM job WHERE workspace_id = $1 AND queue = '{QUEUE}' AND order_key = $2 AND state = '{DEAD}'"
    );
    let values = [tx.workspace().0.into(), order_key.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Whether a job with this order key waits or runs.
///
/// # Errors
/// What the database said.
pub async fn is_there(read: &Read, order_key: &str) -> Result<bool> {
    let text = format!(
        "SELECT 1 FROM job WHERE workspace_id = $1 AND queue = '{QUEUE}' AND order_key = $2 AND state <> '{DEAD}'"
    );
    let values = [read.workspace().0.into(), order_key.into()];
    Ok(read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?.is_some())
}

/// Whether a newer job waits for its turn behind this one.
///
/// # Errors
/// What the database said.
pub async fn is_followed(read: &Read, job: &Claimed) -> Result<bool> {
    let text = format!(
        "SELECT 1 FROM job AS n JOIN job AS j ON n.workspace_id = j.workspace_id AND n.queue = j.queue \
         AND n.order_key = j.order_key WHERE j.workspace_id = $1 AND j.id = $2 AND n.id > j.id AND n.state = '{READY}'"
    );
    let values = [read.workspace().0.into(), job.id.0.into()];
    Ok(read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?.is_some())
}

/// Removes the jobs of a connection that are not running; running ones find that it is gone.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &WriteTx, connection: ConnectionId) -> Result<()> {
    let text = format!(
        "DELETE FROM job WHERE workspace_id = $1 AND queue = '{QUEUE}' AND payload ->> 'connection_id' = $2 \
         AND state <> '{RUNNING}'"
    );
    tx.conn().execute_raw(sql::with(tx.backend(), text, scope(tx.workspace(), connection))).await?;
    Ok(())
}
