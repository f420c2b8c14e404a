//! A stored or awaited file.

use sea_orm::entity::prelude::*;

/// A stored or awaited file.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "media")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Lower-case hexadecimal hash of the bytes, once stored.
    pub sha256: Option<String>,
    /// MIME type.
    pub mime: String,
    /// Bytes; 0 while unknown.
    pub size: i64,
    /// File name.
    pub filename: Option<String>,
    /// Media kind.
    pub kind: String,
    /// `pending`, `stored`, `failed` or `deleted`.
    pub state: String,
    /// The provider's id.
    pub provider_media_id: Option<String>,
    /// The channel it came over.
    pub channel_id: Option<Uuid>,
    /// The message it belongs to.
    pub message_id: Option<Uuid>,
    /// Tries to fetch it.
    pub attempts: i32,
    /// Why it could not be fetched.
    pub error: Option<String>,
    /// When the provider forgets it.
    pub expires_at: Option<i64>,
    /// When it was announced or uploaded.
    pub created_at: i64,
    /// When it last went out with a message.
    pub used_at: Option<i64>,
    /// After how many days its bytes were deleted.
    pub kept_days: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
