//! A shop that delivers by webhook.

use sea_orm::entity::prelude::*;

/// A shop that delivers by webhook.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "shop_source")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `shopify` or `woocommerce`.
    pub kind: String,
    /// Its name, for people.
    pub name: String,
    /// What is put before the numbers of its orders; may be empty.
    pub prefix: String,
    /// The secret that signs its deliveries, sealed.
    #[sea_orm(column_type = "Blob")]
    pub secret: Vec<u8>,
    /// Whether deliveries are taken.
    pub active: bool,
    /// When the last delivery came, milliseconds UTC.
    pub last_at: Option<i64>,
    /// What it was about.
    pub last_topic: Option<String>,
    /// When one was last refused for its signature, milliseconds UTC.
    pub refused_at: Option<i64>,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
    /// When it last changed, milliseconds UTC.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
