//! A customer whom a campaign is for.

use sea_orm::entity::prelude::*;

/// A customer whom a campaign is for: one row, so one message.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_recipient")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The campaign.
    #[sea_orm(primary_key, auto_increment = false)]
    pub campaign_id: Uuid,
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub contact_id: Uuid,
    /// The customer's lane.
    pub lane: i16,
    /// `waiting`, `queued` (there is a message) or `skipped`.
    pub state: String,
    /// Why there is no message.
    pub reason: Option<String>,
    /// What that is about.
    pub detail: Option<String>,
    /// The message.
    pub message_id: Option<Uuid>,
    /// When the state was reached.
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
