//! Which conversation another one belongs to: the one it became part of, or was split off from.

use sea_orm::entity::prelude::*;

/// Which conversation another one belongs to: the one it became part of, or was split off from.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation_trail")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The conversation; it is there no more when it was merged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The one it belongs to.
    pub into_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
