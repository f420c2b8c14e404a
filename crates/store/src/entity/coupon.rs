//! A code.

use sea_orm::entity::prelude::*;

/// A code.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "coupon")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its pool.
    pub pool_id: Uuid,
    /// The code, in capitals.
    pub code: String,
    /// Who was given it.
    pub contact_id: Option<Uuid>,
    /// The run of a rule that gave it.
    pub run_id: Option<Uuid>,
    /// Names the giving: the same one never gives two codes.
    pub issue_key: Option<String>,
    /// When it was given, milliseconds UTC.
    pub issued_at: Option<i64>,
    /// Until before when it is good, milliseconds UTC.
    pub valid_until: Option<i64>,
    /// When it was used, milliseconds UTC.
    pub redeemed_at: Option<i64>,
    /// The order it was used for.
    pub order_number: Option<String>,
    /// When it was added, milliseconds UTC.
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
