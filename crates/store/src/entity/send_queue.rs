//! Messages waiting for their turn.

use sea_orm::entity::prelude::*;

/// Messages waiting for their turn.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "send_queue")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The message.
    #[sea_orm(primary_key, auto_increment = false)]
    pub message_id: Uuid,
    /// The channel.
    pub channel_id: Uuid,
    /// The customer.
    pub contact_id: Uuid,
    /// The send lane.
    pub portfolio_key: String,
    /// 0 reply, 1 service, 2 promotion.
    pub priority: i16,
    /// `queued`, `in_flight` or `unknown`.
    pub state: String,
    /// Not before.
    pub run_at: i64,
    /// Tries so far.
    pub attempts: i32,
    /// Epoch of the send lane that put it in flight.
    pub epoch: i64,
    /// When it was put in flight.
    pub started_at: Option<i64>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// The channel it belongs to, while it waits to go over another.
    pub home_channel_id: Option<Uuid>,
    /// The campaign it belongs to.
    pub campaign_id: Option<Uuid>,
    /// When it was queued.
    pub created_at: i64,
    /// How often it was changed while it waited.
    pub revision: i32,
    /// The moment somebody chose for it.
    pub planned_at: Option<i64>,
    /// A message of the customer after this moment cancels it.
    pub heed_since: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
