//! A change to many conversations at once.

use sea_orm::entity::prelude::*;

/// A change to many conversations at once.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `user` or `api`.
    pub actor_kind: String,
    /// Who asked for it.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// What is changed.
    #[sea_orm(column_type = "JsonBinary")]
    pub action: Json,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// How many conversations it is about.
    pub total: i32,
    /// How many have had their turn.
    pub done: i32,
    /// How many of them changed.
    pub changed: i32,
    /// How many could not be changed.
    pub refused: i32,
    /// The change that this one takes back.
    pub undo_of: Option<Uuid>,
    /// When somebody took it back.
    pub undone_at: Option<i64>,
    /// When it was asked for.
    pub created_at: i64,
    /// When it last went on.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
