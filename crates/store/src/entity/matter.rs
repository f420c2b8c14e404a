//! A deal or a case of a customer.

use sea_orm::entity::prelude::*;

/// A deal or a case of a customer.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "matter")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The deal or case; also the key it has in the CRM.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `deal` or `case`.
    pub object: String,
    /// The customer.
    pub contact_id: Uuid,
    /// The conversation it was made in.
    pub conversation_id: Option<Uuid>,
    /// The CRM it is kept in; none = only here.
    pub connection_id: Option<Uuid>,
    /// What it is called.
    pub title: String,
    /// What is to be known about it.
    pub details: Option<String>,
    /// A deal's worth in minor units.
    pub amount_minor: Option<i64>,
    /// Its currency, ISO 4217.
    pub currency: Option<String>,
    /// What a case is about.
    pub category: Option<String>,
    /// How urgent a case is.
    pub priority: Option<String>,
    /// `open`, `won`, `lost` or `closed`.
    pub status: String,
    /// The stage it has in the CRM, in the CRM's words.
    pub stage: Option<String>,
    /// The products' codes: a list of texts.
    #[sea_orm(column_type = "JsonBinary")]
    pub skus: Json,
    /// Who made it: `user`, `api`, `rule`.
    pub author_kind: String,
    /// Which one.
    pub author_id: Option<Uuid>,
    /// Their name then.
    pub author_name: String,
    /// The maker's own id: the same one makes nothing twice.
    pub client_id: Option<String>,
    /// When each field was last changed here: moments by name.
    #[sea_orm(column_type = "JsonBinary")]
    pub field_stamps: Json,
    /// Values when both sides last agreed, by name.
    #[sea_orm(column_type = "JsonBinary")]
    pub snapshot: Json,
    /// The record over there.
    pub remote_id: Option<String>,
    /// Its page.
    pub remote_url: Option<String>,
    /// Its change stamp.
    pub remote_at: Option<i64>,
    /// `local`, `waiting`, `in_step`, `failed` or `gone`.
    pub sync: String,
    /// Why it failed, or what was refused.
    pub error: Option<String>,
    /// When it was last compared with its record.
    pub checked_at: i64,
    /// When it was last brought over.
    pub pushed_at: Option<i64>,
    /// When it was won, lost or closed.
    pub closed_at: Option<i64>,
    /// When it was made.
    pub created_at: i64,
    /// When anything about it last changed.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
