//! One of our records and its counterpart.

use sea_orm::entity::prelude::*;

/// One of our records and its counterpart.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "link")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The connection.
    #[sea_orm(primary_key, auto_increment = false)]
    pub connection_id: Uuid,
    /// `contact`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub object: String,
    /// Our record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub local_id: Uuid,
    /// Their record.
    pub remote_id: String,
    /// Hash of what we last wrote.
    #[sea_orm(column_type = "Blob", nullable)]
    pub pushed_hash: Option<Vec<u8>>,
    /// Hash of what we last read.
    #[sea_orm(column_type = "Blob", nullable)]
    pub pulled_hash: Option<Vec<u8>>,
    /// Their change stamp.
    pub remote_stamp: Option<String>,
    /// Values when both sides last agreed.
    #[sea_orm(column_type = "JsonBinary")]
    pub snapshot: Json,
    /// `in_step`, `waiting` or `failed`.
    pub state: String,
    /// Why it failed.
    pub error: Option<String>,
    /// Last write.
    pub pushed_at: Option<i64>,
    /// Last read.
    pub pulled_at: Option<i64>,
    /// When one side deleted it.
    pub deleted_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
