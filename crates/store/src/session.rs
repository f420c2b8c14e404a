//! Signed-in browsers.

use crate::entity::session::{Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::{Ms, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The session whose token has this SHA-256.
///
/// # Errors
/// What the database said.
pub async fn by_hash(read: &Read, hash: &[u8; 32]) -> Result<Option<Model>> {
    let query =
        Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::TokenHash.eq(hash.to_vec()));
    Ok(query.one(&read.conn()).await?)
}

/// A user's sessions that have not ended, last used first, at most 200.
///
/// # Errors
/// What the database said.
pub async fn of_user(read: &Read, user: UserId, now: Ms) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::ExpiresAt.gt(now.0));
    Ok(query.order_by_desc(Column::LastSeenAt).order_by_desc(Column::Id).limit(200).all(&read.conn()).await?)
}

/// One session.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).one(tx.conn()).await?)
}

/// Adds a session.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Notes that a session was used and moves its end.
///
/// # Errors
/// What the database said.
pub async fn touch(tx: &WriteTx, id: Uuid, seen: Ms, expires: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastSeenAt, Expr::value(seen.0))
        .col_expr(Column::ExpiresAt, Expr::value(expires.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Ends one session of a user.
///
/// # Errors
/// `NotFound` when it is not theirs or has ended.
pub async fn delete(tx: &WriteTx, user: UserId, id: Uuid) -> Result<()> {
    let gone = Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id))
        .filter(Column::UserId.eq(user.0))
        .exec(tx.conn())
        .await?;
    if gone.rows_affected == 0 {
        return Err(Error::NotFound("session"));
    }
    crate::push::forget_signed_out(tx).await
}

/// Ends the session whose token has this SHA-256, if there is one.
///
/// # Errors
/// What the database said.
pub async fn delete_by_hash(tx: &WriteTx, hash: &[u8; 32]) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::TokenHash.eq(hash.to_vec()))
        .exec(tx.conn())
        .await?;
    crate::push::forget_signed_out(tx).await
}

/// Ends every session of a user except `keep`; tells how many ended.
///
/// # Errors
/// What the database said.
pub async fn delete_of_user(tx: &WriteTx, user: UserId, keep: Option<Uuid>) -> Result<u64> {
    let mut query =
        Entity::delete_many().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::UserId.eq(user.0));
    if let Some(keep) = keep {
        query = query.filter(Column::Id.ne(keep));
    }
    let ended = query.exec(tx.conn()).await?.rows_affected;
    crate::push::forget_signed_out(tx).await?;
    Ok(ended)
}

/// Removes sessions of a user that ended before `now`.
///
/// # Errors
/// What the database said.
pub async fn delete_ended(tx: &WriteTx, user: UserId, now: Ms) -> Result<u64> {
    let query = Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::ExpiresAt.lte(now.0));
    let ended = query.exec(tx.conn()).await?.rows_affected;
    crate::push::forget_signed_out(tx).await?;
    Ok(ended)
}
