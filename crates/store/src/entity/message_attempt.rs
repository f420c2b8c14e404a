//! One try to hand a message to the provider.

use sea_orm::entity::prelude::*;

/// One try to hand a message to the provider.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message_attempt")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// Number of the try, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub n: i32,
    /// When the intent was committed.
    pub started_at: i64,
    /// When the answer was committed.
    pub finished_at: Option<i64>,
    /// `in_flight`, `sent`, `retry`, `failed`, `unknown`.
    pub outcome: String,
    /// The provider's code.
    pub code: Option<i64>,
    /// What was said.
    pub detail: Option<String>,
    /// The id the provider gave.
    pub provider_id: Option<String>,
    /// The channel it went over.
    pub channel_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
