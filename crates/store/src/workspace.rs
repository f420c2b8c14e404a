//! Workspaces: the only rows that are found without knowing a workspace first.

use crate::entity::workspace::{Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::store::Store;
use crate::whole;
use rapport_core::WorkspaceId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Every workspace of the installation, oldest first, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn all(store: &Store, limit: u64) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).limit(limit).all(store.readers()).await?)
}

/// How many workspaces there are.
///
/// # Errors
/// What the database said.
pub async fn count(store: &Store) -> Result<u64> {
    Ok(Entity::find().count(store.readers()).await?)
}

/// The scope's workspace; `None` when it does not exist.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(read.workspace().0).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(tx.workspace().0).lock_exclusive().one(tx.conn()).await?)
}

/// Adds the transaction's workspace.
///
/// # Errors
/// `Invalid` when the row names another workspace, `Conflict` when it exists.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of the workspace except its id and when it was made.
///
/// # Errors
/// `NotFound` when it does not exist.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    let changed = Entity::update_many()
        .col_expr(Column::Name, Expr::value(row.name))
        .col_expr(Column::DefaultCountry, Expr::value(row.default_country))
        .col_expr(Column::Timezone, Expr::value(row.timezone))
        .col_expr(Column::Locale, Expr::value(row.locale))
        .col_expr(Column::Settings, Expr::value(row.settings))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 0 { Err(Error::NotFound("workspace")) } else { Ok(()) }
}

/// A row must belong to the workspace of the transaction that writes it.
pub(crate) fn same(workspace: WorkspaceId, row: uuid::Uuid) -> Result<()> {
    if workspace.0 == row { Ok(()) } else { Err(Error::Invalid("a row of another workspace".to_owned())) }
}
