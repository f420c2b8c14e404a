//! Deals and cases, and where each stands in its CRM.

use crate::entity::matter::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::{sql, whole};
use rapport_core::{ConnectionId, ContactId, ConversationId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::matter::Model as MatterRow;

/// Kept here only.
pub const LOCAL: &str = "local";
/// On its way to the CRM.
pub const WAITING: &str = "waiting";
/// Both sides agree.
pub const IN_STEP: &str = "in_step";
/// A person must look.
pub const FAILED: &str = "failed";
/// The record was deleted over there.
pub const GONE: &str = "gone";

/// Which ones are listed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// `deal` or `case`; both when absent.
    pub object: Option<&'static str>,
    /// Of this customer.
    pub contact: Option<ContactId>,
    /// Made in this conversation.
    pub conversation: Option<ConversationId>,
    /// `open`, `won`, `lost` or `closed`.
    pub status: Option<String>,
}

/// One page, newest first: those older than `before`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, filter: &Filter, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(object) = filter.object {
        query = query.filter(Column::Object.eq(object));
    }
    if let Some(contact) = filter.contact {
        query = query.filter(Column::ContactId.eq(contact.0));
    }
    if let Some(conversation) = filter.conversation {
        query = query.filter(Column::ConversationId.eq(conversation.0));
    }
    if let Some(status) = &filter.status {
        query = query.filter(Column::Status.eq(status));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// One of them.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// The one that was made under the maker's own id.
///
/// # Errors
/// What the database said.
pub async fn by_client(tx: &WriteTx, object: &str, client_id: &str) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Object.eq(object))
        .filter(Column::ClientId.eq(client_id));
    Ok(query.one(tx.conn()).await?)
}

/// Adds one.
///
/// # Errors
/// `Conflict` when the maker's id is taken.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column.
///
/// # Errors
/// `NotFound`; `Conflict` when another one is the same record over there.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "matter").await
}

/// Those of a connection that were not compared since `before`, the longest not compared first. What was closed before
/// `closed_since` is left alone.
///
/// # Errors
/// What the database said.
pub async fn due(
    read: &Read,
    connection: ConnectionId,
    object: &str,
    before: Ms,
    closed_since: Ms,
    limit: u64,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Object.eq(object))
        .filter(Column::RemoteId.is_not_null())
        .filter(Column::Sync.ne(GONE))
        .filter(Column::CheckedAt.lte(before.0))
        .filter(Condition::any().add(Column::ClosedAt.is_null()).add(Column::ClosedAt.gt(closed_since.0)))
        .order_by_asc(Column::CheckedAt)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// Those of a connection with these records.
///
/// # Errors
/// What the database said.
pub async fn by_remote(
    read: &Read,
    connection: ConnectionId,
    object: &str,
    remote_ids: impl IntoIterator<Item = String>,
) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Object.eq(object))
        .filter(Column::RemoteId.is_in(remote_ids));
    Ok(query.all(&read.conn()).await?)
}

/// Notes that these were compared at this moment; those of a moment long ago come first in the next look.
///
/// # Errors
/// What the database said.
pub async fn checked(tx: &WriteTx, ids: &[Uuid], now: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::CheckedAt, Expr::value(now.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Lets go of a connection that is removed: what was kept in it is kept here only, with the address of its record.
///
/// # Errors
/// What the database said.
pub(crate) async fn let_go(tx: &WriteTx, connection: ConnectionId) -> Result<()> {
    let text = format!(
        "UPDATE matter SET connection_id = NULL, remote_id = NULL, remote_at = NULL, sync = '{LOCAL}', error = NULL, \
         snapshot = '{{}}' WHERE workspace_id = $1 AND connection_id = $2"
    );
    let values = [tx.workspace().0.into(), connection.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}
