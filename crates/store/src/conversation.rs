//! Conversations by id, and those that somebody has.

use crate::entity::conversation::{Column, Entity, Model};
use crate::entity::{conversation_trail, message};
use crate::error::Result;
use crate::scope::Read;
use rapport_core::inbox::message_key;
use rapport_core::{ChannelId, ConversationId, TeamId, UserId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

pub use crate::entity::conversation::Model as ConversationRow;

/// One conversation; of one that was merged, the one it is part of now, whose id is another.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: ConversationId) -> Result<Option<Model>> {
    let find = |id: Uuid| Entity::find_by_id((read.workspace().0, id));
    if let Some(found) = find(id.0).one(&read.conn()).await? {
        return Ok(Some(found));
    }
    match conversation_trail::Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await? {
        Some(trail) => Ok(find(trail.into_id).one(&read.conn()).await?),
        None => Ok(None),
    }
}

/// Which of `channels` a message came over, by the provider's id of it.
///
/// # Errors
/// What the database said.
pub async fn heard_over(read: &Read, channels: &[ChannelId], provider_id: &str) -> Result<Option<ChannelId>> {
    let query = message::Entity::find()
        .select_only()
        .column(message::Column::ChannelId)
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::ChannelId.is_in(channels.iter().map(|id| id.0)))
        .filter(message::Column::ProviderKey.eq(message_key(provider_id).to_vec()));
    Ok(query.into_tuple::<Uuid>().one(&read.conn()).await?.map(ChannelId))
}

/// Conversations that are not resolved and that a user or a team has, with their lanes, at most `limit`.
///
/// # Errors
/// What the database said.
pub async fn held(
    read: &Read,
    user: Option<UserId>,
    team: Option<TeamId>,
    limit: u64,
) -> Result<Vec<(ConversationId, u16)>> {
    let mut whose = Condition::any();
    if let Some(user) = user {
        whose = whose.add(Column::AssigneeId.eq(user.0));
    }
    if let Some(team) = team {
        whose = whose.add(Column::TeamId.eq(team.0));
    }
    if whose.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Lane])
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Status.is_in(["open", "pending", "snoozed"]))
        .filter(whose);
    let rows: Vec<(Uuid, i16)> = query.order_by_asc(Column::Id).limit(limit).into_tuple().all(&read.conn()).await?;
    Ok(rows.into_iter().map(|(id, lane)| (ConversationId(id), u16::try_from(lane).unwrap_or(0))).collect())
}
