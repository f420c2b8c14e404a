//! A user's own keys.

use sea_orm::entity::prelude::*;

/// A user's own keys.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_keys")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// What they chose.
    #[sea_orm(column_type = "JsonBinary")]
    pub keys: Json,
    /// When they last chose.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
