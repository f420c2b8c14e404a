//! Whom the business blocked.

use sea_orm::entity::prelude::*;

/// A customer who can neither write to a number nor be written to from it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_block")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: Uuid,
    /// On which number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
    /// Since when.
    pub at: i64,
    /// By whom, when it was a person or a token.
    pub by_id: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
