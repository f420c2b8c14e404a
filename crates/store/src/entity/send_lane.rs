//! A sending limit and who sends under it.

use sea_orm::entity::prelude::*;

/// A sending limit and who sends under it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "send_lane")]
pub struct Model {
    /// What shares the limit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub portfolio_key: String,
    /// The node that holds the lease.
    pub owner: Option<Uuid>,
    /// Rises with each new owner.
    pub epoch: i64,
    /// When the lease ends, by the database's clock.
    pub lease_until: i64,
}

impl ActiveModelBehavior for ActiveModel {}
