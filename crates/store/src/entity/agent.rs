//! What is known of a user as somebody who answers customers.

use sea_orm::entity::prelude::*;

/// What is known of a user as somebody who answers customers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "agent")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// What they can do: a list of words.
    #[sea_orm(column_type = "JsonBinary")]
    pub skills: Json,
    /// Most conversations at a time, when it is another number than the policy's.
    pub cap: Option<i32>,
    /// Their own working hours (`core::routing::Hours`).
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub shift: Option<Json>,
    /// When one of their screens was last connected.
    pub seen_at: Option<i64>,
    /// When somebody changed it.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
