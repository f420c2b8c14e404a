//! Whom the business blocked, on which number.

use crate::entity::contact_block::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::workspace::same;
use rapport_core::{ChannelId, ContactId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use crate::entity::contact_block::Model as BlockRow;

/// Notes that a customer is blocked; once is enough.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: BlockRow) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    let once = OnConflict::columns([Column::WorkspaceId, Column::ContactId, Column::ChannelId]).do_nothing().to_owned();
    Entity::insert(row.into_active_model().reset_all()).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Notes that a customer is not blocked any more.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &WriteTx, contact: ContactId, channel: ChannelId) -> Result<()> {
    Entity::delete_by_id((tx.workspace().0, contact.0, channel.0)).exec(tx.conn()).await?;
    Ok(())
}

/// Whether a customer is blocked on a number.
///
/// # Errors
/// What the database said.
pub async fn is_blocked(read: &Read, contact: ContactId, channel: ChannelId) -> Result<bool> {
    Ok(Entity::find_by_id((read.workspace().0, contact.0, channel.0)).one(&read.conn()).await?.is_some())
}

/// The blocks of these contacts.
///
/// # Errors
/// What the database said.
pub async fn of_contacts(read: &Read, contacts: &[Uuid]) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.is_in(contacts.iter().copied()))
        .order_by_asc(Column::At);
    Ok(query.all(&read.conn()).await?)
}

/// Moves the blocks of a contact that is merged away; both may be blocked on the same number.
pub(crate) async fn follow(tx: &WriteTx, keep: ContactId, gone: ContactId) -> Result<()> {
    let twice = "DELETE FROM contact_block WHERE workspace_id = $1 AND contact_id = $2 AND channel_id IN \
                 (SELECT channel_id FROM contact_block WHERE workspace_id = $1 AND contact_id = $3)";
    let values = [tx.workspace().0.into(), gone.0.into(), keep.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), twice, values)).await?;
    let text = "UPDATE contact_block SET contact_id = $1 WHERE workspace_id = $2 AND contact_id = $3";
    let values = [keep.0.into(), tx.workspace().0.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}
