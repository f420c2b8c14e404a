//! One customer and their conversation as decisions see them, read without a writing transaction: for previews.

use crate::entity::{contact, conversation, identity, message};
use crate::error::{Error, Result};
use crate::scope::Read;
use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::inbox::{ContactState, ConversationState, ConversationStatus, Priority};
use rapport_core::message::{Direction, Status};
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms, TeamId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// A contact with its present identities; one that was merged away is not found.
///
/// # Errors
/// What the database said.
pub async fn contact(read: &Read, id: ContactId) -> Result<Option<ContactState>> {
    let found = contact::Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?;
    let Some(row) = found.filter(|row| row.merged_into.is_none()) else { return Ok(None) };
    let identities = identity::Entity::find()
        .filter(identity::Column::WorkspaceId.eq(read.workspace().0))
        .filter(identity::Column::ContactId.eq(id.0))
        .filter(identity::Column::RetiredAt.is_null())
        .all(&read.conn())
        .await?;
    let known = |row: identity::Model| Some(Identity::new(IdentityKind::parse(&row.kind)?, row.value));
    Ok(Some(ContactState {
        id,
        lane: u16::try_from(row.lane).unwrap_or(0),
        name: row.name,
        username: row.username,
        phone: row.phone,
        country: row.country,
        marketing_consent: row.marketing_consent,
        source: row.source,
        first_inbound_at: row.first_inbound_at.map(Ms),
        last_inbound_at: row.last_inbound_at.map(Ms),
        identities: identities.into_iter().filter_map(known).collect(),
        field_stamps: serde_json::from_value(row.field_stamps).unwrap_or_default(),
        created_at: Ms(row.created_at),
        updated_at: Ms(row.updated_at),
    }))
}

/// The contact's unresolved conversation on a channel, else the newest one.
///
/// # Errors
/// What the database said; `Damaged`.
pub async fn conversation(read: &Read, contact: ContactId, channel: ChannelId) -> Result<Option<ConversationState>> {
    let rows = conversation::Entity::find()
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::ContactId.eq(contact.0))
        .filter(conversation::Column::ChannelId.eq(channel.0))
        .order_by_desc(conversation::Column::LastMessageAt)
        .all(&read.conn())
        .await?;
    let open = rows.iter().find(|row| row.status != ConversationStatus::Resolved.code());
    open.or(rows.first()).map(state).transpose()
}

/// Until when the service window of a contact's conversations on some channels is open, or was at the latest.
///
/// # Errors
/// What the database said.
pub async fn window(read: &Read, contact: ContactId, channels: &[ChannelId]) -> Result<Option<Ms>> {
    let query = conversation::Entity::find()
        .select_only()
        .column(conversation::Column::WindowExpiresAt)
        .filter(conversation::Column::WorkspaceId.eq(read.workspace().0))
        .filter(conversation::Column::ContactId.eq(contact.0))
        .filter(conversation::Column::ChannelId.is_in(channels.iter().map(|id| id.0)))
        .filter(conversation::Column::WindowExpiresAt.is_not_null())
        .order_by_desc(conversation::Column::WindowExpiresAt);
    Ok(query.into_tuple::<i64>().one(&read.conn()).await?.map(Ms))
}

/// When a contact wrote after a moment, the latest `limit` times, newest first.
///
/// # Errors
/// What the database said.
pub async fn wrote_at(read: &Read, contact: ContactId, after: Ms, limit: u64) -> Result<Vec<Ms>> {
    let query = message::Entity::find()
        .select_only()
        .column(message::Column::At)
        .filter(message::Column::WorkspaceId.eq(read.workspace().0))
        .filter(message::Column::ContactId.eq(contact.0))
        .filter(message::Column::CreatedAt.gt(after.0))
        .filter(message::Column::Direction.eq(Direction::In.code()))
        .order_by_desc(message::Column::CreatedAt)
        .limit(limit);
    Ok(query.into_tuple::<i64>().all(&read.conn()).await?.into_iter().map(Ms).collect())
}

/// A conversation's row as decisions see it.
///
/// # Errors
/// `Damaged` when it holds a word this program does not know.
pub fn state(row: &conversation::Model) -> Result<ConversationState> {
    let unknown = |what: &str, code: &str| Error::Damaged(format!("unknown {what}: {code}"));
    let direction = row.last_direction.as_deref().unwrap_or("event");
    let all = [Direction::In, Direction::Out, Direction::Note, Direction::Event];
    Ok(ConversationState {
        id: ConversationId(row.id),
        contact_id: ContactId(row.contact_id),
        channel_id: ChannelId(row.channel_id),
        lane: u16::try_from(row.lane).unwrap_or(0),
        status: ConversationStatus::parse(&row.status).ok_or_else(|| unknown("status", &row.status))?,
        priority: Priority::parse(&row.priority).ok_or_else(|| unknown("priority", &row.priority))?,
        assignee_id: row.assignee_id.map(UserId),
        team_id: row.team_id.map(TeamId),
        snoozed_until: row.snoozed_until.map(Ms),
        unread: row.unread,
        last_message_at: Ms(row.last_message_at),
        last_message_id: row.last_message_id.map(MessageId),
        last_direction: all.into_iter().find(|one| one.code() == direction).unwrap_or(Direction::Event),
        last_kind: row.last_kind.clone().unwrap_or_default(),
        last_preview: row.last_preview.clone().unwrap_or_default(),
        last_status: row.last_status.as_deref().and_then(Status::parse).unwrap_or(Status::Event),
        last_inbound_at: row.last_inbound_at.map(Ms),
        last_inbound_provider_id: row.last_inbound_provider_id.clone(),
        window_expires_at: row.window_expires_at.map(Ms),
        waiting_since: row.waiting_since.map(Ms),
        first_response_at: row.first_response_at.map(Ms),
        resolved_at: row.resolved_at.map(Ms),
        created_at: Ms(row.created_at),
        updated_at: Ms(row.updated_at),
    })
}
