//! A running process.

use sea_orm::entity::prelude::*;

/// A running process.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "node")]
pub struct Model {
    /// The node.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Host name or the like.
    pub name: String,
    /// When it started.
    pub started_at: i64,
    /// Last heartbeat, by the database's clock.
    pub seen_at: i64,
    /// Version of the program.
    pub version: String,
}

impl ActiveModelBehavior for ActiveModel {}
