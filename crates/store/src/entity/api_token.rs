//! A key for programs.

use sea_orm::entity::prelude::*;

/// A key for programs.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "api_token")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the secret.
    #[sea_orm(column_type = "Blob")]
    pub token_hash: Vec<u8>,
    /// What it is for.
    pub name: String,
    /// The role it acts with.
    pub role: String,
    /// Array of permissions it is limited to; empty = all of its role.
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Json,
    /// When it ends.
    pub expires_at: Option<i64>,
    /// Last request, rounded to a minute by the writer.
    pub last_used_at: Option<i64>,
    /// The user who made it.
    pub created_by: Option<Uuid>,
    /// When it was made.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
