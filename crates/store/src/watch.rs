//! Who is told what happens in a conversation: those mentioned in notes, and collaborators.
//!
//! A row says until when its user has looked, and which of the customer's messages had arrived then. What is new to them
//! is found by comparing: nothing is counted when a customer writes, so the busiest path of all does not know of this
//! table. Arrivals are compared with arrivals: what the provider says about when something was said is in whole seconds,
//! and may lie long before it came.

use crate::entity::watch::{Column, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use crate::whole;
use rapport_core::{ConversationId, Ms, UserId, WorkspaceId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;
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
    // The arrivals matter from when somebody joins; whoever is told by another has something new before anyway.
    let text = "INSERT INTO watch (workspace_id, user_id, conversation_id, joined, told_at, told_by, message_id, seen_at, \
        created_at, heard_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $5, $9) \
        ON CONFLICT (workspace_id, user_id, conversation_id) \
        DO UPDATE SET joined = (watch.joined OR excluded.joined), told_at = excluded.told_at, \
        told_by = excluded.told_by, message_id = COALESCE(excluded.message_id, watch.message_id), \
        seen_at = CASE WHEN excluded.seen_at = excluded.told_at THEN excluded.seen_at ELSE watch.seen_at END, \
        heard_at = CASE WHEN watch.joined THEN watch.heard_at ELSE excluded.heard_at END";
    let heard = arrived(tx.conn(), tx.backend(), (tx.workspace(), conversation)).await?;
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
            heard.map(|at| at.0).into(),
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

/// When the newest of the customer's messages came that a conversation shows; by our clock.
///
/// # Errors
/// What the database said.
pub async fn heard(read: &Read, conversation: ConversationId) -> Result<Option<Ms>> {
    arrived(&read.conn(), read.backend(), (read.workspace(), conversation)).await
}

async fn arrived(
    conn: &impl ConnectionTrait,
    backend: Backend,
    (workspace, conversation): (WorkspaceId, ConversationId),
) -> Result<Option<Ms>> {
    let text = "SELECT m.created_at FROM conversation AS c CROSS JOIN message AS m WHERE c.workspace_id = $1 AND c.id = $2 \
        AND m.workspace_id = c.workspace_id AND m.contact_id = c.contact_id AND m.conversation_id = c.id \
        AND m.direction = 'in' ORDER BY m.created_at DESC LIMIT 1";
    let row = conn.query_one_raw(sql::with(backend, text, [workspace.0.into(), conversation.0.into()])).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.map(Ms))
}

/// A user has looked at a conversation at a moment, when it showed what had come until `heard`. Of several looks the latest
/// counts.
///
/// # Errors
/// What the database said.
pub async fn seen(tx: &WriteTx, user: UserId, conversation: ConversationId, at: Ms, heard: Option<Ms>) -> Result<()> {
    let text = "UPDATE watch SET seen_at = CASE WHEN seen_at < $4 THEN $4 ELSE seen_at END, \
        heard_at = CASE WHEN heard_at > $5 THEN heard_at ELSE $5 END \
        WHERE workspace_id = $1 AND user_id = $2 AND conversation_id = $3";
    let heard = heard.map_or(0, |at| at.0);
    let values = [tx.workspace().0.into(), user.0.into(), conversation.0.into(), at.0.into(), heard.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
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
        AND (w.told_at > w.seen_at OR (w.joined AND EXISTS (SELECT 1 FROM message AS m \
        WHERE m.workspace_id = c.workspace_id AND m.contact_id = c.contact_id AND m.conversation_id = c.id \
        AND m.created_at > COALESCE(w.heard_at, w.seen_at) AND m.direction = 'in'))) \
        ORDER BY w.told_at DESC, w.conversation_id LIMIT $3";
    let values = [read.workspace().0.into(), user.0.into(), i64::from(limit).into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

/// Two conversations become one: whoever was told of the one that goes is told of the other. Who was told of both has
/// one row then, and nothing they have not seen is lost.
pub(crate) async fn follow(tx: &WriteTx, keep: ConversationId, gone: ConversationId) -> Result<()> {
    let workspace = tx.workspace().0;
    let of = |conversation: ConversationId| {
        Entity::find().filter(Column::WorkspaceId.eq(workspace)).filter(Column::ConversationId.eq(conversation.0))
    };
    let mine: HashMap<Uuid, WatchRow> =
        of(keep).lock_exclusive().all(tx.conn()).await?.into_iter().map(|row| (row.user_id, row)).collect();
    for row in of(gone).all(tx.conn()).await? {
        let row = WatchRow { conversation_id: keep.0, ..row };
        match mine.get(&row.user_id) {
            None => whole::insert::<Entity>(tx, workspace, row).await?,
            Some(own) => whole::update::<Entity>(tx, workspace, both(own.clone(), row), "watch").await?,
        }
    }
    Entity::delete_many()
        .filter(Column::WorkspaceId.eq(workspace))
        .filter(Column::ConversationId.eq(gone.0))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// A conversation became two, and its newer lines are in `made`: its collaborators are those of both, and a mention is news
/// where its note is.
pub(crate) async fn divide(tx: &WriteTx, from: ConversationId, made: ConversationId) -> Result<()> {
    const THERE: &str = "EXISTS (SELECT 1 FROM message AS m WHERE m.workspace_id = watch.workspace_id \
        AND m.id = watch.message_id AND m.conversation_id = $3)";
    // Seen where the note is not: what there is to see is in the other one.
    let looked = "CASE WHEN watch.seen_at < watch.told_at THEN watch.told_at ELSE watch.seen_at END";
    let statements = [
        format!(
            "INSERT INTO watch (workspace_id, user_id, conversation_id, joined, told_at, told_by, message_id, seen_at, \
             created_at, heard_at) SELECT workspace_id, user_id, $3, joined, told_at, told_by, \
             CASE WHEN {THERE} THEN message_id END, CASE WHEN {THERE} THEN seen_at ELSE {looked} END, created_at, heard_at \
             FROM watch WHERE workspace_id = $1 AND conversation_id = $2 AND (joined OR {THERE})"
        ),
        format!("DELETE FROM watch WHERE workspace_id = $1 AND conversation_id = $2 AND NOT joined AND {THERE}"),
        format!(
            "UPDATE watch SET message_id = NULL, seen_at = {looked} WHERE workspace_id = $1 AND conversation_id = $2 \
             AND {THERE}"
        ),
    ];
    for text in statements {
        let values = [tx.workspace().0.into(), from.0.into(), made.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// One row of two: what is not seen yet counts more than what is, then the later of them.
fn both(one: WatchRow, other: WatchRow) -> WatchRow {
    let unseen = |row: &WatchRow| row.told_at > row.seen_at;
    let weight = |row: &WatchRow| (unseen(row), row.told_at);
    let (first, second) = if weight(&other) > weight(&one) { (other, one) } else { (one, other) };
    let looked = first.seen_at.min(second.seen_at);
    let seen_at = if unseen(&first) { looked } else { looked.max(first.told_at) };
    // For those who hear of every message: what came after the earlier look is told once more rather than never.
    let heard = |row: &WatchRow| row.joined.then(|| row.heard_at.unwrap_or(row.seen_at));
    let heard_at = [heard(&first), heard(&second)].into_iter().flatten().min();
    WatchRow {
        joined: first.joined || second.joined,
        seen_at,
        heard_at: heard_at.or(first.heard_at),
        created_at: first.created_at.min(second.created_at),
        ..first
    }
}
