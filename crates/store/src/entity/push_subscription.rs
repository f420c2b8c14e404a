//! A browser that wants to be told.

use sea_orm::entity::prelude::*;

/// A browser that wants to be told.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "push_subscription")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The device.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// The sign-in it came with: it ends with it.
    pub session_id: Uuid,
    /// SHA-256 of its address; unique in the workspace.
    #[sea_orm(column_type = "Blob")]
    pub endpoint_hash: Vec<u8>,
    /// Address and keys, sealed.
    #[sea_orm(column_type = "Blob")]
    pub secret: Vec<u8>,
    /// The browser's own words.
    pub user_agent: String,
    /// What is wanted.
    #[sea_orm(column_type = "JsonBinary")]
    pub wants: Json,
    /// When it was turned on.
    pub created_at: i64,
    /// When a notice was last taken.
    pub used_at: Option<i64>,
    /// When one last failed, if none was taken since.
    pub failed_at: Option<i64>,
    /// Why.
    pub failure: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
