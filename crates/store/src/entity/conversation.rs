//! One contact's thread on one channel.

use sea_orm::entity::prelude::*;

/// One contact's thread on one channel.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose thread it is.
    pub contact_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// The contact's lane.
    pub lane: i16,
    /// `open`, `pending`, `snoozed` or `resolved`.
    pub status: String,
    /// `none`, `low`, `medium`, `high` or `urgent`.
    pub priority: String,
    /// Who answers.
    pub assignee_id: Option<Uuid>,
    /// Which team answers.
    pub team_id: Option<Uuid>,
    /// When it comes back.
    pub snoozed_until: Option<i64>,
    /// Inbound messages nobody has read.
    pub unread: i32,
    /// The last line's time; orders the inbox.
    pub last_message_at: i64,
    /// The last line.
    pub last_message_id: Option<Uuid>,
    /// Its direction.
    pub last_direction: Option<String>,
    /// Its kind.
    pub last_kind: Option<String>,
    /// Its beginning.
    pub last_preview: Option<String>,
    /// Its status.
    pub last_status: Option<String>,
    /// Last message from the customer.
    pub last_inbound_at: Option<i64>,
    /// Its provider id, for read marks and typing.
    pub last_inbound_provider_id: Option<String>,
    /// When the service window closes.
    pub window_expires_at: Option<i64>,
    /// Since when the customer waits for an answer.
    pub waiting_since: Option<i64>,
    /// First answer.
    pub first_response_at: Option<i64>,
    /// When it was last resolved.
    pub resolved_at: Option<i64>,
    /// End of the free entry point window.
    pub free_entry_until: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
