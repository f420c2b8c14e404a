//! A provider template in one language.

use sea_orm::entity::prelude::*;

/// A provider template in one language.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "template")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The template.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The channel it was read through.
    pub channel_id: Uuid,
    /// The account it belongs to.
    pub waba_id: String,
    /// The provider's id.
    pub provider_id: String,
    /// Its name.
    pub name: String,
    /// Language code with underscore.
    pub language: String,
    /// MARKETING, UTILITY or AUTHENTICATION.
    pub category: String,
    /// APPROVED, PENDING, REJECTED, PAUSED, ...
    pub status: String,
    /// GREEN, YELLOW, RED or UNKNOWN.
    pub quality: String,
    /// POSITIONAL or NAMED.
    pub parameter_format: String,
    /// The provider's components.
    #[sea_orm(column_type = "JsonBinary")]
    pub components: Json,
    /// Why the provider rejected it.
    pub rejected_reason: Option<String>,
    /// When it was last read or changed.
    pub updated_at: i64,
    /// How long the provider tries a message of it, in seconds; absent = its usual time.
    pub ttl_seconds: Option<i64>,
    /// What fills its blanks: our own choice, which the provider knows nothing of.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub fillings: Option<Json>,
}

impl ActiveModelBehavior for ActiveModel {}
