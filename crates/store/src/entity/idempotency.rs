//! Answers kept for repeated requests.

use sea_orm::entity::prelude::*;

/// Answers kept for repeated requests.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The caller's key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Method and path.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// SHA-256 of the request.
    #[sea_orm(column_type = "Blob")]
    pub request_hash: Vec<u8>,
    /// HTTP status; 0 while the first request runs.
    pub status: i16,
    /// The answer.
    #[sea_orm(column_type = "Blob")]
    pub body: Vec<u8>,
    /// When the first request came.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
