//! A value that lost against the other side's, for a person to look at.

use sea_orm::entity::prelude::*;

/// A value that lost against the other side's, for a person to look at.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_conflict")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The difference.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The connection.
    pub connection_id: Uuid,
    /// Our contact.
    pub contact_id: Uuid,
    /// Their record.
    pub remote_id: String,
    /// Our field.
    pub field: String,
    /// Their field.
    pub remote_field: String,
    /// Our value.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub ours: Option<Json>,
    /// Their value.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub theirs: Option<Json>,
    /// What both sides last agreed on.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub base: Option<Json>,
    /// When ours was changed.
    pub ours_at: Option<i64>,
    /// When theirs was changed.
    pub theirs_at: Option<i64>,
    /// Whose value stayed: `local` or `remote`.
    pub winner: String,
    /// Why: `later` or `tie`.
    pub won_by: String,
    /// How often it happened since somebody last looked.
    pub times: i32,
    /// `open` or `settled`.
    pub state: String,
    /// `ours`, `theirs`, or `newest` when nobody chose.
    pub choice: Option<String>,
    /// What kind of actor chose: `user`, `api`, `system`.
    pub actor_kind: Option<String>,
    /// Who chose.
    pub actor_id: Option<Uuid>,
    /// Those that were settled in one go share it.
    pub batch: Option<Uuid>,
    /// What taking the choice back restores.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub undo: Option<Json>,
    /// When it was settled.
    pub settled_at: Option<i64>,
    /// When it was found.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
