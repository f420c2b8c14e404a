//! A rule at work for one customer, or why it was not.

use sea_orm::entity::prelude::*;

/// A rule at work for one customer, or why it was not.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "rule_run")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The run.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The rule.
    pub rule_id: Uuid,
    /// Its version at the beginning.
    pub rule_version: i32,
    /// Its name then.
    pub rule_name: String,
    /// The customer.
    pub contact_id: Uuid,
    /// The conversation.
    pub conversation_id: Option<Uuid>,
    /// Names what happened; a rule has one run for it. `skip:<contact>` where it did not run.
    pub event_key: String,
    /// What happened.
    #[sea_orm(column_type = "JsonBinary")]
    pub event: Json,
    /// `acting`, `waiting`, `done`, `ended`, `failed` or `skipped`.
    pub state: String,
    /// Why it was skipped or ended.
    pub reason: Option<String>,
    /// How many rules had woken one another before it.
    pub depth: i32,
    /// 1 when the rule only watched.
    pub shadow: i16,
    /// Every check with its value and limit.
    #[sea_orm(column_type = "JsonBinary")]
    pub checks: Json,
    /// Every condition with its value.
    #[sea_orm(column_type = "JsonBinary")]
    pub conditions: Json,
    /// The steps, planned and done, and the branches.
    #[sea_orm(column_type = "JsonBinary")]
    pub steps: Json,
    /// The step it waits at.
    pub wait_path: Option<String>,
    /// When it goes on.
    pub due_at: Option<i64>,
    /// When it began.
    pub began_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
