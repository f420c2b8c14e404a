//! Where a workspace practises.

use sea_orm::entity::prelude::*;

/// Where a workspace practises: a workspace of its own, which holds everything that practice brings.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "practice_room")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The room: a workspace's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The practice channel in it.
    pub channel_id: Uuid,
    /// Who opened it.
    pub created_by: Uuid,
    /// When it was opened.
    pub created_at: i64,
    /// Since when it is being removed.
    pub ending_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
