//! What workers do with jobs.

use super::{DEAD, Key, Priority, Queue, QueueCount, READY, RUNNING};
use crate::batch::{self, Col, Kind, Rows, col};
use crate::error::{Error, Result};
use crate::scope::WriteTx;
use crate::sql;
use crate::store::Backend;
use rapport_core::time::SECOND;
use rapport_core::{JobId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::Value as Json;
use std::time::{Duration, Instant};

/// A job that this node runs until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimed {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id.
    pub id: JobId,
    /// Its queue.
    pub queue: String,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: Json,
    /// Which try this is, from 1. It also proves the lease: another try has another number.
    pub attempt: i32,
    /// Tries before it is dead.
    pub max_attempts: i32,
    /// What went wrong last time.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Ms,
}

impl Claimed {
    fn key(&self) -> Key {
        (self.workspace, self.id)
    }
}

/// What became of a job whose try failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It runs again.
    Retry,
    /// It used up its tries; a person decides.
    Dead,
}

/// A node of which nothing is heard for so long is gone, and what it was at goes to others: later than its lanes, which
/// cost nothing when they change hands too often, and later than a node that stops beats for the last time and finishes
/// its jobs. Milliseconds.
pub const SILENT_MS: i64 = 20 * SECOND;

/// A clock that was waited for longer than this tells of a database that paused, not of nodes that are gone.
const HELD_UP: Duration = Duration::from_secs(3);

/// How often a claim is repeated when two nodes reached for the same ordered jobs.
const CLAIM_TRIES: usize = 5;

const LEASED: &[Col] = &[col("workspace_id", Kind::Uuid), col("id", Kind::Uuid), col("attempt", Kind::Int)];

fn leased<'a>(jobs: impl IntoIterator<Item = &'a Claimed>) -> Rows {
    let mut rows = Rows::new(LEASED);
    for job in jobs {
        rows.push([job.workspace.0.into(), job.id.0.into(), job.attempt.into()]);
    }
    rows
}

/// Whose turn a try is: a job that was taken over by another node has another attempt number.
const STILL_OURS: &str = "job.workspace_id = v.column1 AND job.id = v.column2 AND job.attempts = v.column3 \
    AND job.state = 'running'";

/// Deletes a job in the transaction that stores its effect, so that it takes effect exactly once.
///
/// # Errors
/// `Stale` when the lease was lost and another node has it: roll back.
pub async fn complete(tx: &WriteTx, job: &Claimed) -> Result<()> {
    let text = "DELETE FROM job WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND state = 'running'";
    let values = [tx.workspace().0.into(), job.id.0.into(), job.attempt.into()];
    if tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() == 1 {
        return Ok(());
    }
    Err(Error::Stale(format!("job {} is no longer ours", job.id)))
}

/// Claims, and ends of jobs whose effect is outside the database, do not wait for the disk: a try that the database
/// forgets is made again, as one is whose node died (and [`complete`] is what takes effect exactly once).
impl Queue {
    /// Takes at most `limit` due jobs of a queue for `lease_ms`: by priority, then the longest due.
    ///
    /// # Errors
    /// What the database said.
    pub async fn claim(&self, queue: &str, limit: usize, now: Ms, lease_ms: i64) -> Result<Vec<Claimed>> {
        let mut claimed = Vec::new();
        // Looking first costs a read; claiming nothing would cost a turn of the one writer, or row locks.
        for (priority, due) in self.due(queue).await? {
            let left = limit.saturating_sub(claimed.len());
            if due <= now && left > 0 {
                claimed.extend(self.claim_of(queue, priority, left, now, lease_ms).await?);
            }
        }
        Ok(claimed)
    }

    async fn claim_of(
        &self,
        queue: &str,
        priority: Priority,
        limit: usize,
        now: Ms,
        lease_ms: i64,
    ) -> Result<Vec<Claimed>> {
        let backend = self.store.backend();
        for _ in 0..CLAIM_TRIES {
            let clock = sql::lease_clock(self.store.relaxed(), backend, now).await?;
            let values: [Value; 6] = [
                queue.into(),
                priority.code().into(),
                now.0.into(),
                i64::try_from(limit).unwrap_or(i64::MAX).into(),
                clock.plus(lease_ms).0.into(),
                self.store.node_id().into(),
            ];
            let statement = sql::with(backend, claim_text(backend), values);
            match self.store.relaxed().query_all_raw(statement).await.map_err(Error::from) {
                Ok(rows) => return claimed(&rows),
                // Another node took a job with the same order key in this moment; now it is visible.
                Err(Error::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Vec::new())
    }

    /// Deletes finished jobs whose effect is outside the database. Returns how many were still ours.
    ///
    /// # Errors
    /// What the database said; the jobs run again once their lease ends.
    pub async fn complete(&self, jobs: &[Claimed]) -> Result<u64> {
        let backend = self.store.backend();
        let text = match backend {
            Backend::Postgres => format!("DELETE FROM job USING {{rows}} WHERE {STILL_OURS}"),
            Backend::Sqlite => "DELETE FROM job WHERE state = 'running' AND (workspace_id, id, attempts) IN \
                                (SELECT column1, column2, column3 FROM {rows})"
                .to_owned(),
        };
        batch::execute(self.store.relaxed(), backend, &text, &[], leased(jobs)).await
    }

    /// Ends a failed try: the job runs again at `retry_at`, or is dead when its tries are used up or `fatal` is set.
    ///
    /// # Errors
    /// `Stale` when the lease was lost, else what the database said.
    pub async fn fail(&self, job: &Claimed, retry_at: Ms, error: &str, fatal: bool) -> Result<Fate> {
        let fate = if fatal || job.attempt >= job.max_attempts { Fate::Dead } else { Fate::Retry };
        let state = if fate == Fate::Dead { DEAD } else { READY };
        // A newer job with the same key may wait already: this one then goes on without it.
        for keep_key in [KEEP_UNLESS_TAKEN, "NULL"] {
            let text = format!(
                "UPDATE job SET state = $4, run_at = $5, last_error = $6, locked_until = NULL, locked_by = NULL, \
                 dedupe_key = {keep_key} WHERE workspace_id = $1 AND id = $2 AND attempts = $3 AND state = '{RUNNING}'"
            );
            let (workspace, id) = job.key();
            let values: [Value; 6] = [
                workspace.0.into(),
                id.0.into(),
                job.attempt.into(),
                state.into(),
                retry_at.0.into(),
                batch::without_nul(error.to_owned()).into(),
            ];
            let done = self.store.relaxed().execute_raw(sql::with(self.store.backend(), text, values)).await;
            match done.map_err(Error::from) {
                Ok(done) if done.rows_affected() == 1 => return Ok(fate),
                Ok(_) => return Err(Error::Stale(format!("job {id} is no longer ours"))),
                Err(Error::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Conflict("job".to_owned()))
    }

    /// Lengthens the lease of jobs that take long. Returns how many are still ours.
    ///
    /// # Errors
    /// What the database said.
    pub async fn extend(&self, jobs: &[Claimed], now: Ms, lease_ms: i64) -> Result<u64> {
        let clock = sql::lease_clock(self.store.relaxed(), self.store.backend(), now).await?;
        let text = format!("UPDATE job SET locked_until = $1 FROM {{rows}} WHERE {STILL_OURS}");
        let fixed = [Value::from(clock.plus(lease_ms).0)];
        batch::execute(self.store.relaxed(), self.store.backend(), &text, &fixed, leased(jobs)).await
    }

    /// Makes jobs ready again whose node did not finish them in time; those without tries left are dead. Returns how
    /// many.
    ///
    /// # Errors
    /// What the database said.
    pub async fn expire_leases(&self, now: Ms) -> Result<u64> {
        let backend = self.store.backend();
        let tx = self.store.begin().await?;
        let clock = sql::lease_clock(&*tx, backend, now).await?;
        let done = tx.execute_raw(sql::with(backend, again_text("locked_until <= $1"), [clock.0.into()])).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// The same for the jobs of other nodes that have not been heard of for [`SILENT_MS`]. Only to be asked where the
    /// database has answered for as long: after a pause of its own nobody has been heard of. Returns how many; none on
    /// SQLite, where the only process is this one and took what others left when it started.
    ///
    /// # Errors
    /// What the database said.
    pub async fn take_from_silent(&self, now: Ms) -> Result<u64> {
        let backend = self.store.backend();
        if backend == Backend::Sqlite {
            return Ok(0);
        }
        let asked = Instant::now();
        let tx = self.store.begin().await?;
        let clock = sql::lease_clock(&*tx, backend, now).await?;
        if asked.elapsed() > HELD_UP {
            return Ok(0);
        }
        let silent =
            "job.locked_by <> $2 AND EXISTS (SELECT 1 FROM node AS n WHERE n.id = job.locked_by AND n.seen_at <= $1)";
        let values: [Value; 2] = [clock.plus(-SILENT_MS).0.into(), self.store.node_id().into()];
        let done = tx.execute_raw(sql::with(backend, again_text(silent), values)).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    /// When the next ready job of these queues is due; for sleeping until then.
    ///
    /// # Errors
    /// What the database said.
    pub async fn next_due(&self, queue: &str) -> Result<Option<Ms>> {
        Ok(self.due(queue).await?.into_iter().map(|(_, due)| due).min())
    }

    /// When the next ready job of each priority is due. One range of the index a priority: the earliest is found
    /// without passing by millions of timers.
    async fn due(&self, queue: &str) -> Result<Vec<(Priority, Ms)>> {
        let one = |priority: Priority| {
            format!(
                "(SELECT min(run_at) FROM job WHERE queue = $1 AND state = 'ready' AND priority = {})",
                priority.code()
            )
        };
        let text = format!("SELECT {}", Priority::ALL.map(one).join(", "));
        let row = self.store.readers().query_one_raw(sql::with(self.store.backend(), text, [queue.into()])).await?;
        let mut due = Vec::with_capacity(Priority::ALL.len());
        if let Some(row) = row {
            for (index, priority) in Priority::ALL.into_iter().enumerate() {
                let at: Option<i64> = row.try_get_by_index(index)?;
                due.extend(at.map(|at| (priority, Ms(at))));
            }
        }
        Ok(due)
    }

    /// How many jobs there are by queue and state.
    ///
    /// # Errors
    /// What the database said.
    pub async fn counts(&self) -> Result<Vec<QueueCount>> {
        let text = "SELECT queue, state, count(*), min(run_at) FROM job GROUP BY queue, state ORDER BY queue, state";
        let rows = self.store.readers().query_all_raw(sql::plain(self.store.backend(), text)).await?;
        let count = |row: &QueryResult| {
            Ok(QueueCount {
                queue: row.try_get_by_index(0)?,
                state: row.try_get_by_index(1)?,
                count: row.try_get_by_index(2)?,
                oldest_run_at: Ms(row.try_get_by_index(3)?),
            })
        };
        rows.iter().map(count).collect()
    }
}

/// Makes those running jobs ready again whose worker is gone, as a condition says.
pub(crate) fn again_text(gone: &str) -> String {
    format!(
        "UPDATE job SET state = CASE WHEN attempts >= max_attempts THEN '{DEAD}' ELSE '{READY}' END, \
         last_error = 'the lease ended before the work did', locked_until = NULL, locked_by = NULL, \
         dedupe_key = NULL WHERE state = '{RUNNING}' AND ({gone})"
    )
}

const KEEP_UNLESS_TAKEN: &str = "CASE WHEN EXISTS (SELECT 1 FROM job AS other WHERE other.workspace_id = job.workspace_id \
    AND other.queue = job.queue AND other.dedupe_key = job.dedupe_key AND other.state = 'ready' AND other.id <> job.id) \
    THEN NULL ELSE dedupe_key END";

/// Parameters: queue, priority, now, limit, end of the lease, node.
fn claim_text(backend: Backend) -> String {
    let skip = if backend == Backend::Postgres { "FOR UPDATE OF j SKIP LOCKED" } else { "" };
    format!(
        "UPDATE job SET state = '{RUNNING}', attempts = attempts + 1, locked_until = $5, locked_by = $6 \
         WHERE state = '{READY}' AND (workspace_id, id) IN (SELECT j.workspace_id, j.id FROM job AS j \
         WHERE j.queue = $1 AND j.state = '{READY}' AND j.priority = $2 AND j.run_at <= $3 \
         AND (j.order_key IS NULL OR NOT EXISTS (SELECT 1 FROM job AS o WHERE o.workspace_id = j.workspace_id \
         AND o.queue = j.queue AND o.order_key = j.order_key AND o.order_key IS NOT NULL AND o.id <> j.id \
         AND (o.state = '{RUNNING}' OR (o.state = '{READY}' AND o.id < j.id)))) \
         ORDER BY j.run_at, j.id LIMIT $4 {skip}) \
         RETURNING {CLAIMED}"
    )
}

/// What [`claimed`] reads.
pub(crate) const CLAIMED: &str =
    "workspace_id, id, queue, kind, payload, attempts, max_attempts, last_error, created_at";

/// What was claimed, in the order in which it was made: a database returns updated rows in any.
pub(crate) fn claimed(rows: &[QueryResult]) -> Result<Vec<Claimed>> {
    let mut jobs = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    jobs.sort_by_key(|job| job.id);
    Ok(jobs)
}

fn read(row: &QueryResult) -> Result<Claimed> {
    Ok(Claimed {
        workspace: WorkspaceId(row.try_get_by_index(0)?),
        id: JobId(row.try_get_by_index(1)?),
        queue: row.try_get_by_index(2)?,
        kind: row.try_get_by_index(3)?,
        payload: row.try_get_by_index(4)?,
        attempt: row.try_get_by_index(5)?,
        max_attempts: row.try_get_by_index(6)?,
        last_error: row.try_get_by_index(7)?,
        created_at: Ms(row.try_get_by_index(8)?),
    })
}
