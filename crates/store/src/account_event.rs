//! The timeline of an account, a number and its templates.

use crate::entity::account_event::{Column, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::{ChannelId, Ms};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::account_event::Model as AccountEventRow;

/// Adds a line.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: AccountEventRow) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Lines of a channel, newest first; `before` is the last id of the page before.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, channel: ChannelId, before: Option<Uuid>, limit: u64) -> Result<Vec<AccountEventRow>> {
    let mut query =
        Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::ChannelId.eq(channel.0));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// Lines of a channel at or after a moment, newest first; at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn since(read: &Read, channel: ChannelId, from: Ms, limit: u64) -> Result<Vec<AccountEventRow>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ChannelId.eq(channel.0))
        .filter(Column::At.gte(from.0));
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}
