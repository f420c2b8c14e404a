//! How the conversations of a workspace, team or channel are given out, and when people work there.

use sea_orm::entity::prelude::*;

/// How the conversations of a workspace, team or channel are given out, and when people work there.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "routing_place")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The workspace, team or channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub place_id: Uuid,
    /// `workspace`, `team` or `channel`.
    pub kind: String,
    /// `manual`, `round_robin`, `load` or `skill`; null = as the workspace says.
    pub mode: Option<String>,
    /// Most conversations an agent has at a time; null = no limit.
    pub cap: Option<i32>,
    /// Whether the customer's owner comes first.
    pub crm_owner: bool,
    /// Whose members get them; null = everybody who may answer.
    pub team_id: Option<Uuid>,
    /// What every member of the team can do: a list of words.
    #[sea_orm(column_type = "JsonBinary")]
    pub skills: Json,
    /// Working hours (`core::routing::Hours`); null = as the workspace says.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub hours: Option<Json>,
    /// When it was written.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
