//! Links: which of our records is which of theirs, and what both sides last agreed on.
//!
//! A link whose remote id begins with [`IN_FLIGHT`] is a record that is being created over there: it keeps a second
//! try from searching an index that may not know the first one's record yet.

use crate::entity::link::{ActiveModel, Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::workspace::same;
use rapport_core::{ConnectionId, ContactId, Ms};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

pub use crate::entity::link::Model as LinkRow;

/// Begins the remote id of a record whose creation was not confirmed yet.
pub const IN_FLIGHT: &str = "new:";
/// Both sides agree.
pub const IN_STEP: &str = "in_step";
/// Something is under way.
pub const WAITING: &str = "waiting";
/// A person must look.
pub const FAILED: &str = "failed";
/// Most ids in one question.
const PIECE: usize = 500;

async fn by_local<C: ConnectionTrait>(
    conn: &C,
    workspace: Uuid,
    connection: ConnectionId,
    object: &str,
    ids: &[Uuid],
) -> Result<Vec<Model>> {
    let mut found = Vec::with_capacity(ids.len());
    for piece in ids.chunks(PIECE) {
        let query = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace))
            .filter(Column::ConnectionId.eq(connection.0))
            .filter(Column::Object.eq(object))
            .filter(Column::LocalId.is_in(piece.iter().copied()));
        found.extend(query.all(conn).await?);
    }
    Ok(found)
}

/// The links of our records.
///
/// # Errors
/// What the database said.
pub async fn of(read: &Read, connection: ConnectionId, object: &str, ids: &[Uuid]) -> Result<Vec<Model>> {
    by_local(&read.conn(), read.workspace().0, connection, object, ids).await
}

/// [`of`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn of_for_write(tx: &WriteTx, connection: ConnectionId, object: &str, ids: &[Uuid]) -> Result<Vec<Model>> {
    by_local(tx.conn(), tx.workspace().0, connection, object, ids).await
}

/// The links of their records.
///
/// # Errors
/// What the database said.
pub async fn by_remote(read: &Read, connection: ConnectionId, object: &str, ids: &[String]) -> Result<Vec<Model>> {
    remote(&read.conn(), read.workspace().0, connection, object, ids).await
}

/// [`by_remote`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn by_remote_for_write(
    tx: &WriteTx,
    connection: ConnectionId,
    object: &str,
    ids: &[String],
) -> Result<Vec<Model>> {
    remote(tx.conn(), tx.workspace().0, connection, object, ids).await
}

async fn remote<C: ConnectionTrait>(
    conn: &C,
    workspace: Uuid,
    connection: ConnectionId,
    object: &str,
    ids: &[String],
) -> Result<Vec<Model>> {
    let mut found = Vec::new();
    for piece in ids.chunks(PIECE) {
        let query = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace))
            .filter(Column::ConnectionId.eq(connection.0))
            .filter(Column::Object.eq(object))
            .filter(Column::RemoteId.is_in(piece.iter().map(String::as_str)));
        found.extend(query.all(conn).await?);
    }
    Ok(found)
}

/// Links to records that are there as far as we know, in the order of our ids, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, connection: ConnectionId, object: &str, after: Uuid, limit: u64) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConnectionId.eq(connection.0))
        .filter(Column::Object.eq(object))
        .filter(Column::LocalId.gt(after))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::LocalId)
        .limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// Every link of one contact, over all connections: for its page.
///
/// # Errors
/// What the database said.
pub async fn of_contact(read: &Read, contact: ContactId) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::LocalId.eq(contact.0))
        .order_by_asc(Column::ConnectionId);
    Ok(query.all(&read.conn()).await?)
}

/// Writes links as they now are, new ones included.
///
/// # Errors
/// `Conflict` when another of our records is linked to the same remote one.
pub async fn put(tx: &WriteTx, rows: Vec<Model>) -> Result<()> {
    for row in rows {
        same(tx.workspace(), row.workspace_id)?;
        let key = [Column::WorkspaceId, Column::ConnectionId, Column::Object, Column::LocalId];
        let rest = [
            Column::RemoteId,
            Column::PushedHash,
            Column::PulledHash,
            Column::RemoteStamp,
            Column::Snapshot,
            Column::State,
            Column::Error,
            Column::PushedAt,
            Column::PulledAt,
            Column::DeletedAt,
        ];
        let row: ActiveModel = row.into_active_model().reset_all();
        let conflict = OnConflict::columns(key).update_columns(rest).to_owned();
        Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Notes records that are about to be created; a link that is there already stays as it is.
///
/// # Errors
/// What the database said.
pub async fn reserve(tx: &WriteTx, rows: Vec<Model>) -> Result<()> {
    for row in rows {
        same(tx.workspace(), row.workspace_id)?;
        let row: ActiveModel = row.into_active_model().reset_all();
        Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// The record of a contact that became part of another one is the other one's from now on, unless that has its own.
/// What both sides agreed on was about other values: it is forgotten.
///
/// # Errors
/// What the database said.
pub(crate) async fn follow(tx: &WriteTx, keep: ContactId, gone: ContactId) -> Result<()> {
    let real = |link: &str| format!("{link}.deleted_at IS NULL AND {link}.remote_id NOT LIKE '{IN_FLIGHT}%'");
    let same = |link: &str, contact: &str| {
        format!(
            "SELECT 1 FROM link AS {link} WHERE {link}.workspace_id = link.workspace_id \
             AND {link}.connection_id = link.connection_id AND {link}.object = link.object AND {link}.local_id = {contact}"
        )
    };
    let statements = [
        format!(
            "DELETE FROM link WHERE workspace_id = $1 AND local_id = $2 AND NOT ({}) AND EXISTS ({} AND {})",
            real("link"),
            same("g", "$3"),
            real("g")
        ),
        format!(
            "UPDATE link SET local_id = $2, snapshot = '{{}}', state = '{WAITING}' WHERE workspace_id = $1 \
             AND local_id = $3 AND {} AND NOT EXISTS ({})",
            real("link"),
            same("k", "$2")
        ),
        format!(
            "DELETE FROM link WHERE workspace_id = $1 AND local_id = $3 AND remote_id LIKE '{IN_FLIGHT}%' AND $2 <> $3"
        ),
    ];
    for text in statements {
        let values = [tx.workspace().0.into(), keep.0.into(), gone.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// Lets go of the records of a contact that became part of one with records of its own; people are told why.
///
/// # Errors
/// What the database said.
pub async fn let_go(tx: &WriteTx, gone: ContactId, why: &str, now: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(now.0))
        .col_expr(Column::State, Expr::value(FAILED))
        .col_expr(Column::Error, Expr::value(why))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::LocalId.eq(gone.0))
        .filter(Column::DeletedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Forgets one link; neither record is touched.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &WriteTx, connection: ConnectionId, object: &str, local: Uuid) -> Result<()> {
    Entity::delete_by_id((tx.workspace().0, connection.0, object.to_owned(), local)).exec(tx.conn()).await?;
    Ok(())
}
