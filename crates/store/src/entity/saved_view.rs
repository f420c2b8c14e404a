//! A named filter and order of the inbox.

use sea_orm::entity::prelude::*;

/// A named filter and order of the inbox.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_view")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The view.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who made it; null when a program did.
    pub owner_id: Option<Uuid>,
    /// What it is called.
    pub name: String,
    /// Who sees it: `private`, `team` or `all`.
    pub scope: String,
    /// The team that sees it.
    pub team_id: Option<Uuid>,
    /// Which conversations in which order, as the list takes it.
    #[sea_orm(column_type = "JsonBinary")]
    pub filter: Json,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
