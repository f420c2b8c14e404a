//! Messages that arrived on a day, by what the provider charges for them.

use sea_orm::entity::prelude::*;

/// Messages that arrived on a day, by what the provider charges for them.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cost_day")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// UTC day number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i64,
    /// The channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
    /// The provider's category.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// `regular` or why it is free.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// The customer's ISO country; empty when not known.
    #[sea_orm(primary_key, auto_increment = false)]
    pub country: String,
    /// Spreads the counting of concurrent transactions over several rows.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i16,
    /// How many.
    pub count: i64,
}

impl ActiveModelBehavior for ActiveModel {}
