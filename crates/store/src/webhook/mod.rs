//! Webhooks: who is told of what happens. What is on its way to them stands in [`delivery`].

pub mod delivery;

use crate::entity::webhook::{Column, Entity};
use crate::entity::{conversation, webhook_delivery};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use crate::whole;
use rapport_core::{Ms, WorkspaceId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;
use uuid::Uuid;

pub use crate::conversation::ConversationRow;
pub use crate::entity::webhook::Model as WebhookRow;
pub use crate::entity::webhook_delivery::Model as DeliveryRow;

/// It is told of what happens.
pub const ACTIVE: &str = "active";
/// It is told later.
pub const PAUSED: &str = "paused";
/// It wants nothing any more.
pub const ENDED: &str = "ended";

/// Workspaces of the installation with a webhook that is told of events. Asked often, answered from a small index.
///
/// # Errors
/// What the database said.
pub async fn listening(store: &Store) -> Result<Vec<WorkspaceId>> {
    let text = "SELECT DISTINCT workspace_id FROM webhook WHERE status = 'active'";
    let rows = store.readers().query_all_raw(sql::plain(store.backend(), text)).await?;
    rows.iter().map(|row| Ok(WorkspaceId(row.try_get_by_index(0)?))).collect()
}

/// A workspace's webhooks, in the order they were made.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read) -> Result<Vec<WebhookRow>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    Ok(query.order_by_asc(Column::Id).all(&read.conn()).await?)
}

/// [`list`] inside a writing transaction; nobody else changes them before its end.
///
/// # Errors
/// What the database said.
pub async fn list_for_write(tx: &WriteTx) -> Result<Vec<WebhookRow>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0));
    Ok(query.order_by_asc(Column::Id).lock_exclusive().all(tx.conn()).await?)
}

/// One webhook.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<WebhookRow>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<WebhookRow>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// Adds a webhook.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: WebhookRow) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: WebhookRow) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "webhook").await
}

/// Removes a webhook with everything that was on its way to it.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    webhook_delivery::Entity::delete_many()
        .filter(webhook_delivery::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(webhook_delivery::Column::WebhookId.eq(id))
        .exec(tx.conn())
        .await?;
    whole::delete::<Entity>(tx, id, "webhook").await
}

/// Writes down how far these webhooks have been told of the event log.
///
/// # Errors
/// What the database said.
pub async fn told(tx: &WriteTx, ids: &[Uuid], cursor: &str, missed: Option<Ms>) -> Result<()> {
    let mut query = Entity::update_many()
        .col_expr(Column::Cursor, Expr::value(cursor))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().copied()));
    if let Some(at) = missed {
        query = query.col_expr(Column::MissedAt, Expr::value(at.0));
    }
    query.exec(tx.conn()).await?;
    Ok(())
}

/// Removes webhooks that ended before a moment, with their deliveries.
///
/// # Errors
/// What the database said.
pub async fn purge_ended(tx: &WriteTx, before: Ms) -> Result<()> {
    let gone: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Status.eq(ENDED))
        .filter(Column::UpdatedAt.lt(before.0))
        .into_tuple()
        .all(tx.conn())
        .await?;
    for id in gone {
        delete(tx, id).await?;
    }
    Ok(())
}

/// Conversations by id, in no order; those that do not exist are left out.
///
/// # Errors
/// What the database said.
pub async fn conversations(read: &Read, ids: &BTreeSet<Uuid>) -> Result<Vec<ConversationRow>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = conversation::Entity::find()
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::Id.is_in(ids.iter().copied()));
    Ok(query.all(&read.conn()).await?)
}
