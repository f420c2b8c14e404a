//! Somebody's program that is told of what happens.

use sea_orm::entity::prelude::*;

/// Somebody's program that is told of what happens.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The webhook.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// Where it is told.
    pub url: String,
    /// What it is signed with, sealed.
    #[sea_orm(column_type = "Blob")]
    pub secret: Vec<u8>,
    /// Until when the secret before is valid beside it.
    pub secret_until: Option<i64>,
    /// Names of the events it is told of.
    #[sea_orm(column_type = "JsonBinary")]
    pub events: Json,
    /// The channels it is told about; none = all.
    #[sea_orm(column_type = "JsonBinary")]
    pub channels: Json,
    /// `active`, `paused` or `ended`.
    pub status: String,
    /// Why it is not active: `person`, `failing` or `gone`.
    pub reason: Option<String>,
    /// Who made it: `user`, `api`, `rule` or `system`.
    pub made_by: String,
    /// How far it has been told of the event log.
    pub cursor: String,
    /// Since when what happened before the cursor's reach was missed.
    pub missed_at: Option<i64>,
    /// Tries that failed since one worked.
    pub failures: i32,
    /// When the first of them failed.
    pub failing_since: Option<i64>,
    /// When one was last made.
    pub tried_at: Option<i64>,
    /// Why the last one failed.
    pub error: Option<String>,
    /// When something was last delivered.
    pub delivered_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
