//! Devices that want to be told.

use crate::entity::push_subscription::{Column, Entity};
use crate::entity::session;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::{Ms, UserId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

pub use crate::entity::push_subscription::Model as DeviceRow;

/// Most devices that are looked through for one notice.
const MOST: u64 = 10_000;

/// The sign-ins of a workspace, for those that have not ended at `now`.
fn signed_in(workspace: Uuid, now: Option<Ms>) -> sea_orm::sea_query::SelectStatement {
    let mut query = Query::select()
        .column(session::Column::Id)
        .from(session::Entity)
        .and_where(session::Column::WorkspaceId.eq(workspace))
        .to_owned();
    if let Some(now) = now {
        query.and_where(session::Column::ExpiresAt.gt(now.0));
    }
    query
}

/// Devices whose sign-in has not ended.
fn alive(read: &Read, now: Ms) -> Select<Entity> {
    let workspace = read.workspace().0;
    Entity::find()
        .filter(Column::WorkspaceId.eq(workspace))
        .filter(Column::SessionId.in_subquery(signed_in(workspace, Some(now))))
}

/// Whether anybody wants to be told of anything.
///
/// # Errors
/// What the database said.
pub async fn any(read: &Read) -> Result<bool> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    Ok(query.one(&read.conn()).await?.is_some())
}

/// Devices that may be told now: of these users, or everybody's.
///
/// # Errors
/// What the database said.
pub async fn reachable(read: &Read, users: Option<&[Uuid]>, now: Ms) -> Result<Vec<DeviceRow>> {
    let mut query = alive(read, now);
    if let Some(users) = users {
        query = query.filter(Column::UserId.is_in(users.iter().copied()));
    }
    Ok(query.order_by_asc(Column::Id).limit(MOST).all(&read.conn()).await?)
}

/// A user's devices, the newest first.
///
/// # Errors
/// What the database said.
pub async fn of_user(read: &Read, user: UserId, now: Ms) -> Result<Vec<DeviceRow>> {
    Ok(alive(read, now).filter(Column::UserId.eq(user.0)).order_by_desc(Column::Id).all(&read.conn()).await?)
}

/// One device, while its sign-in has not ended.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid, now: Ms) -> Result<Option<DeviceRow>> {
    Ok(alive(read, now).filter(Column::Id.eq(id)).one(&read.conn()).await?)
}

/// The device at an address, whoever's; nobody else changes it before the transaction's end.
///
/// # Errors
/// What the database said.
pub async fn at_for_write(tx: &WriteTx, endpoint_hash: &[u8]) -> Result<Option<DeviceRow>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::EndpointHash.eq(endpoint_hash.to_vec()));
    Ok(query.lock_exclusive().one(tx.conn()).await?)
}

/// A user's devices inside a writing transaction, the oldest first.
///
/// # Errors
/// What the database said.
pub async fn of_user_for_write(tx: &WriteTx, user: UserId) -> Result<Vec<DeviceRow>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::UserId.eq(user.0));
    Ok(query.order_by_asc(Column::Id).lock_exclusive().all(tx.conn()).await?)
}

/// Adds a device.
///
/// # Errors
/// `Conflict` when its address is taken.
pub async fn insert(tx: &WriteTx, row: DeviceRow) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a device.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: DeviceRow) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "device").await
}

/// Removes a device. True when it was there.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<bool> {
    Ok(Entity::delete_by_id((tx.workspace().0, id)).exec(tx.conn()).await?.rows_affected > 0)
}

/// A notice was taken by the push service.
///
/// # Errors
/// What the database said.
pub async fn used(tx: &WriteTx, id: Uuid, at: Ms) -> Result<()> {
    note(tx, id, (Column::UsedAt, at), None).await
}

/// A notice could not be brought.
///
/// # Errors
/// What the database said.
pub async fn failed(tx: &WriteTx, id: Uuid, at: Ms, why: &str) -> Result<()> {
    note(tx, id, (Column::FailedAt, at), Some(why.chars().take(300).collect())).await
}

async fn note(tx: &WriteTx, id: Uuid, (column, at): (Column, Ms), why: Option<String>) -> Result<()> {
    let mut query = Entity::update_many()
        .col_expr(Column::Failure, Expr::value(why.clone()))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id));
    if why.is_none() {
        query = query.col_expr(Column::FailedAt, Expr::value(Option::<i64>::None));
    }
    query.col_expr(column, Expr::value(at.0)).exec(tx.conn()).await?;
    Ok(())
}

/// A sign-in is replaced by another of the same browser: its device goes with it.
///
/// # Errors
/// What the database said.
pub async fn follow(tx: &WriteTx, from: Uuid, to: Uuid) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SessionId, Expr::value(to))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::SessionId.eq(from))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Sign-ins have ended: the devices that came with them are told nothing any more.
pub(crate) async fn forget_signed_out(tx: &WriteTx) -> Result<()> {
    let workspace = tx.workspace().0;
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(workspace))
        .filter(Column::SessionId.not_in_subquery(signed_in(workspace, None)))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A user is removed: nothing of theirs is told any more.
pub(crate) async fn forget_user(tx: &WriteTx, user: UserId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}
