//! SQLite's log: moved into the file beside the writer, and cut by the writer when it grows too long.
//!
//! A checkpoint inside a commit would make that commit wait tens of milliseconds (`perf-reliability.md` §3.2), so
//! automatic checkpoints are off. A background task copies pages with PASSIVE, which never blocks anybody. Under
//! constant load the log is never completely copied and would grow for ever; past [`RESTART_FRAMES`] the task takes
//! its place in the writer's queue and finishes the copy there. On a disk with little room left that comes sooner: a
//! log that fills the disk could never be copied, because the database needs room to grow for it.

use crate::connect::Handles;
use crate::error::Result;
use crate::sql;
use crate::store::Backend;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use std::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the log is looked at.
const INTERVAL: Duration = Duration::from_millis(250);
/// Pages at which the writer restarts the log (64 MB of 4 KB pages).
const RESTART_FRAMES: i64 = 16_384;
/// Bytes of a page in the log, with its header.
const FRAME: u64 = 4_120;

struct Checkpoint {
    frames: i64,
}

/// Starts the task; does nothing for PostgreSQL. It ends when `stop` is cancelled or the pools close.
pub(crate) fn spawn(handles: &Handles, stop: CancellationToken) {
    let (Some(checkpointer), Some(path)) = (handles.checkpointer.clone(), handles.path.clone()) else { return };
    let writer = handles.writer.clone();
    let wal = path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(INTERVAL);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut seen = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            // Written since the last look? The file keeps its length when the log starts over, but not its time.
            let written = tokio::fs::metadata(&wal).await.and_then(|meta| meta.modified()).ok();
            if written == seen {
                continue;
            }
            match turn(&checkpointer, &writer, longest(&wal)).await {
                Ok(()) => seen = written,
                Err(error) => tracing::warn!(%error, "checkpoint failed"),
            }
        }
    });
}

/// Pages that the log may have: never more than a quarter of what the disk has left.
fn longest(wal: &Path) -> i64 {
    let Ok(space) = rustix::fs::statvfs(wal) else { return RESTART_FRAMES };
    let quarter = space.f_bavail.saturating_mul(space.f_frsize) / 4 / FRAME;
    i64::try_from(quarter).unwrap_or(i64::MAX).min(RESTART_FRAMES)
}

async fn turn(checkpointer: &DatabaseConnection, writer: &DatabaseConnection, longest: i64) -> Result<()> {
    let state = checkpoint(checkpointer, "PASSIVE").await?;
    metrics::gauge!("rapport_sqlite_wal_bytes").set(state.frames as f64 * FRAME as f64);
    if state.frames > longest {
        restart(writer).await?;
    }
    Ok(())
}

/// Lets the log begin anew, in the writer's place. A long read may be in the way: then writing goes on after a moment
/// and the next turn tries again, because nobody's acknowledgement may wait for a report.
async fn restart(writer: &DatabaseConnection) -> Result<()> {
    let mut own = writer.get_sqlite_connection_pool().acquire().await?;
    sea_orm::sqlx::query("PRAGMA busy_timeout = 100").fetch_all(&mut *own).await?;
    let done = sea_orm::sqlx::query("PRAGMA wal_checkpoint(RESTART)").fetch_all(&mut *own).await;
    sea_orm::sqlx::query("PRAGMA busy_timeout = 5000").fetch_all(&mut *own).await?;
    done?;
    Ok(())
}

/// Copies the whole log and empties it; for closing and backups.
pub(crate) async fn truncate(writer: &DatabaseConnection) -> Result<()> {
    checkpoint(writer, "TRUNCATE").await.map(drop)
}

async fn checkpoint(connection: &DatabaseConnection, mode: &str) -> Result<Checkpoint> {
    let statement = sql::plain(Backend::Sqlite, format!("PRAGMA wal_checkpoint({mode})"));
    let row = connection.query_one_raw(statement).await?;
    let frames: i64 = match row {
        Some(row) => i64::from(row.try_get_by_index::<i32>(1)?),
        None => 0,
    };
    Ok(Checkpoint { frames })
}
