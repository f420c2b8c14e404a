//! What a search's hits say and who said it.

use crate::codec::unpack_content;
use crate::entity::{contact, message};
use crate::error::Result;
use crate::scope::Read;
use rapport_core::message::Content;
use rapport_core::{ContactId, MessageId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashMap;
use uuid::Uuid;

/// A message that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// `in`, `out`, `note`, ...
    pub direction: String,
    /// The content's kind.
    pub kind: String,
    /// What was said; `None` when the stored bytes are damaged.
    pub content: Option<Content>,
    /// The beginning of it.
    pub preview: String,
}

/// What these messages say. Those that do not exist any more are left out.
///
/// # Errors
/// What the database said.
pub async fn messages(read: &Read, ids: &[MessageId]) -> Result<HashMap<Uuid, Found>> {
    let rows: Vec<(Uuid, String, String, Vec<u8>, String)> = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .column(message::Column::Direction)
        .column(message::Column::Kind)
        .column(message::Column::Content)
        .column(message::Column::Preview)
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(&read.conn())
        .await?;
    let found = |(id, direction, kind, content, preview): (Uuid, String, String, Vec<u8>, String)| {
        (id, Found { direction, kind, content: unpack_content(&content).ok(), preview })
    };
    Ok(rows.into_iter().map(found).collect())
}

/// The names of these contacts; empty when unknown.
///
/// # Errors
/// What the database said.
pub async fn names(read: &Read, ids: &[ContactId]) -> Result<HashMap<Uuid, String>> {
    let rows: Vec<(Uuid, String)> = contact::Entity::find()
        .select_only()
        .column(contact::Column::Id)
        .column(contact::Column::Name)
        .filter(contact::Column::WorkspaceId.eq(read.workspace().0))
        .filter(contact::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(&read.conn())
        .await?;
    Ok(rows.into_iter().collect())
}
