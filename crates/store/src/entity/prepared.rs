//! What was made at a provider so that messages of one look can be sent by its id.

use sea_orm::entity::prelude::*;

/// What was made at a provider so that messages of one look can be sent by its id.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "prepared")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The account at the provider.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: String,
    /// The same for everything that looks the same.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The provider's id of it.
    pub provider_id: String,
    /// When it was made.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
