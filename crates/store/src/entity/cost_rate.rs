//! What a message of a category costs in a market from a month on.

use sea_orm::entity::prelude::*;

/// What a message of a category costs in a market from a month on.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "cost_rate")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The provider's category.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category: String,
    /// ISO country; `*` = every other.
    #[sea_orm(primary_key, auto_increment = false)]
    pub market: String,
    /// The first month it holds for, counted from January of year 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub month: i32,
    /// Millionths of the currency; absent = not entered.
    pub micros: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// 1 once a person compared it with the provider's list.
    pub confirmed: i16,
    /// When it was last written.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
