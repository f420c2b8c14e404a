//! Who is told what happens in a conversation.

use sea_orm::entity::prelude::*;

/// Who is told what happens in a conversation.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "watch")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The conversation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub conversation_id: Uuid,
    /// A collaborator; else only mentioned.
    pub joined: bool,
    /// When they were last told: mentioned, added, or a note was written.
    pub told_at: i64,
    /// By whom.
    pub told_by: Option<Uuid>,
    /// The note.
    pub message_id: Option<Uuid>,
    /// Up to when they have looked.
    pub seen_at: i64,
    /// When the newest of the customer's messages came that they have looked at, by our clock; what came later is new.
    /// Absent until they look: then what came after `seen_at` is.
    pub heard_at: Option<i64>,
    /// Since when.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
