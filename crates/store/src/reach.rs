//! Messages that were handed over, as the guard counts them: for the tier (distinct customers in a day), the shop's own
//! limit, and the rules about templates, promotion and repetition.

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::{ChannelId, ContactId, MessageId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};

/// A message that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// The message.
    pub message_id: MessageId,
    /// The number it went over.
    pub channel_id: ChannelId,
    /// The customer.
    pub contact_id: ContactId,
    /// The sending limit it counts under.
    pub portfolio_key: String,
    /// When it was last handed over.
    pub at: Ms,
    /// A template.
    pub template: bool,
    /// Promotion.
    pub promotion: bool,
    /// The customer's window was closed: it counts towards the messaging limit.
    pub initiated: bool,
    /// What it repeats, as the guard hashes content.
    pub content_hash: Option<[u8; 16]>,
    /// The event a service notice was about.
    pub event_key: Option<String>,
}

const COLS: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("message_id", Kind::Uuid),
    col("channel_id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("portfolio_key", Kind::Text),
    col("at", Kind::Big),
    col("template", Kind::Small),
    col("promotion", Kind::Small),
    col("initiated", Kind::Small),
    opt("content_hash", Kind::Bytes),
    opt("event_key", Kind::Text),
];

/// Notes messages in the transaction that stores the intent to hand them over. One that is tried again counts once, at
/// its last try.
///
/// # Errors
/// What the database said.
pub async fn note(tx: &WriteTx, reached: &[Reach]) -> Result<()> {
    let mut rows = Rows::new(COLS);
    for reach in reached {
        rows.push([
            tx.workspace().0.into(),
            reach.message_id.0.into(),
            reach.channel_id.0.into(),
            reach.contact_id.0.into(),
            reach.portfolio_key.clone().into(),
            reach.at.0.into(),
            i16::from(reach.template).into(),
            i16::from(reach.promotion).into(),
            i16::from(reach.initiated).into(),
            reach.content_hash.map(|hash| hash.to_vec()).into(),
            reach.event_key.clone().into(),
        ]);
    }
    let tail = "ON CONFLICT (workspace_id, message_id) DO UPDATE SET at = excluded.at, initiated = excluded.initiated";
    batch::insert(tx.conn(), tx.backend(), "reach", tail, rows).await?;
    Ok(())
}

/// Takes messages back that certainly did not go out.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &WriteTx, messages: &[MessageId]) -> Result<()> {
    let text =
        format!("DELETE FROM reach WHERE workspace_id = $1 AND message_id IN ({})", sql::places(2, messages.len()));
    let mut values = vec![Value::from(tx.workspace().0)];
    values.extend(messages.iter().map(|id| Value::from(id.0)));
    if !messages.is_empty() {
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}

/// Deletes what no rule looks at any more, of the transaction's workspace. Returns how many rows that were.
///
/// # Errors
/// What the database said.
pub async fn purge(tx: &WriteTx, before: Ms) -> Result<u64> {
    let text = "DELETE FROM reach WHERE workspace_id = $1 AND at < $2";
    let values = [tx.workspace().0.into(), before.0.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// What was handed over to a customer after a moment, oldest first, without the message that is being judged.
///
/// # Errors
/// What the database said.
pub async fn of_contact(read: &Read, contact: ContactId, after: Ms, except: Option<MessageId>) -> Result<Vec<Reach>> {
    let text = "SELECT message_id, channel_id, contact_id, portfolio_key, at, template, promotion, initiated, \
                content_hash, event_key FROM reach WHERE workspace_id = $1 AND contact_id = $2 AND at > $3 \
                AND message_id <> $4 ORDER BY at, message_id";
    let except = except.map_or(uuid::Uuid::nil(), |id| id.0);
    let values = [read.workspace().0.into(), contact.0.into(), after.0.into(), except.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(reach_of).collect()
}

fn reach_of(row: &QueryResult) -> Result<Reach> {
    let flag = |index| Ok::<_, crate::Error>(row.try_get_by_index::<i16>(index)? == 1);
    let hash: Option<Vec<u8>> = row.try_get_by_index(8)?;
    Ok(Reach {
        message_id: MessageId(row.try_get_by_index(0)?),
        channel_id: ChannelId(row.try_get_by_index(1)?),
        contact_id: ContactId(row.try_get_by_index(2)?),
        portfolio_key: row.try_get_by_index(3)?,
        at: Ms(row.try_get_by_index(4)?),
        template: flag(5)?,
        promotion: flag(6)?,
        initiated: flag(7)?,
        content_hash: hash.and_then(|hash| hash.try_into().ok()),
        event_key: row.try_get_by_index(9)?,
    })
}

/// How far a messaging limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstMessages {
    /// Customers that count.
    pub customers: i64,
    /// The one asked about is among them.
    pub counts_customer: bool,
    /// The last message to the customer that stops counting first.
    pub oldest: Option<Ms>,
}

/// Counts the customers that the business wrote to first after a moment, and looks for one of them. Asked before every
/// template, so nobody is brought here.
///
/// # Errors
/// What the database said.
pub async fn first_messages(read: &Read, portfolio_key: &str, contact: ContactId, after: Ms) -> Result<FirstMessages> {
    let text = "SELECT count(*), max(CASE WHEN contact_id = $4 THEN 1 ELSE 0 END), min(last_at) FROM \
                (SELECT contact_id, max(at) AS last_at FROM reach WHERE workspace_id = $1 AND portfolio_key = $2 \
                AND at > $3 AND initiated = 1 GROUP BY contact_id) AS reached";
    let values = [read.workspace().0.into(), portfolio_key.into(), after.0.into(), contact.0.into()];
    let Some(row) = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await? else {
        return Ok(FirstMessages { customers: 0, counts_customer: false, oldest: None });
    };
    let counts: Option<i32> = row.try_get_by_index(1)?;
    let oldest: Option<i64> = row.try_get_by_index(2)?;
    Ok(FirstMessages {
        customers: row.try_get_by_index(0)?,
        counts_customer: counts == Some(1),
        oldest: oldest.map(Ms),
    })
}

/// What was reported of a message that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// It arrived at this moment.
    Arrived(Ms),
    /// It failed at this moment, with the provider's code.
    Failed(Ms, i64),
}

/// What was reported of the messages handed over to a customer after a moment, in no order.
///
/// # Errors
/// What the database said.
pub async fn reports(read: &Read, contact: ContactId, after: Ms) -> Result<Vec<Report>> {
    let text = "SELECT m.delivered_at, m.failed_at, m.error FROM reach AS r \
                JOIN message AS m ON m.workspace_id = r.workspace_id AND m.id = r.message_id \
                WHERE r.workspace_id = $1 AND r.contact_id = $2 AND r.at > $3 \
                AND (m.delivered_at IS NOT NULL OR m.failed_at IS NOT NULL)";
    let values = [read.workspace().0.into(), contact.0.into(), after.0.into()];
    let mut reports = Vec::new();
    for row in read.conn().query_all_raw(sql::with(read.backend(), text, values)).await? {
        let (delivered, failed): (Option<i64>, Option<i64>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let error: Option<serde_json::Value> = row.try_get_by_index(2)?;
        let code = error.and_then(|error| error["code"].as_i64());
        reports.extend(delivered.map(|at| Report::Arrived(Ms(at))));
        reports.extend(failed.zip(code).map(|(at, code)| Report::Failed(Ms(at), code)));
    }
    Ok(reports)
}

/// How many messages went over a channel at or after a moment.
///
/// # Errors
/// What the database said.
pub async fn of_channel(read: &Read, channel: ChannelId, since: Ms) -> Result<i64> {
    let text = "SELECT count(*) FROM reach WHERE workspace_id = $1 AND channel_id = $2 AND at >= $3";
    let values = [read.workspace().0.into(), channel.0.into(), since.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get_by_index(0)?))
}
