//! What a rule said.

use sea_orm::entity::prelude::*;

/// What a rule said.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_version")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The rule.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rule_id: Uuid,
    /// Which version, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// What it said.
    #[sea_orm(column_type = "JsonBinary")]
    pub definition: Json,
    /// `user`, `api` or `system`.
    pub actor_kind: String,
    /// Who wrote it.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// When.
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
