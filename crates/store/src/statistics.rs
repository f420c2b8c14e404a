//! PostgreSQL's statistics, gathered while a table grows.
//!
//! Every index begins with `workspace_id`, and a planner that knows nothing of a table takes an equality on it for
//! selective: it then reads the whole workspace for each look-up. Autovacuum looks at a table once a minute at best; a
//! first import is over by then. So a table is analysed each time it has doubled, until it is large enough to be left
//! to autovacuum: that is about twenty times in a table's life. (SQLite is told what to assume; see
//! `migration::assumptions`.)

use crate::error::Result;
use crate::sql;
use crate::store::Backend;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often the counts of changed rows are looked at. The server itself brings them up to date once a second.
const INTERVAL: Duration = Duration::from_secs(1);
/// Pause after a failure, which is the database being away most of the time.
const BACK_OFF: Duration = Duration::from_secs(30);

/// Our tables that changed by as many rows as they had when they were last analysed. Small ones do not matter; of
/// large ones a doubling takes so long that autovacuum comes first.
const GROWN: &str = "SELECT format('%I', s.relname) FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c.oid = s.relid \
    WHERE s.schemaname = current_schema() AND c.reltuples < 1000000 \
    AND s.n_mod_since_analyze > greatest(500, c.reltuples) ORDER BY s.relname LIMIT 20";

/// Starts the task; does nothing for SQLite. It ends when `stop` is cancelled or the pool closes.
pub(crate) fn spawn(pool: &DatabaseConnection, backend: Backend, stop: CancellationToken) {
    if backend == Backend::Sqlite {
        return;
    }
    let pool = pool.clone();
    tokio::spawn(async move {
        let mut pause = INTERVAL;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            pause = match gather(&pool).await {
                Ok(_) => INTERVAL,
                Err(error) => {
                    tracing::debug!(%error, "statistics could not be gathered");
                    BACK_OFF
                }
            };
        }
    });
}

/// Analyses the tables that have grown; one that somebody else is working on is left for the next time. Returns how
/// many there were.
pub(crate) async fn gather(pool: &DatabaseConnection) -> Result<usize> {
    let rows = pool.query_all_raw(sql::plain(Backend::Postgres, GROWN)).await?;
    let names = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<Vec<String>>>()?;
    if !names.is_empty() {
        let text = format!("ANALYZE (SKIP_LOCKED) {}", names.join(", "));
        pool.execute_unprepared(&text).await?;
    }
    Ok(names.len())
}
