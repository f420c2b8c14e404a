//! A channel's standby route.

use sea_orm::entity::prelude::*;

/// A channel's standby route.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_route")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The channel that has it: the primary.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
    /// The channel messages may go over instead; null = none.
    pub standby_id: Option<Uuid>,
    /// An answer that takes longer is bad, ms.
    pub slow_ms: i64,
    /// Between two probes while all is well, ms.
    pub every_ms: i64,
    /// Between two probes while something is wrong, ms.
    pub soon_ms: i64,
    /// Over which messages go: `primary` or `standby`.
    pub active: String,
    /// What is known of both (`core::route::Route`).
    #[sea_orm(column_type = "JsonBinary")]
    pub state: Json,
    /// Rises with each write: whoever decided on an older one decides anew.
    pub revision: i64,
    /// When it was written.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
