//! Queued messages that somebody plans, changes or takes back before they go.
//!
//! The sender reads what it is about to send before it locks the customer's lane. Each change counts up the row's
//! `revision`, and inside the lane the sender goes on only with rows that still have the one it read ([`unchanged`]): what it
//! hands over is what is stored, and what is stored is what it hands over.

use super::run::SETTLED_AS_NOT_SENT;
use crate::batch::{self, Col, Kind, Rows, col};
use crate::codec::unpack_content;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::message::Content;
use rapport_core::route::Chats;
use rapport_core::{ChannelId, ContactId, ConversationId, MessageId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// When a message is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Not before.
    pub at: Ms,
    /// A message of the customer after this moment cancels it.
    pub heed_since: Option<Ms>,
}

/// Notes that a queued message waits for a moment of its own. Call it after the message was queued for that moment.
///
/// # Errors
/// What the database said.
pub async fn plan(tx: &WriteTx, message: MessageId, plan: Plan) -> Result<()> {
    let text = "UPDATE send_queue SET planned_at = $3, heed_since = $4 WHERE workspace_id = $1 AND message_id = $2";
    let values: [Value; 4] =
        [tx.workspace().0.into(), message.0.into(), plan.at.0.into(), plan.heed_since.map(|at| at.0).into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// The message is another one from now on, or goes at another time. Returns false when it is not queued any more: then its
/// sender was quicker.
///
/// # Errors
/// What the database said.
pub async fn requeue(tx: &WriteTx, message: MessageId, run_at: Ms, plan: Option<Plan>) -> Result<bool> {
    let text = "UPDATE send_queue SET revision = revision + 1, run_at = $3, planned_at = $4, heed_since = $5 \
                WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued'";
    let values: [Value; 5] = [
        tx.workspace().0.into(),
        message.0.into(),
        run_at.0.into(),
        plan.map(|plan| plan.at.0).into(),
        plan.and_then(|plan| plan.heed_since).map(|at| at.0).into(),
    ];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() == 1)
}

/// Whose messages are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sleepers<'a> {
    /// What shares their sending limit.
    pub portfolio_key: &'a str,
    /// The channel they go over.
    pub channel: ChannelId,
    /// Only this customer's.
    pub contact: Option<ContactId>,
    /// Only those due by then.
    pub by: Ms,
}

/// Lets queued answers and notices be judged at `now` that were put off: what they waited for is over. Those whose moment
/// somebody chose wait for it. Returns how many that were.
///
/// # Errors
/// What the database said.
pub async fn rouse(tx: &WriteTx, sleepers: &Sleepers<'_>, now: Ms) -> Result<u64> {
    let only = if sleepers.contact.is_some() { " AND contact_id = $6" } else { "" };
    let text = format!(
        "UPDATE send_queue SET run_at = $3 WHERE workspace_id = $1 AND portfolio_key = $2 AND state = 'queued' \
         AND priority IN (0, 1) AND run_at > $3 AND run_at <= $4 AND channel_id = $5{only} \
         AND (planned_at IS NULL OR planned_at <= $3)"
    );
    let mut values: Vec<Value> = vec![
        tx.workspace().0.into(),
        sleepers.portfolio_key.into(),
        now.0.into(),
        sleepers.by.0.into(),
        sleepers.channel.0.into(),
    ];
    values.extend(sleepers.contact.map(|contact| Value::from(contact.0)));
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// Of these messages with the revisions they were read at, those that are queued and have not been changed since. Ask in
/// the transaction that holds their lanes.
///
/// # Errors
/// What the database said.
pub async fn unchanged(tx: &WriteTx, messages: &[(MessageId, i32)]) -> Result<HashSet<MessageId>> {
    const COLS: &[Col] = &[col("message_id", Kind::Uuid), col("revision", Kind::Int)];
    let mut rows = Rows::new(COLS);
    for (message, revision) in messages {
        rows.push([message.0.into(), (*revision).into()]);
    }
    let text = "SELECT q.message_id FROM {rows} CROSS JOIN send_queue AS q WHERE q.workspace_id = $1 \
                AND q.message_id = v.column1 AND q.revision = v.column2 AND q.state = 'queued'";
    let found = batch::query(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await?;
    found.iter().map(|row| Ok(MessageId(row.try_get_by_index(0)?))).collect()
}

pub(super) fn read_plan(row: &QueryResult, at: usize) -> Result<Option<Plan>> {
    let planned: Option<i64> = row.try_get_by_index(at)?;
    let heed: Option<i64> = row.try_get_by_index(at + 1)?;
    Ok(planned.map(|at| Plan { at: Ms(at), heed_since: heed.map(Ms) }))
}

/// The plan of a waiting message: `None` when it is not in the queue, `Some(None)` when it has no moment of its own.
///
/// # Errors
/// What the database said.
pub async fn plan_of(tx: &WriteTx, message: MessageId) -> Result<Option<Option<Plan>>> {
    let text = "SELECT planned_at, heed_since FROM send_queue WHERE workspace_id = $1 AND message_id = $2";
    let values = [tx.workspace().0.into(), message.0.into()];
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, values)).await?;
    row.map(|row| read_plan(&row, 0)).transpose()
}

/// The plans of messages, for showing them.
///
/// # Errors
/// What the database said.
pub async fn plans(read: &Read, messages: &[MessageId]) -> Result<HashMap<MessageId, Plan>> {
    if messages.is_empty() {
        return Ok(HashMap::new());
    }
    let text = format!(
        "SELECT message_id, planned_at, heed_since FROM send_queue WHERE workspace_id = $1 AND planned_at IS NOT NULL \
         AND message_id IN ({})",
        sql::places(2, messages.len())
    );
    let values = std::iter::once(Value::from(read.workspace().0)).chain(messages.iter().map(|id| id.0.into()));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        if let Some(plan) = read_plan(row, 1)? {
            found.insert(MessageId(row.try_get_by_index(0)?), plan);
        }
    }
    Ok(found)
}

/// Contents with room for files in their headers that wait in the queue, behind `after`, at most `limit`. Those of
/// campaigns are left out: the campaign says which files they name. One that cannot be read, and so not sent either, has
/// none.
///
/// # Errors
/// What the database said.
pub async fn contents(read: &Read, after: Option<MessageId>, limit: u64) -> Result<Vec<(MessageId, Option<Content>)>> {
    let text = "SELECT m.id, m.content FROM send_queue AS q \
                JOIN message AS m ON m.workspace_id = q.workspace_id AND m.id = q.message_id \
                WHERE q.workspace_id = $1 AND q.campaign_id IS NULL AND q.message_id > $2 \
                AND m.kind IN ('template', 'interactive') ORDER BY q.message_id LIMIT $3";
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let values: [Value; 3] = [read.workspace().0.into(), after.into(), i64::try_from(limit).unwrap_or(i64::MAX).into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let one = |row: &QueryResult| {
        let packed: Vec<u8> = row.try_get_by_index(1)?;
        Ok((MessageId(row.try_get_by_index(0)?), unpack_content(&packed).ok()))
    };
    rows.iter().map(one).collect()
}

/// Whether one of the message's tries reached the provider, or may have: it was taken, its answer was lost, or a person had
/// to say what became of it.
///
/// # Errors
/// What the database said.
pub async fn may_be_out(tx: &WriteTx, message: MessageId) -> Result<bool> {
    let text = "SELECT 1 FROM message_attempt WHERE workspace_id = $1 AND message_id = $2 \
                AND (outcome IN ('sent', 'unknown', 'in_flight') OR detail = $3) LIMIT 1";
    let values = [tx.workspace().0.into(), message.0.into(), SETTLED_AS_NOT_SENT.into()];
    Ok(tx.conn().query_one_raw(sql::with(tx.backend(), text, values)).await?.is_some())
}

/// Whether the business has said something in the conversation since a moment, `but` aside. What was taken back or never
/// went says nothing, what is planned has not been said, not even where its moment has come and something holds it, and a
/// campaign's message is nobody's answer.
///
/// # Errors
/// What the database said.
pub async fn answered_since(tx: &WriteTx, conversation: ConversationId, since: Ms, but: MessageId) -> Result<bool> {
    let text = "SELECT 1 FROM message AS m WHERE m.workspace_id = $1 AND m.conversation_id = $2 AND m.at >= $3 \
                AND m.id <> $4 AND m.direction = 'out' AND m.kind <> 'reaction' AND m.author_kind <> 'campaign' \
                AND m.status NOT IN ('withdrawn', 'refused', 'failed', 'scheduled') \
                AND NOT (m.status IN ('held', 'queued') AND EXISTS (SELECT 1 FROM send_queue AS q \
                WHERE q.workspace_id = m.workspace_id AND q.message_id = m.id AND q.planned_at IS NOT NULL)) LIMIT 1";
    let values = [tx.workspace().0.into(), conversation.0.into(), since.0.into(), but.0.into()];
    Ok(tx.conn().query_one_raw(sql::with(tx.backend(), text, values)).await?.is_some())
}

/// The last that the customers of conversations said in those conversations' chats, in whichever conversation of whichever
/// channel of the chat that was; those who said nothing are left out.
///
/// # Errors
/// What the database said.
pub async fn last_said(
    tx: &WriteTx,
    conversations: &[ConversationId],
    chats: &Chats,
) -> Result<HashMap<ConversationId, Ms>> {
    const COLS: &[Col] = &[col("id", Kind::Uuid)];
    let mut rows = Rows::new(COLS);
    for conversation in conversations {
        rows.push([conversation.0.into()]);
    }
    let text = "SELECT own.id, own.channel_id, c.channel_id, MAX(c.last_inbound_at) FROM {rows} \
                CROSS JOIN conversation AS own CROSS JOIN conversation AS c WHERE own.workspace_id = $1 \
                AND own.id = v.column1 AND c.workspace_id = own.workspace_id AND c.contact_id = own.contact_id \
                AND c.last_inbound_at IS NOT NULL GROUP BY own.id, own.channel_id, c.channel_id";
    let mut said: HashMap<ConversationId, Ms> = HashMap::new();
    for row in batch::query(tx.conn(), tx.backend(), text, &[tx.workspace().0.into()], rows).await? {
        let (own, other) = (ChannelId(row.try_get_by_index(1)?), ChannelId(row.try_get_by_index(2)?));
        let at = Ms(row.try_get_by_index(3)?);
        if chats.share(own, other) {
            let last = said.entry(ConversationId(row.try_get_by_index(0)?)).or_insert(at);
            *last = (*last).max(at);
        }
    }
    Ok(said)
}

/// Gives messages another place in their thread; search finds them there too.
///
/// # Errors
/// What the database said.
pub async fn moved(tx: &WriteTx, messages: &[MessageId], at: Ms) -> Result<()> {
    for message in messages {
        let text = "UPDATE message SET at = $3, indexed = 0 WHERE workspace_id = $1 AND id = $2";
        let values = [tx.workspace().0.into(), message.0.into(), at.0.into()];
        tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    }
    Ok(())
}
