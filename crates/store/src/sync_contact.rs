//! Contacts as synchronisation reads and writes them: whole rows, without their conversations.

use crate::entity::contact::{Column, Entity, Model};
use crate::entity::{identity, link};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::tag;
use crate::whole;
use crate::workspace::same;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::{ConnectionId, ContactId, Ms};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::BTreeSet;
use uuid::Uuid;

pub use crate::entity::contact::Model as ContactRow;

/// Most ids in one question.
const PIECE: usize = 500;

async fn rows<C: ConnectionTrait>(conn: &C, workspace: Uuid, ids: &[ContactId]) -> Result<Vec<Model>> {
    let mut found = Vec::with_capacity(ids.len());
    for piece in ids.chunks(PIECE) {
        let query = Entity::find()
            .filter(Column::WorkspaceId.eq(workspace))
            .filter(Column::Id.is_in(piece.iter().map(|id| id.0)));
        found.extend(query.all(conn).await?);
    }
    tag::dress(conn, workspace, &mut found).await?;
    Ok(found)
}

/// Contacts by id, those merged away included.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, ids: &[ContactId]) -> Result<Vec<Model>> {
    rows(&read.conn(), read.workspace().0, ids).await
}

/// [`get`] inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, ids: &[ContactId]) -> Result<Vec<Model>> {
    rows(tx.conn(), tx.workspace().0, ids).await
}

/// Contacts without a link to this connection, by id, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn unlinked(read: &Read, connection: ConnectionId, after: Uuid, limit: u64) -> Result<Vec<ContactId>> {
    let linked = Query::select()
        .expr(Expr::val(1))
        .from(link::Entity)
        .and_where(Expr::col((link::Entity, link::Column::WorkspaceId)).equals((Entity, Column::WorkspaceId)))
        .and_where(Expr::col((link::Entity, link::Column::ConnectionId)).eq(connection.0))
        .and_where(Expr::col((link::Entity, link::Column::Object)).eq("contact"))
        .and_where(Expr::col((link::Entity, link::Column::LocalId)).equals((Entity, Column::Id)))
        .to_owned();
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Id.gt(after))
        .filter(Column::MergedInto.is_null())
        .filter(Expr::exists(linked).not())
        .order_by_asc(Column::Id)
        .limit(limit);
    let ids: Vec<Uuid> = query.into_tuple().all(&read.conn()).await?;
    Ok(ids.into_iter().map(ContactId).collect())
}

/// Contacts that changed since a moment, by id, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn changed_since(read: &Read, since: Ms, after: Uuid, limit: u64) -> Result<Vec<ContactId>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Id.gt(after))
        .filter(Column::UpdatedAt.gte(since.0))
        .filter(Column::MergedInto.is_null())
        .order_by_asc(Column::Id)
        .limit(limit);
    let ids: Vec<Uuid> = query.into_tuple().all(&read.conn()).await?;
    Ok(ids.into_iter().map(ContactId).collect())
}

/// How many contacts there are.
///
/// # Errors
/// What the database said.
pub async fn count(read: &Read) -> Result<u64> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::MergedInto.is_null());
    Ok(query.count(&read.conn()).await?)
}

/// Whom these numbers and addresses lead to: by identity, or by the contact's own phone and e-mail.
///
/// # Errors
/// What the database said.
pub async fn owners(tx: &WriteTx, identities: &[Identity]) -> Result<Vec<(Identity, ContactId)>> {
    let mut found: BTreeSet<(Identity, ContactId)> = identified(tx, identities).await?.into_iter().collect();
    for (kind, column) in [(IdentityKind::Phone, Column::Phone), (IdentityKind::Email, Column::Email)] {
        let values: Vec<&str> =
            identities.iter().filter(|one| one.kind == kind).map(|one| one.value.as_str()).collect();
        for piece in values.chunks(PIECE) {
            let rows: Vec<(Uuid, Option<String>)> = Entity::find()
                .select_only()
                .column(Column::Id)
                .column(column)
                .filter(Column::WorkspaceId.eq(tx.workspace().0))
                .filter(column.is_in(piece.iter().copied()))
                .filter(Column::MergedInto.is_null())
                .into_tuple()
                .all(tx.conn())
                .await?;
            let own = |(id, value): (Uuid, Option<String>)| Some((Identity::new(kind, value?), ContactId(id)));
            found.extend(rows.into_iter().filter_map(own));
        }
    }
    Ok(found.into_iter().collect())
}

/// Whom these numbers and addresses lead to by identity alone: one each.
///
/// # Errors
/// What the database said.
pub async fn identified(tx: &WriteTx, identities: &[Identity]) -> Result<Vec<(Identity, ContactId)>> {
    let mut found = Vec::new();
    for kind in IdentityKind::ALL {
        let values: Vec<&str> =
            identities.iter().filter(|one| one.kind == kind).map(|one| one.value.as_str()).collect();
        for piece in values.chunks(PIECE) {
            let rows = identity::Entity::find()
                .filter(identity::Column::WorkspaceId.eq(tx.workspace().0))
                .filter(identity::Column::Kind.eq(kind.code()))
                .filter(identity::Column::Value.is_in(piece.iter().copied()))
                .filter(identity::Column::RetiredAt.is_null())
                .all(tx.conn())
                .await?;
            found.extend(rows.into_iter().map(|row| (Identity::new(kind, row.value), ContactId(row.contact_id))));
        }
    }
    Ok(found)
}

/// Adds a contact.
///
/// # Errors
/// `Conflict` when the id is taken.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    let fields = tag::settle(tx, row.id, &row.fields, Ms(row.updated_at)).await?;
    whole::insert::<Entity>(tx, row.workspace_id, Model { fields, ..row }).await
}

/// Writes what synchronisation may change of a contact, and counts its version on.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn update(tx: &WriteTx, row: &Model) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    let fields = tag::settle(tx, row.id, &row.fields, Ms(row.updated_at)).await?;
    let done = Entity::update_many()
        .col_expr(Column::Name, Expr::value(row.name.clone()))
        .col_expr(Column::Phone, Expr::value(row.phone.clone()))
        .col_expr(Column::Email, Expr::value(row.email.clone()))
        .col_expr(Column::Language, Expr::value(row.language.clone()))
        .col_expr(Column::Country, Expr::value(row.country.clone()))
        .col_expr(Column::Lifecycle, Expr::value(row.lifecycle.clone()))
        .col_expr(Column::Fields, Expr::value(fields))
        .col_expr(Column::FieldStamps, Expr::value(row.field_stamps.clone()))
        .col_expr(Column::UpdatedAt, Expr::value(row.updated_at))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::WorkspaceId.eq(row.workspace_id))
        .filter(Column::Id.eq(row.id))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 0 { Err(Error::NotFound("contact")) } else { Ok(()) }
}

/// Gives a contact one more identity, and with it the orders that wait for it. False when it is somebody else's.
///
/// # Errors
/// What the database said.
pub async fn add_identity(tx: &WriteTx, contact: ContactId, identity: &Identity, now: Ms) -> Result<bool> {
    let text = "INSERT INTO identity (workspace_id, kind, value, contact_id, created_at) VALUES ($1, $2, $3, $4, $5) \
                ON CONFLICT (workspace_id, kind, value) DO UPDATE SET contact_id = excluded.contact_id, \
                created_at = excluded.created_at, retired_at = NULL \
                WHERE identity.retired_at IS NOT NULL OR identity.contact_id = excluded.contact_id";
    let values = [
        tx.workspace().0.into(),
        identity.kind.code().into(),
        identity.value.clone().into(),
        contact.0.into(),
        now.0.into(),
    ];
    let added = tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() > 0;
    if added {
        crate::shop::join(tx, std::iter::once((identity, contact))).await?;
    }
    Ok(added)
}
