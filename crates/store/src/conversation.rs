//! Conversations by id.

use crate::entity::conversation::{Entity, Model};
use crate::error::Result;
use crate::scope::Read;
use rapport_core::ConversationId;
use sea_orm::EntityTrait;

pub use crate::entity::conversation::Model as ConversationRow;

/// One conversation.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: ConversationId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}
