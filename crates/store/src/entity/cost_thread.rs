//! Messages of a conversation that arrived in a month, by what the provider charges for them.

use sea_orm::entity::prelude::*;

/// Messages of a conversation that arrived in a month, by what the provider charges for them.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cost_thread")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: Uuid,
    /// The month, counted from January of year 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: i32,
    /// The provider's category.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// `regular` or why it is free.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// How many.
    pub count: i64,
}

impl ActiveModelBehavior for ActiveModel {}
