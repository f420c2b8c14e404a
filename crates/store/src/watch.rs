//! Who is told what happens in a conversation: those mentioned in notes, and collaborators.
//!
//! A row says until when its user has looked. What is new to them is found by comparing: nothing is counted when a
//! customer writes, so the busiest path of all does not know of this table.

use crate::entity::watch::{Column, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::{ConversationId, Ms, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

pub use crate::entity::watch::Model as WatchRow;

/// What somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct News {
    /// When.
    pub at: Ms,
    /// By whom.
    pub by: Option<Uuid>,
    /// The note, when there is one.
    pub message: Option<Uuid>,
    /// Whether they are collaborators from now on; those who are stay so.
    pub join: bool,
}

/// Tells users of a conversation. Whoever did it themselves has seen it.
///
/// # Errors
/// What the database said.
pub async fn tell(tx: &WriteTx, conversation: ConversationId, users: &[Uuid], news: News) -> Result<()> {
    let text = "INSERT INTO watch (workspace_id, user_id, conversation_id, joined, told_at, told_by, message_id, seen_at, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $5) ON CONFLICT (workspace_id, user_id, conversation_id) \
        DO UPDATE SET joined = (watch.joined OR excluded.joined), told_at = excluded.told_at, \
        told_by = excluded.told_by, message_id = COALESCE(excluded.message_id, watch.message_id), \
        seen_at = CASE WHEN excluded.seen_at = excluded.told_at THEN excluded.seen_at ELSE watch.seen_at END";
    for user in users {
        let own = news.by == Some(*user);
        let seen = if own { news.at.0 } else { news.at.0 - 1 };
        let values = [
            tx.workspace().0.into(),
            (*user).into(),
            conversation.0.into(),
            news.join.into(),
            news.at.0.into(),
            news.by.into(),
            news.message.into(),
            seen.into(),
        ];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// The collaborators of a conversation.
///
/// # Errors
/// What the database said.
pub async fn joined(tx: &WriteTx, conversation: ConversationId) -> Result<Vec<Uuid>> {
    let rows = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ConversationId.eq(conversation.0))
        .filter(Column::Joined.eq(true))
        .order_by_asc(Column::UserId)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.user_id).collect())
}

/// Everybody who is told of a conversation, the longest there first.
///
/// # Errors
/// What the database said.
pub async fn of_conversation(read: &Read, conversation: ConversationId) -> Result<Vec<WatchRow>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ConversationId.eq(conversation.0))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::UserId);
    Ok(query.all(&read.conn()).await?)
}

/// How one user stands to a conversation.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, user: UserId, conversation: ConversationId) -> Result<Option<WatchRow>> {
    Ok(Entity::find_by_id((read.workspace().0, user.0, conversation.0)).one(&read.conn()).await?)
}

/// A user hears no more of a conversation. True when they did before.
///
/// # Errors
/// What the database said.
pub async fn leave(tx: &WriteTx, user: UserId, conversation: ConversationId) -> Result<bool> {
    let gone = Entity::delete_by_id((tx.workspace().0, user.0, conversation.0)).exec(tx.conn()).await?;
    Ok(gone.rows_affected > 0)
}

/// A user hears no more of any conversation: they were removed.
///
/// # Errors
/// What the database said.
pub(crate) async fn forget_user(tx: &WriteTx, user: UserId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A user has looked at a conversation.
///
/// # Errors
/// What the database said.
pub async fn seen(tx: &WriteTx, user: UserId, conversation: ConversationId, at: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::SeenAt, Expr::value(at.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::UserId.eq(user.0))
        .filter(Column::ConversationId.eq(conversation.0))
        .filter(Column::SeenAt.lt(at.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Conversations with something new to a user - a mention, a note, for collaborators also a customer's message -, the
/// newest first, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn unseen(read: &Read, user: UserId, limit: u32) -> Result<Vec<Uuid>> {
    let text = "SELECT w.conversation_id FROM watch AS w CROSS JOIN conversation AS c WHERE w.workspace_id = $1 \
        AND w.user_id = $2 AND c.workspace_id = w.workspace_id AND c.id = w.conversation_id \
        AND (w.told_at > w.seen_at OR (w.joined AND c.last_inbound_at > w.seen_at)) \
        ORDER BY w.told_at DESC, w.conversation_id LIMIT $3";
    let values = [read.workspace().0.into(), user.0.into(), i64::from(limit).into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Two conversations become one: whoever was told of the one that goes is told of the other.
pub(crate) async fn follow(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let copy = "INSERT INTO watch (workspace_id, user_id, conversation_id, joined, told_at, told_by, message_id, seen_at, \
        created_at) SELECT workspace_id, user_id, $1, joined, told_at, told_by, message_id, seen_at, created_at \
        FROM watch WHERE workspace_id = $2 AND conversation_id = $3 ON CONFLICT DO NOTHING";
    let workspace = tx.workspace().0;
    let values = [keep.0.into(), workspace.into(), gone.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), copy, values)).await?;
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(workspace))
        .filter(Column::ConversationId.eq(gone.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}
