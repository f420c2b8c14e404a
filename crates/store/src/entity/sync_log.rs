//! One synchronised change.

use sea_orm::entity::prelude::*;

/// One synchronised change.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_log")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The connection.
    pub connection_id: Uuid,
    /// `contact`.
    pub object: String,
    /// Our record.
    pub local_id: Option<Uuid>,
    /// Their record.
    pub remote_id: Option<String>,
    /// `push` or `pull`.
    pub direction: String,
    /// What became of it.
    pub outcome: String,
    /// Fields that changed.
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Json,
    /// Why it failed.
    pub error: Option<String>,
    /// When.
    pub at: i64,
    /// From change to done.
    pub latency_ms: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
