//! A word that contacts are marked with.

use sea_orm::entity::prelude::*;

/// A word that contacts are marked with.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tag")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The tag.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The name as it is compared; one tag that was not merged away has it.
    pub name_key: String,
    /// Its place in the palette of eight.
    pub color: i16,
    /// What it means.
    pub description: Option<String>,
    /// Since when it is no longer offered.
    pub archived_at: Option<i64>,
    /// The tag it became part of; its name and id lead there.
    pub merged_into: Option<Uuid>,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
