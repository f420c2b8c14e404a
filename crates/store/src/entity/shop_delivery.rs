//! What a shop delivered.

use sea_orm::entity::prelude::*;

/// What a shop delivered.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "shop_delivery")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Which shop.
    pub source_id: Uuid,
    /// Names the delivery: a repeat has the same.
    pub delivery_key: String,
    /// What it is about: `orders/create`.
    pub topic: String,
    /// The shop's own address, where it says so.
    pub domain: Option<String>,
    /// What was said; gone once it was taken in.
    #[sea_orm(column_type = "Blob", nullable)]
    pub body: Option<Vec<u8>>,
    /// `waiting`, `done`, `ignored` or `failed`.
    pub state: String,
    /// What became of it, in words.
    pub detail: Option<String>,
    /// How often it was tried.
    pub attempts: i32,
    /// When it came, milliseconds UTC.
    pub received_at: i64,
    /// When it last changed, milliseconds UTC.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
