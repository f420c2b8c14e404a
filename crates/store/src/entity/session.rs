//! A signed-in browser.

use sea_orm::entity::prelude::*;

/// A signed-in browser.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The session.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the token.
    #[sea_orm(column_type = "Blob")]
    pub token_hash: Vec<u8>,
    /// Who signed in.
    pub user_id: Uuid,
    /// When they signed in.
    pub created_at: i64,
    /// Last request.
    pub last_seen_at: i64,
    /// When it ends by itself.
    pub expires_at: i64,
    /// The browser's own words.
    pub user_agent: String,
}

impl ActiveModelBehavior for ActiveModel {}
