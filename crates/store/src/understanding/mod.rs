//! What is understood of messages: hot words, readings, what people say that customers want, and the models that
//! learned from it.

pub mod hot_word;
pub mod label;
pub mod model;
pub mod reading;

use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use sea_orm::ConnectionTrait;

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
