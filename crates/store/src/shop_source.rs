//! Shops that deliver by webhook, and what they delivered: stored before it is answered, each once.

use crate::entity::shop_delivery::{Column, Entity, Model};
use crate::entity::shop_source;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::store::Store;
use crate::whole;
use rapport_core::Ms;
use rapport_core::id::uuid_v7;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub use crate::entity::shop_delivery::Model as DeliveryRow;
pub use crate::entity::shop_source::Model as SourceRow;

/// It is still to be taken in.
pub const WAITING: &str = "waiting";
/// It was taken in.
pub const DONE: &str = "done";
/// It tells nothing that is kept here.
pub const IGNORED: &str = "ignored";
/// It could not be taken in.
pub const FAILED: &str = "failed";

/// A shop of any workspace, for a delivery that names only the shop.
///
/// # Errors
/// What the database said.
pub async fn find(store: &Store, id: Uuid) -> Result<Option<shop_source::Model>> {
    Ok(shop_source::Entity::find().filter(shop_source::Column::Id.eq(id)).one(store.readers()).await?)
}

/// The workspace's shops, oldest first. There are few; there is no paging.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read) -> Result<Vec<shop_source::Model>> {
    let query = shop_source::Entity::find().filter(shop_source::Column::WorkspaceId.eq(read.workspace().0));
    Ok(query.order_by_asc(shop_source::Column::Id).all(&read.conn()).await?)
}

/// One shop.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<shop_source::Model>> {
    Ok(shop_source::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<shop_source::Model>> {
    Ok(shop_source::Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// Adds a shop.
///
/// # Errors
/// `Conflict` when the id is taken.
pub async fn insert(tx: &WriteTx, row: shop_source::Model) -> Result<()> {
    whole::insert::<shop_source::Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a shop.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: shop_source::Model) -> Result<()> {
    whole::update::<shop_source::Entity>(tx, row.workspace_id, row, "shop").await
}

/// Removes a shop with what it delivered; what was taken in stays.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    let of_shop = Entity::delete_many().filter(Column::WorkspaceId.eq(tx.workspace().0));
    of_shop.filter(Column::SourceId.eq(id)).exec(tx.conn()).await?;
    whole::delete::<shop_source::Entity>(tx, id, "shop").await
}

/// Stores a delivery; says whether it is new.
///
/// # Errors
/// What the database said; `Invalid` for another workspace's row.
pub async fn accept(tx: &WriteTx, row: Model) -> Result<bool> {
    crate::workspace::same(tx.workspace(), row.workspace_id)?;
    let once =
        OnConflict::columns([Column::WorkspaceId, Column::SourceId, Column::DeliveryKey]).do_nothing().to_owned();
    let row = row.into_active_model().reset_all();
    let added = Entity::insert_many([row]).on_conflict(once).exec_without_returning(tx.conn()).await?;
    Ok(added > 0)
}

/// One delivery.
///
/// # Errors
/// What the database said.
pub async fn delivery(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// Writes every column of a delivery.
///
/// # Errors
/// `NotFound` when its shop was removed.
pub async fn update_delivery(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "delivery").await
}

/// What a shop delivered, the newest first: those before `before`.
///
/// # Errors
/// What the database said.
pub async fn deliveries(read: &Read, source: Uuid, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query =
        Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::SourceId.eq(source));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// How many deliveries of each shop stand in a state.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read, state: &str) -> Result<BTreeMap<Uuid, u64>> {
    let rows: Vec<(Uuid, i64)> = Entity::find()
        .select_only()
        .column(Column::SourceId)
        .column_as(Column::Id.count(), "count")
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::State.eq(state))
        .group_by(Column::SourceId)
        .into_tuple()
        .all(&read.conn())
        .await?;
    Ok(rows.into_iter().map(|(source, count)| (source, u64::try_from(count).unwrap_or(0))).collect())
}

/// How many deliveries of a shop stand in a state.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx, source: Uuid, state: &str) -> Result<u64> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::SourceId.eq(source))
        .filter(Column::State.eq(state));
    Ok(query.count(tx.conn()).await?)
}

/// Lets up to `limit` deliveries of a shop that failed be tried again; gives which, the oldest first.
///
/// # Errors
/// What the database said.
pub async fn retry(tx: &WriteTx, source: Uuid, limit: u64, now: Ms) -> Result<Vec<Uuid>> {
    let ids: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::SourceId.eq(source))
        .filter(Column::State.eq(FAILED))
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(tx.conn())
        .await?;
    Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::UpdatedAt, Expr::value(now.0))
        .col_expr(Column::ReceivedAt, Expr::value(now.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx.conn())
        .await?;
    Ok(ids)
}

/// Forgets what a shop delivered before `before`, unless it still waits.
///
/// # Errors
/// What the database said.
pub async fn prune(tx: &WriteTx, source: Uuid, before: Ms) -> Result<u64> {
    let gone = Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::SourceId.eq(source))
        .filter(Column::State.is_in([DONE, IGNORED, FAILED]))
        .filter(Column::Id.lt(uuid_v7(before, [0; 10])))
        .exec(tx.conn())
        .await?;
    Ok(gone.rows_affected)
}
