//! A document of the search index: a message, a note or a contact.

use sea_orm::entity::prelude::*;

/// A document of the search index: a message, a note or a contact.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "search_doc")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message or contact.
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_id: Uuid,
    /// The thread; nil for contacts.
    pub conversation_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// When it was said, or the contact last heard.
    pub at: i64,
    /// `m` message, `n` note, `c` contact.
    pub part: String,
}

impl ActiveModelBehavior for ActiveModel {}
