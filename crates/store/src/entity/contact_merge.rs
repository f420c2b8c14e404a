//! A contact that became part of another one, and what it takes to part them again.

use sea_orm::entity::prelude::*;

/// A contact that became part of another one, and what it takes to part them again.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_merge")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The merge.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The contact that stayed.
    pub keep_id: Uuid,
    /// The one that became part of it.
    pub gone_id: Uuid,
    /// The values of the one that stayed which the merge changed: `{field: [before, after]}`.
    #[sea_orm(column_type = "JsonBinary")]
    pub kept: Json,
    /// The rows that went from one to the other (`merge::Moved`).
    #[sea_orm(column_type = "JsonBinary")]
    pub moved: Json,
    /// What kind of actor did it: `user`, `api`, `system`.
    pub actor_kind: String,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// When.
    pub at: i64,
    /// When they were parted again.
    pub undone_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
