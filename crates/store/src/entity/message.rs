//! A message, private note or conversation event.

use sea_orm::entity::prelude::*;

/// A message, private note or conversation event.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The thread.
    pub conversation_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// `in`, `out`, `note` or `event`.
    pub direction: String,
    /// The content's kind.
    pub kind: String,
    /// When it was said, by the provider's clock; orders the thread.
    pub at: i64,
    /// When we stored it.
    pub created_at: i64,
    /// `contact`, `user`, `rule`, `api`, `system` or `phone_app`.
    pub author_kind: String,
    /// Who, when they have an id.
    pub author_id: Option<Uuid>,
    /// Who, as shown then.
    pub author_name: Option<String>,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// First 16 bytes of its hash; unique in the channel.
    #[sea_orm(column_type = "Blob", nullable)]
    pub provider_key: Option<Vec<u8>>,
    /// The sender's own id; unique in the conversation.
    pub client_id: Option<String>,
    /// Packed canonical content (see `codec`).
    #[sea_orm(column_type = "Blob")]
    pub content: Vec<u8>,
    /// First 280 characters.
    pub preview: String,
    /// Status code.
    pub status: String,
    /// When the status was reached.
    pub status_at: Option<i64>,
    /// When the provider took it.
    pub sent_at: Option<i64>,
    /// When it arrived.
    pub delivered_at: Option<i64>,
    /// When it was read.
    pub read_at: Option<i64>,
    /// When it failed.
    pub failed_at: Option<i64>,
    /// Why it failed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub error: Option<Json>,
    /// The guard's verdict with its checks.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub verdict: Option<Json>,
    /// Provider id of the message it answers.
    pub reply_to_provider_id: Option<String>,
    /// Our id of the message it answers.
    pub reply_to_id: Option<Uuid>,
    /// Emoji on it.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub reactions: Option<Json>,
    /// When it was edited.
    pub edited_at: Option<i64>,
    /// When it was taken back.
    pub revoked_at: Option<i64>,
    /// The stored file.
    pub media_id: Option<Uuid>,
    /// What the provider charges it as, once it has said so.
    pub cost_category: Option<String>,
    /// `regular`, or why it is free.
    pub cost_kind: Option<String>,
    /// 1 once its search terms are stored.
    pub indexed: i16,
    /// The event it tells of, in its sender's words.
    pub event_key: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
