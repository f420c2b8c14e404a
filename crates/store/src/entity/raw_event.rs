//! A provider event as it was received.

use sea_orm::entity::prelude::*;

/// A provider event as it was received.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "raw_event")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The event; sorts by arrival.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// 16-byte key that makes it unique in the channel.
    #[sea_orm(column_type = "Blob")]
    pub provider_key: Vec<u8>,
    /// The lane it is processed in.
    pub lane: i16,
    /// 0 message, 1 status, 2 echo, 3 other.
    pub kind: i16,
    /// When it came.
    pub received_at: i64,
    /// 0 pending, 1 processed, 2 duplicate, 3 quarantined, 4 waiting.
    pub state: i16,
    /// What became of it.
    pub outcome: Option<String>,
    /// Failed tries.
    pub attempts: i16,
    /// What it waits for.
    #[sea_orm(column_type = "Blob", nullable)]
    pub wait_key: Option<Vec<u8>>,
    /// How long it waits.
    pub wait_until: Option<i64>,
    /// Packed body (see `codec`).
    #[sea_orm(column_type = "Blob")]
    pub body: Vec<u8>,
    /// Why it was quarantined.
    pub error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
