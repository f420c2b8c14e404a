//! What happened, for live screens and followers.

use sea_orm::entity::prelude::*;

/// What happened, for live screens and followers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_log")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Position in the log (see `feed`).
    #[sea_orm(primary_key, auto_increment = false)]
    pub pos: i64,
    /// The event.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: i64,
    /// What.
    pub kind: String,
    /// The conversation it is about.
    pub conversation_id: Option<Uuid>,
    /// The contact it is about.
    pub contact_id: Option<Uuid>,
    /// The message it is about.
    pub message_id: Option<Uuid>,
    /// More.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
}

impl ActiveModelBehavior for ActiveModel {}
