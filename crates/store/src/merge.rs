//! Joining two contacts: their rows lead to one from then on.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::{contact, conversation, identity};
use crate::error::Result;
use crate::scope::WriteTx;
use crate::sql;
pub use crate::unmerge::{Joined, Moved};
use rapport_core::{ContactId, ConversationId, MessageId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Tables whose rows follow the contact.
const FOLLOW: [&str; 10] = [
    "conversation",
    "consent",
    "send_queue",
    "reach",
    "survey",
    "closing",
    "rule_run",
    "matter",
    "shop_order",
    "coupon",
];
/// What has one row at most for each resolution of a conversation, and the resolution's moment.
pub(crate) const RESOLUTIONS: [(&str, &str); 2] = [("closing", "at"), ("survey", "resolved_at")];

/// Moves everything of `gone` to `keep` and leaves `gone` as a pointer; what went is told, so that it can go back
/// ([`crate::unmerge`]). The log of events stays as it was told. Conversations that would be open twice on one
/// channel must have been joined before ([`join_conversation`]). Both lanes must be locked.
///
/// # Errors
/// `Conflict` when a conversation would be open twice.
pub async fn contacts(tx: &WriteTx, keep: ContactId, gone: ContactId, lane: u16, now: Ms) -> Result<Moved> {
    let workspace = tx.workspace().0;
    let moved = crate::unmerge::of(tx, keep, gone).await?;
    conversation::Entity::update_many()
        .col_expr(conversation::Column::Lane, Expr::value(i16::try_from(lane).unwrap_or(0)))
        .filter(conversation::Column::WorkspaceId.eq(workspace))
        .filter(conversation::Column::ContactId.eq(gone.0))
        .exec(tx.conn())
        .await?;
    messages(tx, "contact_id", keep.0, gone.0).await?;
    for table in FOLLOW {
        let text = format!("UPDATE {table} SET contact_id = $1 WHERE workspace_id = $2 AND contact_id = $3");
        let values = [keep.0.into(), workspace.into(), gone.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    crate::block::follow(tx, keep, gone).await?;
    crate::link::follow(tx, keep, gone).await?;
    crate::conflict::follow(tx, keep, gone, now).await?;
    crate::tag::follow(tx, keep, gone).await?;
    crate::likeness::forget(tx, gone).await?;
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
    Ok(moved)
}

/// Moves every line of `gone` into `keep` and removes `gone`, whose id leads to `keep` from then on; the caller writes the
/// joined row. What went is told.
///
/// # Errors
/// What the database said.
pub async fn join_conversation(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<Joined> {
    let workspace = tx.workspace().0;
    // A client's id is one message's in a conversation; whoever repeats that request means the one of `keep`.
    let text = "UPDATE message SET client_id = NULL WHERE workspace_id = $2 AND conversation_id = $3 AND client_id IN \
        (SELECT client_id FROM message WHERE workspace_id = $2 AND conversation_id = $1 AND client_id IS NOT NULL)";
    let values = [keep.0.into(), workspace.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    let rows = crate::unmerge::rows_of(tx, gone).await?;
    let lines = messages(tx, "conversation_id", keep.0, gone.0).await?;
    for (table, moment) in RESOLUTIONS {
        keep_apart(tx, table, moment, keep, gone).await?;
        let text = format!("UPDATE {table} SET conversation_id = $1 WHERE workspace_id = $2 AND conversation_id = $3");
        let values = [keep.0.into(), workspace.into(), gone.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    let text = "UPDATE matter SET conversation_id = $1 WHERE workspace_id = $2 AND conversation_id = $3";
    let values = [keep.0.into(), workspace.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    crate::cost::follow(tx, keep, gone).await?;
    crate::watch::follow(tx, keep, gone).await?;
    trail(tx, keep, gone).await?;
    bulk_items(tx, keep, gone).await?;
    conversation::Entity::delete_by_id((workspace, gone.0)).exec(tx.conn()).await?;
    Ok(Joined { id: gone.0, into: keep.0, messages: lines.into_iter().map(|line| line.0).collect(), rows })
}

/// The id of `gone` leads to `keep`, and so does whatever led to `gone`.
async fn trail(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let workspace = tx.workspace().0;
    let statements = [
        "UPDATE conversation_trail SET into_id = $2 WHERE workspace_id = $1 AND into_id = $3",
        "INSERT INTO conversation_trail (workspace_id, id, into_id) VALUES ($1, $3, $2) \
         ON CONFLICT (workspace_id, id) DO UPDATE SET into_id = excluded.into_id",
        "DELETE FROM conversation_trail WHERE workspace_id = $1 AND id = into_id AND into_id IN ($2, $3)",
    ];
    for text in statements {
        let values = [workspace.into(), keep.0.into(), gone.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// What is still to be done to `gone` by a change to many is done to `keep`, unless it is among them itself.
async fn bulk_items(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let text = "UPDATE bulk_item SET conversation_id = $1 WHERE workspace_id = $2 AND conversation_id = $3 AND state = 0 \
        AND NOT EXISTS (SELECT 1 FROM bulk_item AS own WHERE own.workspace_id = bulk_item.workspace_id \
        AND own.bulk_id = bulk_item.bulk_id AND own.conversation_id = $1) \
        AND bulk_id IN (SELECT id FROM bulk WHERE workspace_id = $2 AND state = 'running')";
    let values = [keep.0.into(), tx.workspace().0.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Moves messages and their documents in the search index.
async fn messages(tx: &WriteTx, column: &str, keep: Uuid, gone: Uuid) -> Result<Vec<MessageId>> {
    let workspace = tx.workspace().0;
    let text = format!("UPDATE message SET {column} = $1 WHERE workspace_id = $2 AND {column} = $3 RETURNING id");
    let values = [keep.into(), workspace.into(), gone.into()];
    let mut ids = Vec::new();
    for row in tx.conn().query_all_raw(sql::with(tx.backend(), text, values)).await? {
        ids.push(MessageId(row.try_get_by_index::<Uuid>(0)?));
    }
    moved(tx, column, keep, &ids).await?;
    Ok(ids)
}

/// The documents and readings of messages that moved follow them. The index is the largest table of all: only the messages
/// lead to their documents without reading all of it. After them, so that what an indexer commits meanwhile is seen.
pub(crate) async fn moved(tx: &WriteTx, column: &str, keep: Uuid, messages: &[MessageId]) -> Result<()> {
    const ID: &[Col] = &[col("id", Kind::Uuid)];
    let workspace = tx.workspace().0;
    for (table, id) in [("search_doc", "document_id"), ("reading", "message_id")] {
        let mut rows = Rows::new(ID);
        for message in messages {
            rows.push([message.0.into()]);
        }
        let text = format!(
            "UPDATE {table} SET {column} = $1 FROM {{rows}} WHERE {table}.workspace_id = $2 AND {table}.{id} = v.column1"
        );
        batch::execute(tx.conn(), tx.backend(), &text, &[keep.into(), workspace.into()], rows).await?;
    }
    Ok(())
}

/// A change to many resolves both conversations at the same moment. Both resolutions count, so that of `gone` is given
/// the next free millisecond.
async fn keep_apart(tx: &WriteTx, table: &str, moment: &str, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let text = format!(
        "SELECT id, conversation_id, {moment} FROM {table} WHERE workspace_id = $1 AND conversation_id IN ($2, $3)"
    );
    let workspace = tx.workspace().0;
    let values = [workspace.into(), keep.0.into(), gone.0.into()];
    let (mut mine, mut theirs) = (BTreeSet::new(), Vec::new());
    for row in tx.conn().query_all_raw(sql::with(tx.backend(), text, values)).await? {
        let (id, at): (Uuid, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
        if row.try_get_by_index::<Uuid>(1)? == keep.0 {
            mine.insert(at);
        } else {
            theirs.push((id, at));
        }
    }
    let mut taken: BTreeSet<i64> = theirs.iter().map(|(_, at)| *at).chain(mine.iter().copied()).collect();
    for (id, at) in theirs.into_iter().filter(|(_, at)| mine.contains(at)) {
        let Some(free) = (at..).find(|at| !taken.contains(at)) else { continue };
        taken.insert(free);
        let text = format!("UPDATE {table} SET {moment} = $1 WHERE workspace_id = $2 AND id = $3");
        let values = [free.into(), workspace.into(), id.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}
