//! What several tests of the inbox begin with: one customer, one conversation, one message.

use super::{ContactState, Context, ConversationState, ConversationStatus, MessageState, Policy, Priority};
use crate::message::{Direction, Status};
use crate::{ChannelId, ContactId, ConversationId, MessageId, Ms, WorkspaceId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The present.
pub(super) const NOW: Ms = Ms(1_790_000_000_000);
/// When the customer of [`conversation`] wrote.
pub(super) const HEARD: Ms = Ms(NOW.0 - 60_000);

/// What surrounds a decision on the conversation's channel, with every lane locked.
pub(super) fn context(policy: &Policy, now: Ms) -> Context<'_> {
    Context {
        channel_id: ChannelId(Uuid::from_u128(3)),
        workspace_id: WorkspaceId(Uuid::from_u128(8)),
        lane: 1,
        locked: &|_| true,
        received_at: now,
        wait_until: None,
        now,
        policy,
    }
}

/// The customer.
pub(super) fn contact() -> ContactState {
    ContactState {
        id: ContactId(Uuid::from_u128(2)),
        lane: 1,
        name: "Amal".to_owned(),
        username: None,
        phone: None,
        country: None,
        marketing_consent: "unknown".to_owned(),
        source: None,
        first_inbound_at: None,
        last_inbound_at: None,
        identities: Vec::new(),
        field_stamps: BTreeMap::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

/// A conversation whose customer waits since [`HEARD`].
pub(super) fn conversation() -> ConversationState {
    ConversationState {
        id: ConversationId(Uuid::from_u128(1)),
        contact_id: ContactId(Uuid::from_u128(2)),
        channel_id: ChannelId(Uuid::from_u128(3)),
        lane: 1,
        status: ConversationStatus::Open,
        priority: Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 0,
        last_message_at: HEARD,
        last_message_id: Some(MessageId(Uuid::from_u128(9))),
        last_direction: Direction::In,
        last_kind: "text".to_owned(),
        last_preview: "hello".to_owned(),
        last_status: Status::Received,
        last_inbound_at: Some(HEARD),
        last_inbound_provider_id: None,
        window_expires_at: Some(NOW.plus(1_000_000)),
        waiting_since: Some(HEARD),
        first_response_at: None,
        resolved_at: None,
        created_at: HEARD,
        updated_at: HEARD,
    }
}

/// A message of the business in it that nobody has handed over.
pub(super) fn message(status: Status) -> MessageState {
    MessageState {
        id: MessageId(Uuid::from_u128(4)),
        conversation_id: ConversationId(Uuid::from_u128(1)),
        contact_id: ContactId(Uuid::from_u128(2)),
        channel_id: ChannelId(Uuid::from_u128(3)),
        direction: Direction::Out,
        provider_id: None,
        status,
        status_at: Some(HEARD),
        sent_at: None,
        delivered_at: None,
        read_at: None,
        failed_at: None,
        failure: None,
        reactions: Vec::new(),
        edited_at: None,
        revoked_at: None,
        price: None,
        content: None,
        preview: None,
    }
}
