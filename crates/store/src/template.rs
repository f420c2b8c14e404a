//! The provider's message templates, as last read.

use crate::entity::template::{Column, Entity, Model};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::workspace::same;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::template::Model as TemplateRow;

/// Which templates are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this account.
    pub waba_id: Option<String>,
    /// With this status.
    pub status: Option<String>,
    /// Whose name contains this.
    pub name_contains: Option<String>,
    /// Only those that cannot be sent as they should.
    pub degraded: bool,
    /// After this (name, language), for paging.
    pub after: Option<(String, String)>,
}

/// Templates by name and language, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn list(read: &Read, filter: &Filter, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(waba_id) = &filter.waba_id {
        query = query.filter(Column::WabaId.eq(waba_id));
    }
    if let Some(status) = &filter.status {
        query = query.filter(Column::Status.eq(status));
    }
    if let Some(part) = &filter.name_contains {
        query = query.filter(Column::Name.contains(part));
    }
    if filter.degraded {
        let stopped = Column::Status.is_in(["PAUSED", "DISABLED", "REJECTED", "FLAGGED", "ARCHIVED"]);
        query = query.filter(stopped.or(Column::Quality.is_in(["RED", "YELLOW"])));
    }
    if let Some((name, language)) = &filter.after {
        let same_name = Column::Name.eq(name).and(Column::Language.gt(language));
        query = query.filter(Column::Name.gt(name).or(same_name));
    }
    let query = query.order_by_asc(Column::Name).order_by_asc(Column::Language).limit(limit);
    Ok(query.all(&read.conn()).await?)
}

/// Every language of one name.
///
/// # Errors
/// What the database said.
pub async fn by_name(read: &Read, waba_id: &str, name: &str) -> Result<Vec<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::Name.eq(name))
        .order_by_asc(Column::Language);
    Ok(query.all(&read.conn()).await?)
}

/// One template.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// Sets the status of one template, as the provider will report it later; why it was rejected is past.
///
/// # Errors
/// What the database said.
pub async fn set_status(tx: &WriteTx, id: Uuid, status: &str, now: rapport_core::Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(status))
        .col_expr(Column::RejectedReason, Expr::value(None::<String>))
        .col_expr(Column::UpdatedAt, Expr::value(now.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Keeps what fills the blanks of a template.
///
/// # Errors
/// `NotFound` when it is gone.
pub async fn set_fillings(tx: &WriteTx, id: Uuid, fillings: serde_json::Value) -> Result<()> {
    let done = Entity::update_many()
        .col_expr(Column::Fillings, Expr::value(fillings))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    if done.rows_affected == 0 { Err(crate::Error::NotFound("template")) } else { Ok(()) }
}

/// Forgets one template.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    Entity::delete_by_id((tx.workspace().0, id)).exec(tx.conn()).await?;
    Ok(())
}

/// Adds or replaces templates, matched by account, name and language; a known one keeps its id.
///
/// # Errors
/// What the database said.
pub async fn upsert(tx: &WriteTx, rows: Vec<Model>) -> Result<()> {
    for part in rows.chunks(100) {
        let mut models = Vec::with_capacity(part.len());
        for row in part {
            same(tx.workspace(), row.workspace_id)?;
            models.push(row.clone().into_active_model().reset_all());
        }
        let replace = OnConflict::columns([Column::WorkspaceId, Column::WabaId, Column::Name, Column::Language])
            .update_columns([
                Column::ChannelId,
                Column::ProviderId,
                Column::Category,
                Column::Status,
                Column::Quality,
                Column::ParameterFormat,
                Column::Components,
                Column::RejectedReason,
                Column::UpdatedAt,
                Column::TtlSeconds,
            ])
            .to_owned();
        Entity::insert_many(models).on_conflict(replace).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// Removes the account's templates that were not seen since `before` (they no longer exist at the provider).
///
/// # Errors
/// What the database said.
pub async fn forget_older(tx: &WriteTx, waba_id: &str, before: rapport_core::Ms) -> Result<u64> {
    let gone = Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::WabaId.eq(waba_id))
        .filter(Column::UpdatedAt.lt(before.0))
        .exec(tx.conn())
        .await?;
    Ok(gone.rows_affected)
}

/// One column of a template that the provider reports a change of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// New review or pause status, and why when it was rejected.
    Status(String, Option<String>),
    /// New quality colour.
    Quality(String),
    /// New category.
    Category(String),
}

/// Applies the provider's report; returns the ids of the templates it fits (none when not read yet).
///
/// # Errors
/// What the database said.
pub async fn change(tx: &WriteTx, waba_id: &str, name: &str, language: &str, change: &Change) -> Result<Vec<Uuid>> {
    let (column, value) = match change {
        Change::Status(value, _) => (Column::Status, value),
        Change::Quality(value) => (Column::Quality, value),
        Change::Category(value) => (Column::Category, value),
    };
    let fits = Column::WorkspaceId
        .eq(tx.workspace().0)
        .and(Column::WabaId.eq(waba_id))
        .and(Column::Name.eq(name))
        .and(Column::Language.eq(language));
    let rows = Entity::find().filter(fits.clone()).all(tx.conn()).await?;
    let mut update = Entity::update_many().col_expr(column, Expr::value(value.clone())).filter(fits);
    if let Change::Status(_, reason) = change {
        update = update.col_expr(Column::RejectedReason, Expr::value(reason.clone()));
    }
    update.exec(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// How many templates an account has, by status.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read, waba_id: &str) -> Result<std::collections::BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Status)
        .column_as(Column::Id.count(), "rows_found")
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::WabaId.eq(waba_id))
        .group_by(Column::Status)
        .into_tuple()
        .all(&read.conn())
        .await?;
    Ok(rows.into_iter().collect())
}
