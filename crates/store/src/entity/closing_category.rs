//! A word for what a conversation was about.

use sea_orm::entity::prelude::*;

/// A word for what a conversation was about.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "closing_category")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The category.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique among those in use.
    pub name: String,
    /// Its place in the list.
    pub position: i32,
    /// Since when it is no longer offered.
    pub archived_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
