//! Which of our fields is which of theirs.

use crate::entity::mapping::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::workspace::same;
use rapport_core::{ConnectionId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select};
use std::collections::HashMap;

pub use crate::entity::mapping::Model as MappingRow;

/// The mappings of an object kind (`contact`), by our field.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read, connection: ConnectionId, object: &str) -> Result<Vec<Model>> {
    let query = of(read.workspace(), connection, object).order_by_asc(Column::LocalField);
    Ok(query.all(&read.conn()).await?)
}

/// Whose value stays, by our field, for those that are to be replaced.
///
/// # Errors
/// What the database said.
pub async fn prefers(tx: &WriteTx, connection: ConnectionId, object: &str) -> Result<HashMap<String, String>> {
    let rows = of(tx.workspace(), connection, object).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.local_field, row.prefer)).collect())
}

fn of(workspace: WorkspaceId, connection: ConnectionId, object: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::WorkspaceId.eq(workspace.0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Object.eq(object))
}

/// Notes whose value of a field stays when both sides changed it. Answers with what was noted before; `None` when the
/// field is not mapped.
///
/// # Errors
/// What the database said.
pub async fn set_prefer(
    tx: &WriteTx,
    connection: ConnectionId,
    object: &str,
    local_field: &str,
    prefer: &str,
) -> Result<Option<String>> {
    let key = (tx.workspace().0, connection.0, object.to_owned(), local_field.to_owned());
    let Some(row) = Entity::find_by_id(key).one(tx.conn()).await? else { return Ok(None) };
    let before = row.prefer.clone();
    let mut row = row.into_active_model();
    row.prefer = Set(prefer.to_owned());
    Entity::update(row).exec(tx.conn()).await?;
    Ok(Some(before))
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
