//! Standby routes of channels.
//!
//! A route is changed by the node that owns the primary's send lane, and by people. Both write the row under its lock
//! and only on top of the revision they decided on.

use crate::entity::channel;
use crate::entity::channel_route::{Column, Entity};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use crate::workspace::same;
use rapport_core::{ChannelId, WorkspaceId};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value;

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

/// A channel that stands by for a channel of another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lent {
    /// The workspace of both.
    pub workspace: WorkspaceId,
    /// The channel that has the route.
    pub primary: ChannelId,
    /// The one that stands by for it.
    pub standby: ChannelId,
}

/// The channels of a send lane that stand by for channels whose lane another node holds.
///
/// # Errors
/// What the database said.
pub async fn lent(store: &Store, portfolio_key: &str) -> Result<Vec<Lent>> {
    let text = "SELECT r.workspace_id, r.channel_id, r.standby_id FROM channel_route AS r \
                JOIN channel AS s ON s.workspace_id = r.workspace_id AND s.id = r.standby_id \
                JOIN channel AS p ON p.workspace_id = r.workspace_id AND p.id = r.channel_id \
                JOIN send_lane AS l ON l.portfolio_key = p.portfolio_key \
                WHERE s.portfolio_key = $1 AND l.owner <> $2 ORDER BY r.channel_id";
    let values = [portfolio_key.into(), store.node_id().into()];
    let rows = store.readers().query_all_raw(sql::with(store.backend(), text, values)).await?;
    let one = |row: &sea_orm::QueryResult| {
        Ok(Lent {
            workspace: WorkspaceId(row.try_get_by_index(0)?),
            primary: ChannelId(row.try_get_by_index(1)?),
            standby: ChannelId(row.try_get_by_index(2)?),
        })
    };
    rows.iter().map(one).collect()
}

/// Tells the keeper of a route what was seen of its standby. It is no decision: the revision stays, and what was told
/// before is gone.
///
/// # Errors
/// What the database said.
pub async fn tell(tx: &WriteTx, primary: ChannelId, heard: Value) -> Result<()> {
    let text = "UPDATE channel_route SET heard = $3 WHERE workspace_id = $1 AND channel_id = $2";
    let values = [tx.workspace().0.into(), primary.0.into(), heard.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// What other nodes told about the standbys of a send lane's channels.
///
/// # Errors
/// What the database said.
pub async fn heard(store: &Store, portfolio_key: &str) -> Result<Vec<(ChannelId, Value)>> {
    let text = "SELECT r.channel_id, r.heard FROM channel_route AS r \
                JOIN channel AS c ON c.workspace_id = r.workspace_id AND c.id = r.channel_id \
                WHERE c.portfolio_key = $1 AND r.standby_id IS NOT NULL AND r.heard IS NOT NULL";
    let statement = sql::with(store.backend(), text, [portfolio_key.into()]);
    let rows = store.readers().query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((ChannelId(row.try_get_by_index(0)?), row.try_get_by_index(1)?))).collect()
}
