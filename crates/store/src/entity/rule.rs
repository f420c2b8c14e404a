//! A rule of the workspace.

use sea_orm::entity::prelude::*;

/// A rule of the workspace.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The rule.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name, for lists.
    pub name: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// 1 when it only watches.
    pub shadow: i16,
    /// Its newest version, from 1.
    pub version: i32,
    /// Counts every change, switching included.
    pub revision: i32,
    /// What it says.
    #[sea_orm(column_type = "JsonBinary")]
    pub definition: Json,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
