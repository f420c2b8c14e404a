//! Joining two contacts: their rows lead to one from then on.

use crate::entity::{contact, conversation, identity};
use crate::error::Result;
use crate::scope::WriteTx;
use crate::sql;
use rapport_core::{ContactId, ConversationId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// Tables whose rows follow the contact.
const FOLLOW: [&str; 9] =
    ["message", "conversation", "consent", "send_queue", "reach", "event_log", "search_doc", "survey", "closing"];

/// Moves everything of `gone` to `keep` and leaves `gone` as a pointer. Conversations that would be open twice on one
/// channel must have been joined before ([`join_conversation`]). Both lanes must be locked.
///
/// # Errors
/// `Conflict` when a conversation would be open twice.
pub async fn contacts(tx: &WriteTx, keep: ContactId, gone: ContactId, lane: u16, now: Ms) -> Result<()> {
    let workspace = tx.workspace().0;
    conversation::Entity::update_many()
        .col_expr(conversation::Column::Lane, Expr::value(i16::try_from(lane).unwrap_or(0)))
        .filter(conversation::Column::WorkspaceId.eq(workspace))
        .filter(conversation::Column::ContactId.eq(gone.0))
        .exec(tx.conn())
        .await?;
    for table in FOLLOW {
        let text = format!("UPDATE {table} SET contact_id = $1 WHERE workspace_id = $2 AND contact_id = $3");
        let values = [keep.0.into(), workspace.into(), gone.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    crate::block::follow(tx, keep, gone).await?;
    identity::Entity::update_many()
        .col_expr(identity::Column::ContactId, Expr::value(keep.0))
        .filter(identity::Column::WorkspaceId.eq(workspace))
        .filter(identity::Column::ContactId.eq(gone.0))
        .exec(tx.conn())
        .await?;
    contact::Entity::update_many()
        .col_expr(contact::Column::MergedInto, Expr::value(keep.0))
        .col_expr(contact::Column::UpdatedAt, Expr::value(now.0))
        .filter(contact::Column::WorkspaceId.eq(workspace))
        .filter(contact::Column::Id.eq(gone.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Moves every line of `gone` into `keep` and removes `gone`; the caller writes the joined row.
///
/// # Errors
/// What the database said.
pub async fn join_conversation(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let workspace = tx.workspace().0;
    for table in ["message", "search_doc", "survey", "closing"] {
        let text = format!("UPDATE {table} SET conversation_id = $1 WHERE workspace_id = $2 AND conversation_id = $3");
        let values = [keep.0.into(), workspace.into(), gone.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    crate::cost::follow(tx, keep, gone).await?;
    crate::watch::follow(tx, keep, gone).await?;
    conversation::Entity::delete_by_id((workspace, gone.0)).exec(tx.conn()).await?;
    Ok(())
}
