//! A message that is in the search index.

use sea_orm::entity::prelude::*;

/// A message that is in the search index.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_doc")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// The thread.
    pub conversation_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The message's time.
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
