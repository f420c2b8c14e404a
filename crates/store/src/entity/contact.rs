//! A person who writes to the business.

use sea_orm::entity::prelude::*;

/// A person who writes to the business.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The contact.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The lane everything about this person is decided in; never changes.
    pub lane: i16,
    /// Name shown to people.
    pub name: String,
    /// E.164 number.
    pub phone: Option<String>,
    /// Lower-case e-mail address.
    pub email: Option<String>,
    /// The provider's user name; changes freely.
    pub username: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// ISO 3166 two-letter country.
    pub country: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// `lead`, `customer`, ...
    pub lifecycle: String,
    /// How they first came.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub source: Option<Json>,
    /// The user who looks after them.
    pub owner_id: Option<Uuid>,
    /// Own fields.
    #[sea_orm(column_type = "JsonBinary")]
    pub fields: Json,
    /// When each field was last set by us: `{field: ms}`.
    #[sea_orm(column_type = "JsonBinary")]
    pub field_stamps: Json,
    /// `unknown`, `opted_in` or `opted_out`: the ledger's latest word.
    pub marketing_consent: String,
    /// First message from them.
    pub first_inbound_at: Option<i64>,
    /// Last message from them.
    pub last_inbound_at: Option<i64>,
    /// The contact this one became part of.
    pub merged_into: Option<Uuid>,
    /// Counts changes, for conditional updates.
    pub version: i32,
    /// When it was made.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
