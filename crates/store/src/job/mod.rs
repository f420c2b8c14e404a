//! Work to be done outside a transaction: jobs, and timers, which are jobs with a later time.
//!
//! A job is enqueued in the transaction that makes it necessary, claimed by one node under a lease, and deleted in
//! the transaction that stores its effect (or afterwards, when its effect is outside). It runs at least once.

mod dead;
mod run;

pub use dead::{Dead, dead, discard, replay};
pub(crate) use run::{CLAIMED, again_text, claimed};
pub use run::{Claimed, Fate, SILENT_MS, complete};

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::Result;
use crate::scope::WriteTx;
use crate::sql;
use crate::store::Store;
use rapport_core::{JobId, Ms};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;
use std::collections::HashMap;

pub(crate) const READY: &str = "ready";
pub(crate) const RUNNING: &str = "running";
pub(crate) const DEAD: &str = "dead";

/// Which job goes first when several are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// The usual one.
    #[default]
    Normal,
    /// When there is nothing else to do.
    Low,
}

impl Priority {
    pub(crate) const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    pub(crate) fn code(self) -> i16 {
        match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }
}

/// A job to be enqueued.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Which workers take it.
    pub queue: String,
    /// What is to be done.
    pub kind: String,
    /// With what.
    pub payload: Json,
    /// Which goes first.
    pub priority: Priority,
    /// Not before.
    pub run_at: Ms,
    /// Tries before it is dead.
    pub max_attempts: i32,
    /// At most one ready job of the queue has this key: a second one is folded into the first, which then runs at the
    /// earlier of the two times.
    pub dedupe_key: Option<String>,
    /// At most one job of the queue with this key runs at a time, the oldest first.
    pub order_key: Option<String>,
}

impl NewJob {
    /// A job to run now, with the usual priority and ten tries.
    #[must_use]
    pub fn new(queue: impl Into<String>, kind: impl Into<String>, payload: Json, now: Ms) -> Self {
        Self {
            queue: queue.into(),
            kind: kind.into(),
            payload,
            priority: Priority::default(),
            run_at: now,
            max_attempts: 10,
            dedupe_key: None,
            order_key: None,
        }
    }
}

const COLS: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("id", Kind::Uuid),
    col("queue", Kind::Text),
    col("kind", Kind::Text),
    col("payload", Kind::Json),
    col("priority", Kind::Small),
    col("run_at", Kind::Big),
    col("attempts", Kind::Int),
    col("max_attempts", Kind::Int),
    col("state", Kind::Text),
    opt("dedupe_key", Kind::Text),
    opt("order_key", Kind::Text),
    col("created_at", Kind::Big),
];

/// Enqueues jobs in the caller's transaction.
///
/// # Errors
/// What the database said.
pub async fn enqueue(tx: &WriteTx, jobs: Vec<NewJob>, now: Ms) -> Result<()> {
    let mut rows = Rows::new(COLS);
    for job in fold(jobs) {
        rows.push([
            tx.workspace().0.into(),
            tx.new_id(now).into(),
            job.queue.into(),
            job.kind.into(),
            job.payload.into(),
            job.priority.code().into(),
            job.run_at.0.into(),
            0.into(),
            job.max_attempts.into(),
            READY.into(),
            job.dedupe_key.into(),
            job.order_key.into(),
            now.0.into(),
        ]);
    }
    let tail = "ON CONFLICT (workspace_id, queue, dedupe_key) WHERE state = 'ready' AND dedupe_key IS NOT NULL \
                DO UPDATE SET run_at = CASE WHEN excluded.run_at < job.run_at THEN excluded.run_at ELSE job.run_at END";
    batch::insert(tx.conn(), tx.backend(), "job", tail, rows).await?;
    Ok(())
}

/// Folds jobs of one call with the same key: one statement may not touch a row twice.
fn fold(jobs: Vec<NewJob>) -> Vec<NewJob> {
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    let mut folded: Vec<NewJob> = Vec::with_capacity(jobs.len());
    for job in jobs {
        if let Some(key) = &job.dedupe_key {
            let place = *places.entry((job.queue.clone(), key.clone())).or_insert(folded.len());
            if let Some(known) = folded.get_mut(place) {
                known.run_at = known.run_at.min(job.run_at);
                continue;
            }
        }
        folded.push(job);
    }
    folded
}

/// Takes back jobs that are not running, by their dedupe key, for example a timer that is no longer needed. Returns
/// how many there were.
///
/// # Errors
/// What the database said.
pub async fn cancel(tx: &WriteTx, queue: &str, dedupe_key: &str) -> Result<u64> {
    let text = "DELETE FROM job WHERE workspace_id = $1 AND queue = $2 AND dedupe_key = $3 AND state = 'ready' \
                AND dedupe_key IS NOT NULL";
    let values = [tx.workspace().0.into(), queue.into(), dedupe_key.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// The installation-wide door to jobs: what workers see.
#[derive(Clone)]
pub struct Queue {
    pub(crate) store: Store,
}

impl Store {
    /// Jobs of all workspaces, for workers.
    #[must_use]
    pub fn queue(&self) -> Queue {
        Queue { store: self.clone() }
    }
}

/// How many jobs a queue holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueCount {
    /// The queue.
    pub queue: String,
    /// `ready`, `running` or `dead`.
    pub state: String,
    /// How many.
    pub count: i64,
    /// The earliest time one of them was or is due.
    pub oldest_run_at: Ms,
}

/// Names a job: workspaces are part of every key.
pub(crate) type Key = (rapport_core::WorkspaceId, JobId);
