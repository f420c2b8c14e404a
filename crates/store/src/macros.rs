//! Macros: named lists of actions.

use crate::entity::macro_row::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::UserId;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::macro_row::Model as MacroRow;

/// Everybody's macros and, when somebody is named, theirs; by id (so by the moment they were made), those after `after`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, of: Option<UserId>, after: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut whose = Condition::any().add(Column::OwnerId.is_null());
    if let Some(user) = of {
        whose = whose.add(Column::OwnerId.eq(user.0));
    }
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(whose);
    if let Some(after) = after {
        query = query.filter(Column::Id.gt(after));
    }
    Ok(query.order_by_asc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// One macro, whoever's it is.
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

/// How many macros there are.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx) -> Result<u64> {
    Ok(Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).count(tx.conn()).await?)
}

/// Adds a macro.
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
    whole::update::<Entity>(tx, row.workspace_id, row, "macro").await
}

/// Removes a macro.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    whole::delete::<Entity>(tx, id, "macro").await
}

/// A user is removed: nobody sees their own macros any more.
pub(crate) async fn forget_user(tx: &WriteTx, user: UserId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::OwnerId.eq(user.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}
