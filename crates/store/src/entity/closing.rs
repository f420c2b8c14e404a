//! A resolution and what was said about it.

use sea_orm::entity::prelude::*;

/// A resolution and what was said about it.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "closing")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The closing.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The conversation.
    pub conversation_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// When it was resolved.
    pub at: i64,
    /// `user`, `api`, `rule` or `system`.
    pub actor_kind: String,
    /// Who resolved it.
    pub actor_id: Option<Uuid>,
    /// Who had it.
    pub assignee_id: Option<Uuid>,
    /// Which team had it.
    pub team_id: Option<Uuid>,
    /// What it was about.
    pub category_id: Option<Uuid>,
    /// A sentence for colleagues.
    pub note: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
