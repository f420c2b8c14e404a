//! Calls to providers, counted by the minute where a workspace limits them. Who counts holds the account's send lane
//! meanwhile, so that no two nodes take the last call.

use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use rapport_core::Ms;
use rapport_core::time::MINUTE;
use sea_orm::{ConnectionTrait, QueryResult, Value};

const MADE: &str = "SELECT minute, calls FROM provider_call WHERE workspace_id = $1 AND portfolio_key = $2 \
                    AND minute >= $3 ORDER BY minute";

/// How many calls were made in each minute that began at or after a moment.
///
/// # Errors
/// What the database said.
pub async fn made(read: &Read, portfolio_key: &str, since: Ms) -> Result<Vec<(Ms, u32)>> {
    let values = [read.workspace().0.into(), portfolio_key.into(), since.0.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), MADE, values)).await?;
    rows.iter().map(one).collect()
}

/// [`made`] for who is about to [`count`]: nobody else counts calls of this account until the commit.
///
/// # Errors
/// What the database said.
pub async fn made_held(tx: &WriteTx, portfolio_key: &str, since: Ms) -> Result<Vec<(Ms, u32)>> {
    if tx.backend() == Backend::Postgres {
        // An account whose first channel was just added has no lane yet.
        let seed = "INSERT INTO send_lane (portfolio_key, owner, epoch, lease_until) VALUES ($1, NULL, 0, 0) \
                    ON CONFLICT DO NOTHING";
        tx.conn().execute_raw(sql::with(tx.backend(), seed, [portfolio_key.into()])).await?;
        let lock = "SELECT 1 FROM send_lane WHERE portfolio_key = $1 FOR UPDATE";
        tx.conn().execute_raw(sql::with(tx.backend(), lock, [portfolio_key.into()])).await?;
    }
    let values = [tx.workspace().0.into(), portfolio_key.into(), since.0.into()];
    let rows = tx.conn().query_all_raw(sql::with(tx.backend(), MADE, values)).await?;
    rows.iter().map(one).collect()
}

fn one(row: &QueryResult) -> Result<(Ms, u32)> {
    let calls: i32 = row.try_get_by_index(1)?;
    Ok((Ms(row.try_get_by_index(0)?), u32::try_from(calls).unwrap_or(0)))
}

/// Counts calls that are made now.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx, portfolio_key: &str, calls: u32, now: Ms) -> Result<()> {
    let text = "INSERT INTO provider_call (workspace_id, portfolio_key, minute, calls) VALUES ($1, $2, $3, $4) \
                ON CONFLICT (workspace_id, portfolio_key, minute) \
                DO UPDATE SET calls = provider_call.calls + excluded.calls";
    let minute = now.0.div_euclid(MINUTE) * MINUTE;
    let calls = i32::try_from(calls).unwrap_or(i32::MAX);
    let values: [Value; 4] = [tx.workspace().0.into(), portfolio_key.into(), minute.into(), calls.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Deletes what no limit looks at any more, of the transaction's workspace. Returns how many rows that were.
///
/// # Errors
/// What the database said.
pub async fn purge(tx: &WriteTx, before: Ms) -> Result<u64> {
    let text = "DELETE FROM provider_call WHERE workspace_id = $1 AND minute < $2";
    let values = [tx.workspace().0.into(), before.0.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}
