//! A message that was handed over, as the guard counts it.

use sea_orm::entity::prelude::*;

/// A message that was handed over, as the guard counts it: one row however often it was tried.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reach")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// The number it went over.
    pub channel_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The sending limit.
    pub portfolio_key: String,
    /// When it was last handed over.
    pub at: i64,
    /// 1 for a template.
    pub template: i16,
    /// 1 for promotion.
    pub promotion: i16,
    /// 1 when the customer's window was closed: it counts towards the messaging limit.
    pub initiated: i16,
    /// What it repeats, as the guard hashes content.
    pub content_hash: Option<Vec<u8>>,
    /// The event a service notice was about.
    pub event_key: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
