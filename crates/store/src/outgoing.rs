//! Messages as the send worker reads them.

use crate::batch;
use crate::codec::unpack_content;
use crate::entity::{conversation, message};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::message::Content;
use rapport_core::{ContactId, ConversationId, MediaId, MessageId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// What a message on its way out says, and where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The message.
    pub id: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its customer.
    pub contact: ContactId,
    /// The customer's lane.
    pub lane: u16,
    /// What it says.
    pub content: Content,
    /// Provider id of the message it answers.
    pub reply_to: Option<String>,
    /// `user`, `rule`, `api`, `system`, ...
    pub author_kind: String,
    /// The file it carries.
    pub media: Option<MediaId>,
    /// The event it tells of.
    pub event: Option<String>,
}

/// Notes which event a message tells of, in the transaction that makes it. Few messages have one, so that the others
/// carry nothing for it.
///
/// # Errors
/// What the database said.
pub async fn about(tx: &WriteTx, message: MessageId, event: &str) -> Result<()> {
    let text = "UPDATE message SET event_key = $3 WHERE workspace_id = $1 AND id = $2";
    let values = [tx.workspace().0.into(), message.0.into(), batch::without_nul(event.to_owned()).into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Messages by id; those that are gone are left out.
///
/// # Errors
/// What the database said; `Damaged` when a content cannot be read.
pub async fn get(read: &Read, ids: &[MessageId]) -> Result<Vec<Outgoing>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = message::Entity::find()
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .all(&read.conn())
        .await?;
    let lanes: Vec<(Uuid, i16)> = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::Id)
        .column(conversation::Column::Lane)
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::Id.is_in(rows.iter().map(|row| row.conversation_id)))
        .into_tuple()
        .all(&read.conn())
        .await?;
    let lanes: HashMap<Uuid, i16> = lanes.into_iter().collect();
    let outgoing = rows.into_iter().map(|row| {
        Ok(Outgoing {
            id: MessageId(row.id),
            conversation: ConversationId(row.conversation_id),
            contact: ContactId(row.contact_id),
            lane: lanes.get(&row.conversation_id).and_then(|lane| u16::try_from(*lane).ok()).unwrap_or(0),
            content: unpack_content(&row.content)?,
            reply_to: row.reply_to_provider_id,
            author_kind: row.author_kind,
            media: row.media_id.map(MediaId),
            event: row.event_key,
        })
    });
    outgoing.collect()
}
