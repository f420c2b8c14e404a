//! A message that was made from a template.

use sea_orm::entity::prelude::*;

/// A message that was made from a template.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "template_use")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// The template's account.
    pub waba_id: String,
    /// Its name.
    pub name: String,
    /// Its language, with underscore.
    pub language: String,
    /// When the message was made.
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
