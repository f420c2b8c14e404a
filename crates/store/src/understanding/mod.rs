//! What is understood of messages: hot words, readings, what people say that customers want, and the models that
//! learned from it.

pub mod hot_word;
pub mod label;
pub mod model;
pub mod reading;

use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use sea_orm::ConnectionTrait;

/// Sets our advisory locks apart from others ("Rrea").
const READ_LOCKS: i32 = 0x5272_6561;

/// Changes whenever what messages are read with does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    changes: i64,
    products: i64,
    newest: i64,
}

/// The stamp of the workspace's hot words, model and products. One small statement.
///
/// # Errors
/// What the database said.
pub async fn stamp(read: &Read) -> Result<Stamp> {
    let text = "SELECT COALESCE((SELECT stamp FROM understanding WHERE workspace_id = $1), 0), count(*), \
                COALESCE(max(updated_at), 0) FROM product WHERE workspace_id = $1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    let Some(row) = row else { return Ok(Stamp::default()) };
    Ok(Stamp {
        changes: row.try_get_by_index(0)?,
        products: row.try_get_by_index(1)?,
        newest: row.try_get_by_index(2)?,
    })
}

/// Whether hot words and the model are still those of a stamp; until the end of the transaction they stay so. Products may
/// have changed: what was said is not read again for them.
async fn still(tx: &WriteTx, stamp: Stamp) -> Result<bool> {
    if tx.backend() == Backend::Postgres {
        // Only a row that exists can be held.
        let text =
            "INSERT INTO understanding (workspace_id, stamp) VALUES ($1, 0) ON CONFLICT (workspace_id) DO NOTHING";
        tx.conn().execute_raw(sql::with(tx.backend(), text, [tx.workspace().0.into()])).await?;
    }
    let held = if tx.backend() == Backend::Postgres { " FOR SHARE" } else { "" };
    let text = format!("SELECT stamp FROM understanding WHERE workspace_id = $1{held}");
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, [tx.workspace().0.into()])).await?;
    let changes: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(changes == stamp.changes)
}

/// One reader of a workspace at a time: two nodes that read the same messages follow one another.
async fn lock(tx: &WriteTx) -> Result<()> {
    tx.lock_workspace(READ_LOCKS).await
}

/// Hot words or the model changed: everybody reads them again. Until the end of the transaction nobody else changes
/// them.
///
/// # Errors
/// What the database said.
pub async fn touch(tx: &WriteTx) -> Result<()> {
    let text = "INSERT INTO understanding (workspace_id, stamp) VALUES ($1, 1) \
                ON CONFLICT (workspace_id) DO UPDATE SET stamp = understanding.stamp + 1";
    tx.conn().execute_raw(sql::with(tx.backend(), text, [tx.workspace().0.into()])).await?;
    Ok(())
}
