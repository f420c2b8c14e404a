//! An event on its way to a webhook, or what became of it.

use sea_orm::entity::prelude::*;

/// An event on its way to a webhook, or what became of it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The delivery: it names the message to its receiver, however often it is sent.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The webhook.
    pub webhook_id: Uuid,
    /// Names the event; a webhook is told of it once.
    pub event_key: String,
    /// Its kind.
    pub kind: String,
    /// What it is about: deliveries about the same keep their order as far as they can.
    pub subject: Option<Uuid>,
    /// What is sent.
    pub body: String,
    /// `waiting`, `delivered` or `dead`.
    pub state: String,
    /// Tries since it was asked for, or last replayed.
    pub attempts: i32,
    /// When it is tried next.
    pub due_at: i64,
    /// When it first failed.
    pub first_failed_at: Option<i64>,
    /// The last tries.
    #[sea_orm(column_type = "JsonBinary")]
    pub tries: Json,
    /// When it was asked for.
    pub created_at: i64,
    /// When it was delivered or given up.
    pub settled_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
