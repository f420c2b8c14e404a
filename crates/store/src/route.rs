//! Standby routes of channels.
//!
//! A route is changed by the node that owns the primary's send lane, and by people. Both write the row under its lock
//! and only on top of the revision they decided on.

use crate::entity::channel;
use crate::entity::channel_route::{Column, Entity};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::store::Store;
use crate::workspace::same;
use rapport_core::ChannelId;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

pub use crate::entity::channel_route::Model as RouteRow;

/// The route of a channel, when it ever had one.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, channel: ChannelId) -> Result<Option<RouteRow>> {
    Ok(Entity::find_by_id((read.workspace().0, channel.0)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else writes the row until it ends.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, channel: ChannelId) -> Result<Option<RouteRow>> {
    let query = Entity::find_by_id((tx.workspace().0, channel.0)).lock_exclusive();
    Ok(query.one(tx.conn()).await?)
}

/// The workspace's routes, of those channels that have a standby.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read) -> Result<Vec<RouteRow>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::StandbyId.is_not_null())
        .order_by_asc(Column::ChannelId);
    Ok(query.all(&read.conn()).await?)
}

/// The routes of the channels of a send lane, whichever workspace they are of, for the lane's owner.
///
/// # Errors
/// What the database said.
pub async fn of_portfolio(store: &Store, portfolio_key: &str) -> Result<Vec<RouteRow>> {
    let channels = Query::select()
        .column(channel::Column::Id)
        .from(channel::Entity)
        .and_where(channel::Column::PortfolioKey.eq(portfolio_key))
        .to_owned();
    let query = Entity::find()
        .filter(Column::StandbyId.is_not_null())
        .filter(Column::ChannelId.in_subquery(channels))
        .order_by_asc(Column::ChannelId);
    Ok(query.all(store.readers()).await?)
}

/// Writes a route that was decided on the revision it carries, and raises that.
///
/// # Errors
/// `Stale` when somebody else wrote in the meantime.
pub async fn put(tx: &WriteTx, mut row: RouteRow) -> Result<RouteRow> {
    same(tx.workspace(), row.workspace_id)?;
    let known = get_for_write(tx, ChannelId(row.channel_id)).await?.map_or(0, |known| known.revision);
    if known != row.revision {
        return Err(Error::Stale(format!("the route of channel {} was changed meanwhile", row.channel_id)));
    }
    row.revision += 1;
    let columns = [
        Column::StandbyId,
        Column::SlowMs,
        Column::EveryMs,
        Column::SoonMs,
        Column::Active,
        Column::State,
        Column::Revision,
        Column::UpdatedAt,
    ];
    let conflict = OnConflict::columns([Column::WorkspaceId, Column::ChannelId]).update_columns(columns).to_owned();
    Entity::insert(row.clone().into_active_model().reset_all())
        .on_conflict(conflict)
        .exec_without_returning(tx.conn())
        .await?;
    Ok(row)
}
