//! Rules: what they say, what they said before, their runs, and what they are tried on.

pub mod backtest;
pub mod history;
pub mod outcome;
mod run;

pub use run::{
    Past, RunFilter, Spoken, active, begun, drop_skips, insert_runs, names, newest, of_event, own, past, purge, run,
    run_for_write, runs, spoken, update_run, waiting,
};

use crate::entity::rule::{Column, Entity, Model};
use crate::entity::rule_version;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::whole;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::rule::Model as RuleRow;
pub use crate::entity::rule_run::Model as RunRow;
pub use crate::entity::rule_version::Model as VersionRow;

/// Rules in the order they were made, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, after: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(query.order_by_asc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// The rules that are switched on.
///
/// # Errors
/// What the database said.
pub async fn enabled(read: &Read) -> Result<Vec<Model>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::Enabled.eq(true));
    Ok(query.order_by_asc(Column::Id).all(&read.conn()).await?)
}

/// Changes whenever any rule of the workspace does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    count: i64,
    revisions: i64,
    newest: Option<Uuid>,
}

/// The stamp of the workspace's rules. One small statement.
///
/// # Errors
/// What the database said.
pub async fn stamp(read: &Read) -> Result<Stamp> {
    let text = "SELECT count(*), COALESCE(CAST(sum(revision) AS bigint), 0), \
                (SELECT id FROM rule WHERE workspace_id = $1 ORDER BY id DESC LIMIT 1) FROM rule WHERE workspace_id = $1";
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
    let Some(row) = row else { return Ok(Stamp::default()) };
    Ok(Stamp { count: row.try_get_by_index(0)?, revisions: row.try_get_by_index(1)?, newest: row.try_get_by_index(2)? })
}

/// One rule.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// How many rules there are.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx) -> Result<u64> {
    Ok(Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).count(tx.conn()).await?)
}

/// Adds a rule.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "rule").await
}

/// Removes a rule with its versions; its runs stay.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    rule_version::Entity::delete_many()
        .filter(rule_version::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(rule_version::Column::RuleId.eq(id))
        .exec(tx.conn())
        .await?;
    whole::delete::<Entity>(tx, id, "rule").await
}

/// Keeps what a rule says from now on.
///
/// # Errors
/// `Conflict` when there is that version.
pub async fn keep_version(tx: &WriteTx, row: rule_version::Model) -> Result<()> {
    whole::insert::<rule_version::Entity>(tx, row.workspace_id, row).await
}

/// What a rule said, newest first; those before the version `before`.
///
/// # Errors
/// What the database said.
pub async fn versions(read: &Read, rule: Uuid, before: Option<i32>, limit: u64) -> Result<Vec<rule_version::Model>> {
    let mut query = rule_version::Entity::find()
        .filter(rule_version::Column::WorkspaceId.eq(read.workspace().0))
        .filter(rule_version::Column::RuleId.eq(rule));
    if let Some(before) = before {
        query = query.filter(rule_version::Column::Version.lt(before));
    }
    Ok(query.order_by_desc(rule_version::Column::Version).limit(limit).all(&read.conn()).await?)
}

/// One version of a rule.
///
/// # Errors
/// What the database said.
pub async fn version(read: &Read, rule: Uuid, version: i32) -> Result<Option<rule_version::Model>> {
    Ok(rule_version::Entity::find_by_id((read.workspace().0, rule, version)).one(&read.conn()).await?)
}
