//! Rules that are tried on the past.

use crate::entity::rule_backtest::{Column, Entity, Model};
use crate::entity::rule_backtest_example as example;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use crate::workspace::same;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::rule_backtest::Model as BacktestRow;
pub use crate::entity::rule_backtest_example::Model as ExampleRow;

/// Adds a trial.
///
/// # Errors
/// `Conflict` while another one of the workspace is running.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "backtest").await
}

/// One trial.
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

/// Trials, newest first; those made before `before`, of one rule when it is named.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, rule: Option<Uuid>, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(rule) = rule {
        query = query.filter(Column::RuleId.eq(rule));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// Forgets all but the newest `keep` trials that have ended, with their examples.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &WriteTx, keep: u64) -> Result<()> {
    let old: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::State.ne("running"))
        .order_by_desc(Column::Id)
        .offset(keep)
        .limit(100)
        .into_tuple()
        .all(tx.conn())
        .await?;
    if old.is_empty() {
        return Ok(());
    }
    let own = example::Entity::delete_many().filter(example::Column::WorkspaceId.eq(tx.workspace().0));
    own.filter(example::Column::BacktestId.is_in(old.iter().copied())).exec(tx.conn()).await?;
    let own = Entity::delete_many().filter(Column::WorkspaceId.eq(tx.workspace().0));
    own.filter(Column::Id.is_in(old)).exec(tx.conn()).await?;
    Ok(())
}

/// Adds examples.
///
/// # Errors
/// What the database said; `Invalid` for another workspace's row.
pub async fn add_examples(tx: &WriteTx, rows: Vec<example::Model>) -> Result<()> {
    for row in &rows {
        same(tx.workspace(), row.workspace_id)?;
    }
    if !rows.is_empty() {
        let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        example::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The examples of a trial without the first `offset`: of what would have run, or of what would not.
///
/// # Errors
/// What the database said.
pub async fn examples(read: &Read, id: Uuid, ran: bool, offset: u64, limit: u64) -> Result<Vec<example::Model>> {
    let query = example::Entity::find()
        .filter(example::Column::WorkspaceId.eq(read.workspace().0))
        .filter(example::Column::BacktestId.eq(id))
        .filter(example::Column::Ran.eq(ran));
    Ok(query.order_by_asc(example::Column::Place).offset(offset).limit(limit).all(&read.conn()).await?)
}
