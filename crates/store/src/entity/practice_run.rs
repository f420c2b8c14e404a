//! A scenario that somebody practises, in the room of a workspace.

use sea_orm::entity::prelude::*;

/// A scenario that somebody practises, in the room of a workspace.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "practice_run")]
pub struct Model {
    /// The room.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place among the room's runs, from 1.
    pub number: i64,
    /// Who practises.
    pub user_id: Uuid,
    /// Which scenario.
    pub scenario: String,
    /// The language the customer writes.
    pub language: String,
    /// The customer's number: one that cannot exist.
    pub wa_id: String,
    /// `running`, `done` or `given_up`.
    pub state: String,
    /// How far it has come.
    #[sea_orm(column_type = "JsonBinary")]
    pub progress: Json,
    /// The conversation, once the first message was taken in.
    pub conversation_id: Option<Uuid>,
    /// What is said about it afterwards.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub debrief: Option<Json>,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
