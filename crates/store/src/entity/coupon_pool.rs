//! A pool of codes for customers.

use sea_orm::entity::prelude::*;

/// A pool of codes for customers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coupon_pool")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its name, by which rules name it.
    pub name: String,
    /// `percent` or `amount`.
    pub kind: String,
    /// What a code takes off.
    pub value: String,
    /// ISO 4217 code of an amount.
    pub currency: Option<String>,
    /// Whether codes are issued.
    pub active: bool,
    /// Codes are good from then on, milliseconds UTC.
    pub valid_from: Option<i64>,
    /// And until before this moment, milliseconds UTC.
    pub valid_to: Option<i64>,
    /// A code is good for so many days after it was issued.
    pub valid_days: Option<i32>,
    /// So many codes a customer.
    pub per_contact: i32,
    /// When it was made, milliseconds UTC.
    pub created_at: i64,
    /// When it last changed, milliseconds UTC.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
