//! An answer kept ready.

use sea_orm::entity::prelude::*;

/// An answer kept ready.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "quick_reply")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The reply.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Short code, unique in the workspace.
    pub shortcut: String,
    /// Title.
    pub title: String,
    /// What it says, by language tag.
    #[sea_orm(column_type = "JsonBinary")]
    pub bodies: Json,
    /// `private`, `team` or `shared`.
    pub audience: String,
    /// The user or team it belongs to; null when shared.
    pub owner_id: Option<Uuid>,
    /// The user who made it.
    pub created_by: Option<Uuid>,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
