//! An installation-wide setting.

use sea_orm::entity::prelude::*;

/// An installation-wide setting.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "setting")]
pub struct Model {
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Its value.
    #[sea_orm(column_type = "JsonBinary")]
    pub value: Json,
}

impl ActiveModelBehavior for ActiveModel {}
