//! Calls to a provider by the minute.

use sea_orm::entity::prelude::*;

/// Calls to a provider by the minute.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_call")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The account whose limits they count for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub portfolio_key: String,
    /// The minute's first moment.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minute: i64,
    /// How many.
    pub calls: i32,
}

impl ActiveModelBehavior for ActiveModel {}
