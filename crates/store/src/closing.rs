//! How conversations ended, and the workspace's words for it.

use crate::entity::{closing, closing_category};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::whole;
use rapport_core::ConversationId;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::closing::Model as ClosingRow;
pub use crate::entity::closing_category::Model as CategoryRow;

/// The categories in their order; those that are no longer offered only when asked for.
///
/// # Errors
/// What the database said.
pub async fn categories(read: &Read, archived: bool) -> Result<Vec<CategoryRow>> {
    use closing_category::Column;
    let mut query = closing_category::Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if !archived {
        query = query.filter(Column::ArchivedAt.is_null());
    }
    Ok(query.order_by_asc(Column::Position).order_by_asc(Column::Id).all(&read.conn()).await?)
}

/// One category, whether it is offered or not.
///
/// # Errors
/// What the database said.
pub async fn category(read: &Read, id: Uuid) -> Result<Option<CategoryRow>> {
    Ok(closing_category::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`category`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn category_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<CategoryRow>> {
    Ok(closing_category::Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// How many categories are offered.
///
/// # Errors
/// What the database said.
pub async fn count_categories(tx: &WriteTx) -> Result<u64> {
    use closing_category::Column;
    let query = closing_category::Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ArchivedAt.is_null());
    Ok(query.count(tx.conn()).await?)
}

/// Adds a category.
///
/// # Errors
/// `Conflict` when the name is taken.
pub async fn insert_category(tx: &WriteTx, row: CategoryRow) -> Result<()> {
    whole::insert::<closing_category::Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a category.
///
/// # Errors
/// `NotFound`, or `Conflict` when the name is taken.
pub async fn update_category(tx: &WriteTx, row: CategoryRow) -> Result<()> {
    whole::update::<closing_category::Entity>(tx, row.workspace_id, row, "closing category").await
}

/// Writes down a resolution.
///
/// # Errors
/// `Conflict` when it is written down already.
pub async fn insert(tx: &WriteTx, row: ClosingRow) -> Result<()> {
    whole::insert::<closing::Entity>(tx, row.workspace_id, row).await
}

/// The resolutions of a conversation, newest first.
///
/// # Errors
/// What the database said.
pub async fn of_conversation(read: &Read, id: ConversationId, limit: u64) -> Result<Vec<ClosingRow>> {
    use closing::Column;
    let query = closing::Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConversationId.eq(id.0))
        .order_by_desc(Column::At)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}
