//! Which of our fields is which of theirs.

use crate::entity::mapping::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::workspace::same;
use rapport_core::ConnectionId;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

pub use crate::entity::mapping::Model as MappingRow;

/// The mappings of an object kind (`contact`), by our field.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read, connection: ConnectionId, object: &str) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Object.eq(object))
        .order_by_asc(Column::LocalField);
    Ok(query.all(&read.conn()).await?)
}

/// Replaces all mappings of an object kind.
///
/// # Errors
/// `Conflict` when two have the same field of ours, `Invalid` when a row names another workspace.
pub async fn replace(tx: &WriteTx, connection: ConnectionId, object: &str, rows: Vec<Model>) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Object.eq(object))
        .exec(tx.conn())
        .await?;
    for row in &rows {
        same(tx.workspace(), row.workspace_id)?;
    }
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    Ok(())
}
