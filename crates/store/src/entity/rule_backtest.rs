//! A rule that is tried on the past, and what came of it.

use sea_orm::entity::prelude::*;

/// A rule that is tried on the past, and what came of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_backtest")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The trial.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The rule; none for a draft that was never kept.
    pub rule_id: Option<Uuid>,
    /// Its name.
    pub rule_name: String,
    /// Its version, when what it says is one.
    pub rule_version: Option<i32>,
    /// What it says.
    #[sea_orm(column_type = "JsonBinary")]
    pub definition: Json,
    /// The first moment.
    pub from_at: i64,
    /// The first moment after it.
    pub to_at: i64,
    /// Only on this channel.
    pub channel_id: Option<Uuid>,
    /// Only with this team.
    pub team_id: Option<Uuid>,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// How many customers it is about.
    pub total: i32,
    /// How many of them have had their turn.
    pub done: i32,
    /// The last of them.
    pub last: Option<Uuid>,
    /// The counts so far.
    #[sea_orm(column_type = "JsonBinary")]
    pub tally: Json,
    /// Examples of what would have run.
    pub ran: i32,
    /// Examples of what would not.
    pub skipped: i32,
    /// The currency of the costs, ISO 4217.
    pub currency: Option<String>,
    /// `user`, `api` or `system`.
    pub actor_kind: String,
    /// Who asked.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// When it was asked for.
    pub created_at: i64,
    /// When it last went on.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
