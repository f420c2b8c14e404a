//! Users: members of a workspace who sign in.

use crate::entity::user::{Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::store::Store;
use crate::whole;
use rapport_core::{Ms, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The sign-in door: users of any workspace with this (lower-case) e-mail who have a password, at most eight.
///
/// # Errors
/// What the database said.
pub async fn everywhere_by_email(store: &Store, email: &str) -> Result<Vec<Model>> {
    let with_password = Column::PasswordHash.ne("");
    let query =
        Entity::find().filter(Column::Email.eq(email)).filter(with_password).order_by_asc(Column::CreatedAt).limit(8);
    Ok(query.all(store.readers()).await?)
}

/// One user.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: UserId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: UserId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id.0)).lock_exclusive().one(tx.conn()).await?)
}

/// Users ordered by id (so by the moment they were made), those after `after`, at most `limit`.
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

/// How many users of a role can sign in.
///
/// # Errors
/// What the database said.
pub async fn count_enabled(tx: &WriteTx, role: &str) -> Result<u64> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Role.eq(role))
        .filter(Column::DisabledAt.is_null());
    Ok(query.count(tx.conn()).await?)
}

/// Which of these users can sign in; nobody switches one of them off or removes them before the transaction's end.
///
/// # Errors
/// What the database said.
pub async fn enabled(tx: &WriteTx, ids: &[UserId]) -> Result<Vec<UserId>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .filter(Column::DisabledAt.is_null())
        .order_by_asc(Column::Id)
        .lock_shared();
    Ok(query.all(tx.conn()).await?.into_iter().map(|row| UserId(row.id)).collect())
}

/// Adds a user.
///
/// # Errors
/// `Conflict` when the e-mail is taken in this workspace.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of the user.
///
/// # Errors
/// `NotFound`, or `Conflict` when the e-mail is taken.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "user").await
}

/// Removes a user with their sessions and memberships. What they wrote keeps their name.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: UserId) -> Result<()> {
    use crate::entity::{session, team_member};
    let workspace = tx.workspace().0;
    session::Entity::delete_many()
        .filter(session::Column::WorkspaceId.eq(workspace))
        .filter(session::Column::UserId.eq(id.0))
        .exec(tx.conn())
        .await?;
    team_member::Entity::delete_many()
        .filter(team_member::Column::WorkspaceId.eq(workspace))
        .filter(team_member::Column::UserId.eq(id.0))
        .exec(tx.conn())
        .await?;
    crate::watch::forget_user(tx, id).await?;
    crate::saved_view::forget_user(tx, id).await?;
    crate::routing::drop_user(tx, id).await?;
    crate::quick_reply::forget_user(tx, id.0).await?;
    crate::user_keys::forget_user(tx, id).await?;
    crate::push::forget_user(tx, id).await?;
    crate::macros::forget_user(tx, id).await?;
    let gone = Entity::delete_by_id((workspace, id.0)).exec(tx.conn()).await?;
    if gone.rows_affected == 0 { Err(Error::NotFound("user")) } else { Ok(()) }
}

/// Remembers wrong passwords: how many since the last right one, and until when strangers must wait.
///
/// # Errors
/// What the database said.
pub async fn set_failures(tx: &WriteTx, id: UserId, failed: i32, locked_until: Option<Ms>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::FailedLogins, Expr::value(failed))
        .col_expr(Column::LockedUntil, Expr::value(locked_until.map(|at| at.0)))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}
