//! Counts that are made in the transaction they count.

use sea_orm::entity::prelude::*;

/// Counts that are made in the transaction they count.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "counter")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The channel; nil = the workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
    /// What is counted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// UTC day number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i64,
    /// The node that counted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub node: Uuid,
    /// How many.
    pub value: i64,
}

impl ActiveModelBehavior for ActiveModel {}
