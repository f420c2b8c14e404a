//! A CRM or help desk kept in step.

use sea_orm::entity::prelude::*;

/// A CRM or help desk kept in step.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The connection.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which CRM it is: a word of `connectors::crm::VENDORS`.
    pub kind: String,
    /// Name shown to people.
    pub name: String,
    /// Where its API is.
    pub base_url: String,
    /// Encrypted credentials.
    #[sea_orm(column_type = "Blob")]
    pub secret: Vec<u8>,
    /// `active`, `paused` or `error`.
    pub status: String,
    /// Why, in a sentence.
    pub status_reason: Option<String>,
    /// Choices.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// How far its changes were read.
    #[sea_orm(column_type = "JsonBinary")]
    pub cursor: Json,
    /// Figures for the screen.
    #[sea_orm(column_type = "JsonBinary")]
    pub stats: Json,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
