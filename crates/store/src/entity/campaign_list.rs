//! A part of the list of contacts and numbers that a campaign was given.

use sea_orm::entity::prelude::*;

/// A part of the list of contacts and numbers that a campaign was given.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_list")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// Which part, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub part: i32,
    /// Contact ids, and numbers with their plus.
    #[sea_orm(column_type = "JsonBinary")]
    pub entries: Json,
}

impl ActiveModelBehavior for ActiveModel {}
