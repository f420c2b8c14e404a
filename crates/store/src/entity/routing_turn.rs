//! When an agent was last given a conversation of a place.

use sea_orm::entity::prelude::*;

/// When an agent was last given a conversation of a place.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "routing_turn")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The workspace, team or channel whose policy gave it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place_id: Uuid,
    /// The agent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// Rises with each conversation that is given.
    pub turn: i64,
}

impl ActiveModelBehavior for ActiveModel {}
