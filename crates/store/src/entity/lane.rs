//! A lane of customers and who owns it.

use sea_orm::entity::prelude::*;

/// A lane of customers and who owns it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "lane")]
pub struct Model {
    /// 0 to 255.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// The node that holds the lease.
    pub owner: Option<Uuid>,
    /// Rises with each new owner.
    pub epoch: i64,
    /// When the lease ends, by the database's clock.
    pub lease_until: i64,
}

impl ActiveModelBehavior for ActiveModel {}
