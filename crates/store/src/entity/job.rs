//! Work to be done outside a transaction, now or later.

use sea_orm::entity::prelude::*;

/// Work to be done outside a transaction, now or later.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which workers take it.
    pub queue: String,
    /// What is to be done.
    pub kind: String,
    /// With what.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// Lower goes first.
    pub priority: i16,
    /// Not before.
    pub run_at: i64,
    /// Tries so far.
    pub attempts: i32,
    /// Tries before it is dead.
    pub max_attempts: i32,
    /// `ready`, `running` or `dead`.
    pub state: String,
    /// When the running lease ends.
    pub locked_until: Option<i64>,
    /// The node that runs it.
    pub locked_by: Option<Uuid>,
    /// At most one ready job has it.
    pub dedupe_key: Option<String>,
    /// At most one job with it runs.
    pub order_key: Option<String>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
