//! A thread: messages with what they quote and the files they carry.

use super::Draft;
use crate::codec::unpack_content;
use crate::entity::{media, message, message_attempt};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::message::Content;
use rapport_core::{ConversationId, MediaId, MessageId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

pub use crate::entity::message::Model as MessageRow;
pub use crate::entity::message_attempt::Model as AttemptRow;

/// A message as the thread shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The row; its packed content stands unpacked beside it.
    pub row: MessageRow,
    /// What was said.
    pub content: Content,
    /// The message it answers.
    pub quoted: Option<Quoted>,
    /// The file it carries.
    pub media: Option<media::Model>,
}

/// A message that another one answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The message.
    pub id: MessageId,
    /// Its words, shortened.
    pub preview: String,
    /// `in`, `out`, ...
    pub direction: String,
}

/// A page of a thread, newest first; those before `before` (its time and id). Three statements.
///
/// # Errors
/// What the database said.
pub async fn page(
    read: &Read,
    conversation: ConversationId,
    before: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<Vec<Line>> {
    let mut draft = Draft::default();
    let (workspace, conversation) = (draft.arg(read.workspace().0), draft.arg(conversation.0));
    let mut beyond = String::new();
    if let Some((at, id)) = before {
        let (at, id) = (draft.arg(at), draft.arg(id));
        beyond = format!(" AND m.at <= {at} AND (m.at < {at} OR m.id < {id})");
    }
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT m.* FROM message AS m WHERE m.workspace_id = {workspace} AND m.conversation_id = {conversation}{beyond} \
         ORDER BY m.at DESC, m.id DESC LIMIT {limit}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    let rows = rows.iter().map(|row| Ok(MessageRow::from_query_result(row, "")?)).collect::<Result<Vec<_>>>()?;
    complete(read, rows).await
}

/// The page of a thread just after `after` (a line's time and id), newest first. Three statements.
///
/// # Errors
/// What the database said.
pub async fn newer(read: &Read, conversation: ConversationId, after: (i64, Uuid), limit: u64) -> Result<Vec<Line>> {
    let mut draft = Draft::default();
    let (workspace, conversation) = (draft.arg(read.workspace().0), draft.arg(conversation.0));
    let (at, id) = (draft.arg(after.0), draft.arg(after.1));
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT m.* FROM message AS m WHERE m.workspace_id = {workspace} AND m.conversation_id = {conversation} \
         AND m.at >= {at} AND (m.at > {at} OR m.id > {id}) ORDER BY m.at, m.id LIMIT {limit}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    let rows = rows.iter().rev().map(|row| Ok(MessageRow::from_query_result(row, "")?)).collect::<Result<Vec<_>>>()?;
    complete(read, rows).await
}

/// Where a message stands in its thread (time and id), when it belongs to this one.
///
/// # Errors
/// What the database said.
pub async fn place(read: &Read, conversation: ConversationId, message: MessageId) -> Result<Option<(i64, Uuid)>> {
    let query = message::Entity::find()
        .select_only()
        .column(message::Column::At)
        .column(message::Column::Id)
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::Id.eq(message.0))
        .filter(message::Column::ConversationId.eq(conversation.0));
    Ok(query.into_tuple().one(&read.conn()).await?)
}

/// Messages by id, in no order; those that do not exist are left out.
///
/// # Errors
/// What the database said.
pub async fn by_id(read: &Read, ids: &[MessageId]) -> Result<Vec<Line>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = message::Entity::find()
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::Id.is_in(ids.iter().map(|id| id.0)));
    let rows = query.all(&read.conn()).await?;
    complete(read, rows).await
}

/// The message that a client's own id names in a conversation, or in what was split off from it: a request that is
/// repeated after that means the message it made before.
///
/// # Errors
/// What the database said.
pub async fn by_client_id(read: &Read, conversation: ConversationId, client_id: &str) -> Result<Option<MessageId>> {
    let text = "WITH RECURSIVE part AS (SELECT c.id FROM conversation AS c WHERE c.workspace_id = $1 AND c.id = $2 \
        UNION SELECT t.id FROM part CROSS JOIN conversation_trail AS t WHERE t.workspace_id = $1 AND t.into_id = part.id) \
        SELECT m.id FROM part CROSS JOIN message AS m WHERE m.workspace_id = $1 AND m.conversation_id = part.id \
        AND m.client_id = $3 LIMIT 1";
    let values = [read.workspace().0.into(), conversation.0.into(), client_id.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    Ok(row.map(|row| row.try_get_by_index::<Uuid>(0)).transpose()?.map(MessageId))
}

/// The tries to hand a message over, first to last.
///
/// # Errors
/// What the database said.
pub async fn attempts(read: &Read, message: MessageId) -> Result<Vec<AttemptRow>> {
    let query = message_attempt::Entity::find()
        .filter(message_attempt::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message_attempt::Column::MessageId.eq(message.0))
        .order_by_asc(message_attempt::Column::N);
    Ok(query.all(&read.conn()).await?)
}

async fn complete(read: &Read, rows: Vec<MessageRow>) -> Result<Vec<Line>> {
    let targets: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.reply_to_id).collect();
    let quoted = quoted(read, &targets).await?;
    let files: Vec<MediaId> = rows.iter().filter_map(|row| row.media_id).map(MediaId).collect();
    let files: HashMap<Uuid, media::Model> =
        crate::media::of_ids(read, &files).await?.into_iter().map(|file| (file.id, file)).collect();
    let line = |mut row: MessageRow| {
        let packed = std::mem::take(&mut row.content);
        // One damaged row must not take the thread with it.
        let content = unpack_content(&packed)
            .unwrap_or_else(|error| Content::Unsupported { kind: row.kind.clone(), reason: error.to_string() });
        let quoted = row.reply_to_id.and_then(|id| quoted.get(&id).cloned());
        let media = row.media_id.and_then(|id| files.get(&id).cloned());
        Line { row, content, quoted, media }
    };
    Ok(rows.into_iter().map(line).collect())
}

async fn quoted(read: &Read, ids: &BTreeSet<Uuid>) -> Result<HashMap<Uuid, Quoted>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uuid, String, String)> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .column(message::Column::Preview)
        .column(message::Column::Direction)
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(&read.conn())
        .await?;
    let quoted = |(id, preview, direction)| (id, Quoted { id: MessageId(id), preview, direction });
    Ok(rows.into_iter().map(quoted).collect())
}
