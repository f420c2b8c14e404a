//! Conversations by id, and those that somebody has.

use crate::entity::conversation::{Column, Entity, Model};
use crate::entity::{conversation_trail, message};
use crate::error::Result;
use crate::scope::Read;
use crate::sql;
use rapport_core::inbox::message_key;
use rapport_core::{ChannelId, ConversationId, Ms, TeamId, UserId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Value};
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

/// A conversation whose window is shown as closing earlier than that of the customer's chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    /// The conversation.
    pub id: ConversationId,
    /// Its lane.
    pub lane: u16,
    /// Until when the customer's chat is open.
    pub until: Ms,
}

/// Conversations on channels that are one chat, `channels`, whose window is behind that of another conversation which the
/// customer has there and which is open at `now`; at most `limit`, in the order of their ids. Of a customer's conversations
/// on one channel only the unresolved, else the newest: only those are shown as open when something is heard.
///
/// # Errors
/// What the database said.
pub async fn behind(read: &Read, channels: &[ChannelId], now: Ms, limit: u64) -> Result<Vec<Behind>> {
    let places = sql::places(4, channels.len());
    // The statuses are named so that the index by status and window serves.
    let text = format!(
        "SELECT c.id, c.lane, w.ends FROM (SELECT contact_id, max(window_expires_at) AS ends FROM conversation \
         WHERE workspace_id = $1 AND status IN ('open', 'pending', 'snoozed', 'resolved') AND window_expires_at > $2 \
         AND channel_id IN ({places}) GROUP BY contact_id) AS w \
         JOIN conversation AS c ON c.workspace_id = $1 AND c.contact_id = w.contact_id AND c.channel_id IN ({places}) \
         WHERE coalesce(c.window_expires_at, 0) < w.ends AND (c.status <> 'resolved' OR NOT EXISTS (SELECT 1 \
         FROM conversation AS n WHERE n.workspace_id = $1 AND n.contact_id = c.contact_id AND n.channel_id = c.channel_id \
         AND (n.status <> 'resolved' OR n.last_message_at > c.last_message_at \
         OR (n.last_message_at = c.last_message_at AND n.id > c.id)))) ORDER BY c.id LIMIT $3"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![read.workspace().0.into(), now.0.into(), limit.into()];
    values.extend(channels.iter().map(|id| Value::from(id.0)));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let read_one = |row: &sea_orm::QueryResult| {
        Ok(Behind {
            id: ConversationId(row.try_get_by_index(0)?),
            lane: u16::try_from(row.try_get_by_index::<i16>(1)?).unwrap_or(0),
            until: Ms(row.try_get_by_index(2)?),
        })
    };
    rows.iter().map(read_one).collect()
}
