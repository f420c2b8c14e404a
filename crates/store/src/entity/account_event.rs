//! What happened to an account, a number or a template at the provider.

use sea_orm::entity::prelude::*;

/// What happened to an account, a number or a template at the provider.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "account_event")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The line.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The channel it was told over.
    pub channel_id: Uuid,
    /// When it was told.
    pub at: i64,
    /// What happened: `account_restricted`, ...
    pub kind: String,
    /// `info`, `warning` or `severe`.
    pub severity: String,
    /// Key of the advice; empty = nothing to do.
    pub advice: String,
    /// In one English sentence.
    pub summary: String,
    /// The values in the sentence by name.
    #[sea_orm(column_type = "JsonBinary")]
    pub detail: Json,
}

impl ActiveModelBehavior for ActiveModel {}
