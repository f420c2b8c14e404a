//! How often a user has used a quick reply.

use sea_orm::entity::prelude::*;

/// How often a user has used a quick reply.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quick_reply_use")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The reply.
    #[sea_orm(primary_key, auto_increment = false)]
    pub reply_id: Uuid,
    /// The user, or the token of a program.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// How often.
    pub uses: i64,
    /// When last.
    pub last_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
