//! A business with its data.

use sea_orm::entity::prelude::*;

/// A business with its data.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "workspace")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Name shown to people.
    pub name: String,
    /// ISO 3166 two-letter country that national phone numbers are read in.
    pub default_country: String,
    /// IANA time zone of the shop.
    pub timezone: String,
    /// BCP 47 locale of texts written for the shop.
    pub locale: String,
    /// Choices without a column of their own.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// When it was made.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
