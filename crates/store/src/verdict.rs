//! What the guard said about a message, kept beside it.

use crate::entity::message::{Column, Entity};
use crate::error::Result;
use crate::scope::WriteTx;
use rapport_core::MessageId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::Value;

/// Stores the guard's latest verdict on a message; the one before is replaced.
///
/// # Errors
/// What the database said.
pub async fn set(tx: &WriteTx, message: MessageId, verdict: &Value) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Verdict, Expr::value(verdict.clone()))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.eq(message.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}
