//! A connected number or other way to reach customers.

use sea_orm::entity::prelude::*;

/// A connected number or other way to reach customers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `whatsapp`.
    pub kind: String,
    /// Who carries it: `meta`, `dialog360`, `twilio`, `bird` or `gateway`.
    pub provider: String,
    /// Name shown to people.
    pub name: String,
    /// The provider's id of the number.
    pub phone_number_id: String,
    /// The provider's account id.
    pub waba_id: String,
    /// What shares one sending limit; names the send lane.
    pub portfolio_key: String,
    /// The number as people write it.
    pub display_phone: String,
    /// Where the provider's API is.
    pub base_url: String,
    /// Encrypted JSON: access token, app secrets, verify token.
    #[sea_orm(column_type = "Blob")]
    pub secret: Vec<u8>,
    /// `active`, `paused`, `error` or `disconnected`.
    pub status: String,
    /// Why, in a sentence.
    pub status_reason: Option<String>,
    /// The provider's quality word.
    pub quality: String,
    /// Distinct customers a day; absent = unlimited or unknown.
    pub tier_limit: Option<i64>,
    /// Messages a second the provider allows.
    pub throughput: i32,
    /// The shop's own limit a day.
    pub daily_limit: Option<i64>,
    /// Last webhook.
    pub last_event_at: Option<i64>,
    /// Last failure, in a sentence.
    pub last_error: Option<String>,
    /// When the access token was last set.
    pub token_set_at: i64,
    /// Choices without a column of their own.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
