//! Messages that go over another channel than their own.

use crate::error::Result;
use crate::scope::WriteTx;
use crate::sql;
use rapport_core::{ChannelId, MessageId, Ms};
use sea_orm::{ConnectionTrait, Value};

/// Where a queued message waits from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Berth {
    /// The channel it goes over.
    pub channel: ChannelId,
    /// That channel's send lane.
    pub portfolio_key: String,
    /// The channel it belongs to, when that is another one.
    pub home: Option<ChannelId>,
    /// Not before.
    pub run_at: Ms,
}

/// Gives a message that is queued, and only then, another channel to go over; not before the moment it was planned for. What is in flight or has an unknown end
/// stays where it is: the provider may have it. Returns false when it is not queued.
///
/// # Errors
/// What the database said.
pub async fn carry(tx: &WriteTx, message: MessageId, to: &Berth) -> Result<bool> {
    let text = "UPDATE send_queue SET channel_id = $3, portfolio_key = $4, home_channel_id = $5, \
                run_at = CASE WHEN planned_at > $6 THEN planned_at ELSE $6 END \
                WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued'";
    let values: [Value; 6] = [
        tx.workspace().0.into(),
        message.0.into(),
        to.channel.0.into(),
        to.portfolio_key.as_str().into(),
        to.home.map(|home| home.0).into(),
        to.run_at.0.into(),
    ];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() == 1)
}

/// Notes on the message which channel it goes over; its statuses come over that one.
///
/// # Errors
/// What the database said.
pub async fn goes_over(tx: &WriteTx, message: MessageId, channel: ChannelId) -> Result<()> {
    let text = "UPDATE message SET channel_id = $3 WHERE workspace_id = $1 AND id = $2";
    let values: [Value; 3] = [tx.workspace().0.into(), message.0.into(), channel.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}
