//! The models that learned from what people said: the newest versions, one of them in force.

use super::touch;
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::Ms;
use sea_orm::{ConnectionTrait, QueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

/// A version without its bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Its number.
    pub version: i32,
    /// Whether messages are read with it.
    pub in_force: bool,
    /// What it learned from and how it did.
    pub report: Json,
    /// When it was made.
    pub made_at: Ms,
    /// Who asked for it.
    pub made_by: Option<Uuid>,
}

/// The versions, newest first.
///
/// # Errors
/// What the database said.
pub async fn all(read: &Read) -> Result<Vec<Version>> {
    let text = "SELECT version, in_force, report, made_at, made_by FROM intent_model WHERE workspace_id = $1 \
                ORDER BY version DESC";
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    let version = |row: &QueryResult| {
        Ok(Version {
            version: row.try_get_by_index(0)?,
            in_force: row.try_get_by_index::<i16>(1)? != 0,
            report: row.try_get_by_index(2)?,
            made_at: Ms(row.try_get_by_index(3)?),
            made_by: row.try_get_by_index(4)?,
        })
    };
    rows.iter().map(version).collect()
}

/// The version in force with its bytes; `None` = the seed phrases alone.
///
/// # Errors
/// What the database said.
pub async fn in_force(read: &Read) -> Result<Option<(i32, Vec<u8>)>> {
    let text = "SELECT version, bytes FROM intent_model WHERE workspace_id = $1 AND in_force = 1 \
                ORDER BY version DESC LIMIT 1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    row.map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).transpose()
}

/// Keeps a new version, behind all others, not in force; gives its number. Versions beyond the newest `most` go, but
/// never the one in force.
///
/// # Errors
/// What the database said.
pub async fn add(
    tx: &WriteTx,
    (bytes, report): (Vec<u8>, Json),
    (at, by): (Ms, Option<Uuid>),
    most: i32,
) -> Result<i32> {
    // Also holds the table: of two who add at once, the second sees the first's.
    touch(tx).await?;
    let workspace = tx.workspace().0;
    let text = "SELECT COALESCE(max(version), 0) FROM intent_model WHERE workspace_id = $1";
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, [workspace.into()])).await?;
    let version = row.map_or(Ok(0), |row| row.try_get_by_index::<i32>(0))? + 1;
    let text = "INSERT INTO intent_model (workspace_id, version, in_force, bytes, report, made_at, made_by) \
                VALUES ($1, $2, 0, $3, $4, $5, $6)";
    let values = [workspace.into(), version.into(), bytes.into(), report.into(), at.0.into(), by.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    let text = "DELETE FROM intent_model WHERE workspace_id = $1 AND version <= $2 AND in_force = 0";
    tx.conn().execute_raw(sql::with(tx.backend(), text, [workspace.into(), (version - most).into()])).await?;
    Ok(version)
}

/// Puts a version in force; 0 = the seed phrases alone.
///
/// # Errors
/// `NotFound` when there is no such version.
pub async fn put_in_force(tx: &WriteTx, version: i32) -> Result<()> {
    touch(tx).await?;
    let workspace = tx.workspace().0;
    let text = "UPDATE intent_model SET in_force = CASE WHEN version = $2 THEN 1 ELSE 0 END WHERE workspace_id = $1";
    tx.conn().execute_raw(sql::with(tx.backend(), text, [workspace.into(), version.into()])).await?;
    let text = "SELECT count(*) FROM intent_model WHERE workspace_id = $1 AND in_force = 1";
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, [workspace.into()])).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    if version != 0 && count == 0 { Err(Error::NotFound("model")) } else { Ok(()) }
}
