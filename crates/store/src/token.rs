//! API tokens: keys for programs.

use crate::entity::api_token::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::Ms;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The token whose secret has this SHA-256.
///
/// # Errors
/// What the database said.
pub async fn by_hash(read: &Read, hash: &[u8; 32]) -> Result<Option<Model>> {
    let query =
        Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::TokenHash.eq(hash.to_vec()));
    Ok(query.one(&read.conn()).await?)
}

/// One token.
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

/// Tokens ordered by id (so by the moment they were made), those after `after`, at most `limit`.
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

/// Adds a token.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Notes that a token was used.
///
/// # Errors
/// What the database said.
pub async fn touch(tx: &WriteTx, id: Uuid, used: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(used.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Removes a token; it stops working at once.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    whole::delete::<Entity>(tx, id, "token").await
}
