//! Contacts as people change them. Reading them is in [`crate::query`]; making them, which synchronisation does too,
//! in [`crate::sync_contact`].

use crate::entity::contact::{Column, Entity, Model};
use crate::entity::{consent, identity};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::tag;
use crate::workspace::same;
use rapport_core::contact::identity::Identity;
use rapport_core::{ContactId, Ms};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::consent::Model as ConsentRow;
pub use crate::entity::contact::Model as ContactRow;

/// A contact inside a writing transaction; one that was merged away is not found.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: ContactId) -> Result<Option<Model>> {
    let found = Entity::find_by_id((tx.workspace().0, id.0)).one(tx.conn()).await?;
    let mut found = found.filter(|row| row.merged_into.is_none());
    tag::dress(tx.conn(), tx.workspace().0, &mut found).await?;
    Ok(found)
}

/// Writes what people may change of a contact, and counts its version on.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn update(tx: &WriteTx, row: &Model) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    let fields = tag::settle(tx, row.id, &row.fields, Ms(row.updated_at)).await?;
    let done = Entity::update_many()
        .col_expr(Column::Name, Expr::value(row.name.clone()))
        .col_expr(Column::Email, Expr::value(row.email.clone()))
        .col_expr(Column::Language, Expr::value(row.language.clone()))
        .col_expr(Column::OwnerId, Expr::value(row.owner_id))
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

/// How many contacts agreed to marketing, by country (`None` = not known).
///
/// # Errors
/// What the database said.
pub async fn opted_in(read: &Read) -> Result<Vec<(Option<String>, i64)>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Country)
        .column_as(Column::Id.count(), "contacts_found")
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::MarketingConsent.eq("opted_in"))
        .filter(Column::MergedInto.is_null())
        .group_by(Column::Country)
        .order_by_asc(Column::Country);
    Ok(query.into_tuple().all(&read.conn()).await?)
}

/// An id no longer leads to the contact; it is kept as history.
///
/// # Errors
/// What the database said.
pub async fn retire_identity(tx: &WriteTx, contact: ContactId, gone: &Identity, now: Ms) -> Result<()> {
    identity::Entity::update_many()
        .col_expr(identity::Column::RetiredAt, Expr::value(now.0))
        .filter(identity::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(identity::Column::Kind.eq(gone.kind.code()))
        .filter(identity::Column::Value.eq(gone.value.as_str()))
        .filter(identity::Column::ContactId.eq(contact.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The consent ledger of a contact, newest first; lines before `before`, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn consents(read: &Read, contact: ContactId, before: Option<Uuid>, limit: u64) -> Result<Vec<ConsentRow>> {
    let mut query = consent::Entity::find()
        .filter(consent::Column::WorkspaceId.eq(read.workspace().0))
        .filter(consent::Column::ContactId.eq(contact.0));
    if let Some(before) = before {
        query = query.filter(consent::Column::Id.lt(before));
    }
    Ok(query.order_by_desc(consent::Column::Id).limit(limit).all(&read.conn()).await?)
}
