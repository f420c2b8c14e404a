//! Connections: CRMs and help desks kept in step. How far each was read and how it fares stand in its row; each of
//! these columns is written on its own, because different jobs write them at the same time.

use crate::entity::connection::{Column, Entity, Model};
use crate::entity::{link, mapping, sync_log};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::store::Store;
use crate::whole;
use rapport_core::{ConnectionId, Ms};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value as Json;
use uuid::Uuid;

pub use crate::entity::connection::Model as ConnectionRow;

/// In use.
pub const ACTIVE: &str = "active";
/// Switched off by a person: nothing is noted for it; what changed meanwhile is caught up with afterwards.
pub const PAUSED: &str = "paused";
/// The other side refuses us until a person repairs it; changes are noted and wait.
pub const ERROR: &str = "error";

/// Connections that contact changes are noted for: the active ones, and those that wait for a repair.
///
/// # Errors
/// What the database said.
pub async fn pushable(read: &Read) -> Result<Vec<ConnectionId>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Status.is_in([ACTIVE, ERROR]))
        .order_by_asc(Column::Id);
    let ids: Vec<Uuid> = query.into_tuple().all(&read.conn()).await?;
    Ok(ids.into_iter().map(ConnectionId).collect())
}

/// A connection of any workspace, for a webhook that names only the connection.
///
/// # Errors
/// What the database said.
pub async fn find(store: &Store, id: ConnectionId) -> Result<Option<Model>> {
    Ok(Entity::find().filter(Column::Id.eq(id.0)).one(store.readers()).await?)
}

/// All connections of all workspaces, for the keeper that sees to it that each is read.
///
/// # Errors
/// What the database said.
pub async fn all(store: &Store) -> Result<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::CreatedAt).all(store.readers()).await?)
}

/// The workspace's connections, oldest first. A workspace has few; there is no paging.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read) -> Result<Vec<Model>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).order_by_asc(Column::CreatedAt);
    Ok(query.all(&read.conn()).await?)
}

/// One connection.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: ConnectionId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: ConnectionId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id.0)).one(tx.conn()).await?)
}

/// Adds a connection.
///
/// # Errors
/// `Conflict` when the id is taken.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Columns that change together.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    /// Name.
    pub name: Option<String>,
    /// Sealed credentials.
    pub secret: Option<Vec<u8>>,
    /// Status with its reason.
    pub status: Option<(String, Option<String>)>,
    /// Choices.
    pub settings: Option<Json>,
    /// How far it was read.
    pub cursor: Option<Json>,
    /// Figures.
    pub stats: Option<Json>,
}

/// Writes the given columns and leaves the others as they are.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn change(tx: &WriteTx, id: ConnectionId, change: Change, now: Ms) -> Result<()> {
    let mut values: Vec<(Column, SimpleExpr)> = vec![(Column::UpdatedAt, Expr::value(now.0))];
    values.extend(change.name.map(|name| (Column::Name, Expr::value(name))));
    values.extend(change.secret.map(|secret| (Column::Secret, Expr::value(secret))));
    if let Some((status, reason)) = change.status {
        values.push((Column::Status, Expr::value(status)));
        values.push((Column::StatusReason, Expr::value(reason)));
    }
    values.extend(change.settings.map(|json| (Column::Settings, Expr::value(json))));
    values.extend(change.cursor.map(|json| (Column::Cursor, Expr::value(json))));
    values.extend(change.stats.map(|json| (Column::Stats, Expr::value(json))));
    let mut update = Entity::update_many();
    for (column, value) in values {
        update = update.col_expr(column, value);
    }
    let done =
        update.filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::Id.eq(id.0)).exec(tx.conn()).await?;
    if done.rows_affected == 0 { Err(Error::NotFound("connection")) } else { Ok(()) }
}

/// Removes a connection with its mappings, links, log, differences and jobs. Neither side's records are touched.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn delete(tx: &WriteTx, id: ConnectionId) -> Result<()> {
    let workspace = tx.workspace().0;
    let gone = Entity::delete_by_id((workspace, id.0)).exec(tx.conn()).await?;
    if gone.rows_affected == 0 {
        return Err(Error::NotFound("connection"));
    }
    mapping::Entity::delete_many()
        .filter(mapping::Column::WorkspaceId.eq(workspace))
        .filter(mapping::Column::ConnectionId.eq(id.0))
        .exec(tx.conn())
        .await?;
    link::Entity::delete_many()
        .filter(link::Column::WorkspaceId.eq(workspace))
        .filter(link::Column::ConnectionId.eq(id.0))
        .exec(tx.conn())
        .await?;
    sync_log::Entity::delete_many()
        .filter(sync_log::Column::WorkspaceId.eq(workspace))
        .filter(sync_log::Column::ConnectionId.eq(id.0))
        .exec(tx.conn())
        .await?;
    crate::conflict::forget(tx, id).await?;
    crate::matter::let_go(tx, id).await?;
    crate::sync_job::remove(tx, id).await
}
