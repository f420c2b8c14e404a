//! A named list of actions.

use sea_orm::entity::prelude::*;

/// A named list of actions.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "macro")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The macro.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is; null = everybody's.
    pub owner_id: Option<Uuid>,
    /// Its name.
    pub name: String,
    /// The actions, in order.
    #[sea_orm(column_type = "JsonBinary")]
    pub actions: Json,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
