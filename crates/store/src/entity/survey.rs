//! A question about satisfaction after a resolution.

use sea_orm::entity::prelude::*;

/// A question about satisfaction after a resolution.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "survey")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The survey.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The conversation.
    pub conversation_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// Who had the conversation.
    pub agent_id: Option<Uuid>,
    /// The resolution it follows.
    pub resolved_at: i64,
    /// `asked`, `answered` or `skipped`.
    pub state: String,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// `list` or `template`.
    pub via: Option<String>,
    /// The question.
    pub message_id: Option<Uuid>,
    /// When it was asked.
    pub asked_at: Option<i64>,
    /// 1 to 5.
    pub score: Option<i16>,
    /// When it was given.
    pub scored_at: Option<i64>,
    /// The customer's words.
    pub comment: Option<String>,
    /// When they were said.
    pub commented_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
