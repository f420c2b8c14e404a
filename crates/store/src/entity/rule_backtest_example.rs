//! One time that a rule would have looked, with its explanation.

use sea_orm::entity::prelude::*;

/// One time that a rule would have looked, with its explanation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_backtest_example")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The trial.
    #[sea_orm(primary_key, auto_increment = false)]
    pub backtest_id: Uuid,
    /// Its place, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place: i32,
    /// Whether the rule would have run.
    pub ran: bool,
    /// What would have been.
    #[sea_orm(column_type = "JsonBinary")]
    pub body: Json,
}

impl ActiveModelBehavior for ActiveModel {}
