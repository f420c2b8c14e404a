//! Channels: connected numbers and other ways to reach customers.

use crate::entity::channel::{Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::store::Store;
use crate::whole;
use crate::workspace::same;
use rapport_core::{ChannelId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

pub use crate::entity::channel::Model as ChannelRow;

/// A channel of any workspace, for a webhook that names only the channel.
///
/// # Errors
/// What the database said.
pub async fn find(store: &Store, id: ChannelId) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Id.eq(id.0)).one(store.readers()).await?)
}

/// All channels of all workspaces, for the workers that send.
///
/// # Errors
/// What the database said.
pub async fn all(store: &Store) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).all(store.readers()).await?)
}

/// The workspace's channels, oldest first. A workspace has few; there is no paging.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read) -> Result<Vec<Model>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).order_by_asc(Column::CreatedAt);
    Ok(query.all(&read.conn()).await?)
}

/// One channel.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: ChannelId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else writes the row until it ends, so [`update`] loses nothing.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: ChannelId) -> Result<Option<Model>> {
    let query = Entity::find_by_id((tx.workspace().0, id.0)).lock_exclusive();
    Ok(query.one(tx.conn()).await?)
}

/// The channel of a provider's number, also one that was disconnected.
///
/// # Errors
/// What the database said.
pub async fn by_number(read: &Read, provider: &str, phone_number_id: &str) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Provider.eq(provider))
        .filter(Column::PhoneNumberId.eq(phone_number_id));
    Ok(query.one(&read.conn()).await?)
}

/// The connected channels of a provider's account inside a writing transaction, always in the same order.
///
/// # Errors
/// What the database said.
pub async fn of_account_for_write(tx: &WriteTx, provider: &str, waba_id: &str) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Provider.eq(provider))
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::Status.ne("disconnected"))
        .order_by_asc(Column::Id)
        .lock_exclusive();
    Ok(query.all(tx.conn()).await?)
}

/// Adds a channel.
///
/// # Errors
/// `Conflict` when the number is connected already through the same provider.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a channel.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    let changed = Entity::update_many()
        .set(row.clone().into_active_model().reset_all())
        .filter(Column::WorkspaceId.eq(row.workspace_id))
        .filter(Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    if changed.rows_affected == 0 { Err(Error::NotFound("channel")) } else { Ok(()) }
}

/// Notes when the last webhook came; called at most every few seconds per channel.
///
/// # Errors
/// What the database said.
pub async fn touch(tx: &WriteTx, id: ChannelId, at: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::LastEventAt, Expr::value(at.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Removes a channel; its conversations stay.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn delete(tx: &WriteTx, id: ChannelId) -> Result<()> {
    crate::routing::drop_place(tx, id.0).await?;
    whole::delete::<Entity>(tx, id.0, "channel").await
}

/// The channels of a number inside a writing transaction, one for each provider that it is or was reached through, the
/// oldest first; also disconnected ones.
///
/// # Errors
/// What the database said.
pub async fn by_number_for_write(tx: &WriteTx, kind: &str, phone_number_id: &str) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Kind.eq(kind))
        .filter(Column::PhoneNumberId.eq(phone_number_id))
        .order_by_asc(Column::CreatedAt)
        .lock_exclusive();
    Ok(query.all(tx.conn()).await?)
}

/// How many channels share a sending limit, of all workspaces; disconnected ones do not count.
///
/// # Errors
/// What the database said.
pub async fn in_portfolio(store: &Store, portfolio_key: &str) -> Result<u64> {
    let query = Entity::find().filter(Column::PortfolioKey.eq(portfolio_key)).filter(Column::Status.ne("disconnected"));
    Ok(query.count(store.readers()).await?)
}
