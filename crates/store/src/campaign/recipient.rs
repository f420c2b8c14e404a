//! The recipients of a campaign: one row each, and so one message each.

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::{Error, Result};
use crate::query::Draft;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::campaign::Skip;
use rapport_core::{CampaignId, ContactId, MessageId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::Value as Json;
use uuid::Uuid;

/// No message was made yet.
pub const WAITING: &str = "waiting";
/// There is a message.
pub const QUEUED: &str = "queued";
/// There will be no message, and a reason says why.
pub const SKIPPED: &str = "skipped";

/// A recipient to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecipient {
    /// The customer.
    pub contact: ContactId,
    /// The customer's lane.
    pub lane: u16,
    /// Why they get nothing, when that is known already.
    pub skip: Option<Skip>,
}

/// Adds recipients. Whoever is one already stays as they are. Returns how many were new.
///
/// # Errors
/// What the database said.
pub async fn add(tx: &WriteTx, campaign: CampaignId, recipients: &[NewRecipient], now: Ms) -> Result<u64> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("campaign_id", Kind::Uuid),
        col("contact_id", Kind::Uuid),
        col("lane", Kind::Small),
        col("state", Kind::Text),
        opt("reason", Kind::Text),
        opt("detail", Kind::Text),
        col("updated_at", Kind::Big),
    ];
    let mut rows = Rows::new(COLS);
    for one in recipients {
        let state = if one.skip.is_some() { SKIPPED } else { WAITING };
        rows.push([
            tx.workspace().0.into(),
            campaign.0.into(),
            one.contact.0.into(),
            i16::try_from(one.lane).unwrap_or(i16::MAX).into(),
            state.into(),
            one.skip.as_ref().map(Skip::code).into(),
            one.skip.as_ref().and_then(Skip::detail).into(),
            now.0.into(),
        ]);
    }
    let tail = "ON CONFLICT (workspace_id, campaign_id, contact_id) DO NOTHING";
    batch::insert(tx.conn(), tx.backend(), "campaign_recipient", tail, rows).await
}

/// Recipients without a message, from few lanes, at most `limit`: with their lanes.
///
/// # Errors
/// What the database said.
pub async fn waiting(read: &Read, campaign: CampaignId, limit: u64) -> Result<Vec<(ContactId, u16)>> {
    let text = "SELECT contact_id, lane FROM campaign_recipient WHERE workspace_id = $1 AND campaign_id = $2 \
                AND state = 'waiting' ORDER BY lane, contact_id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 3] = [read.workspace().0.into(), campaign.0.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let one = |row: &QueryResult| {
        let lane: i16 = row.try_get_by_index(1)?;
        Ok((ContactId(row.try_get_by_index(0)?), u16::try_from(lane).unwrap_or(0)))
    };
    rows.iter().map(one).collect()
}

/// What became of a recipient who waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// This message.
    Message(MessageId),
    /// None, and why.
    Skipped(Skip),
}

/// Notes what became of recipients who waited, in the transaction that makes their messages.
///
/// # Errors
/// `Stale` when one of them waits no more: roll back, for somebody else made the message.
pub async fn settle(tx: &WriteTx, campaign: CampaignId, settled: &[(ContactId, Settled)], now: Ms) -> Result<()> {
    const COLS: &[Col] = &[
        col("contact_id", Kind::Uuid),
        col("state", Kind::Text),
        opt("reason", Kind::Text),
        opt("detail", Kind::Text),
        opt("message_id", Kind::Uuid),
    ];
    let mut rows = Rows::new(COLS);
    for (contact, settled) in settled {
        let (state, reason, detail, message) = match settled {
            Settled::Message(id) => (QUEUED, None, None, Some(id.0)),
            Settled::Skipped(skip) => (SKIPPED, Some(skip.code()), skip.detail(), None),
        };
        rows.push([contact.0.into(), state.into(), reason.into(), detail.into(), message.into()]);
    }
    let text = "UPDATE campaign_recipient SET state = v.column2, reason = v.column3, detail = v.column4, \
                message_id = v.column5, updated_at = $3 FROM {rows} WHERE campaign_recipient.workspace_id = $1 \
                AND campaign_recipient.campaign_id = $2 AND campaign_recipient.contact_id = v.column1 \
                AND campaign_recipient.state = 'waiting'";
    let fixed: [Value; 3] = [tx.workspace().0.into(), campaign.0.into(), now.0.into()];
    let done = batch::execute(tx.conn(), tx.backend(), text, &fixed, rows).await?;
    if done == settled.len() as u64 {
        return Ok(());
    }
    Err(Error::Stale(format!("{} recipients of campaign {campaign} wait no more", settled.len() as u64 - done)))
}

/// How many messages of a campaign wait in the send queue or are being handed over: all, and those due by a moment.
///
/// # Errors
/// What the database said.
pub async fn in_queue(read: &Read, campaign: CampaignId, by: Ms) -> Result<(u64, u64)> {
    let text = "SELECT count(*), CAST(COALESCE(SUM(CASE WHEN run_at <= $3 THEN 1 ELSE 0 END), 0) AS bigint) \
                FROM send_queue WHERE workspace_id = $1 AND campaign_id = $2 AND state <> 'unknown'";
    let values: [Value; 3] = [read.workspace().0.into(), campaign.0.into(), by.0.into()];
    let Some(row) = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await? else {
        return Ok((0, 0));
    };
    let count = |index| Ok::<_, Error>(u64::try_from(row.try_get_by_index::<i64>(index)?).unwrap_or(0));
    Ok((count(0)?, count(1)?))
}

/// Has everything of a campaign that waits in the send queue judged now, because it was paused, resumed or cancelled; what
/// somebody planned for a later moment keeps that, unless the campaign `ended`. A judgement that is being made at this
/// moment of what was before counts for nothing. Returns how many messages that are.
///
/// # Errors
/// What the database said.
pub async fn rouse(tx: &WriteTx, campaign: CampaignId, ended: bool, now: Ms) -> Result<u64> {
    let moment = if ended { "$3" } else { "CASE WHEN planned_at > $3 THEN planned_at ELSE $3 END" };
    let text = format!(
        "UPDATE send_queue SET run_at = {moment}, revision = revision + 1 \
         WHERE workspace_id = $1 AND campaign_id = $2 AND state = 'queued'"
    );
    let values: [Value; 3] = [tx.workspace().0.into(), campaign.0.into(), now.0.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// Which recipients are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientFilter {
    /// All.
    Any,
    /// Those without a message, in this state.
    State(&'static str),
    /// Those whose message has one of these statuses.
    Message(&'static [&'static str]),
}

/// A recipient with the customer and the message.
#[derive(Debug, Clone, PartialEq)]
pub struct RecipientRow {
    /// The customer.
    pub contact: Uuid,
    /// Their name; empty when they are gone.
    pub name: String,
    /// Their number.
    pub phone: Option<String>,
    /// `waiting`, `queued` or `skipped`.
    pub state: String,
    /// Why there is no message.
    pub reason: Option<String>,
    /// What that is about.
    pub detail: Option<String>,
    /// The message.
    pub message: Option<Uuid>,
    /// Its conversation.
    pub conversation: Option<Uuid>,
    /// Its status.
    pub status: Option<String>,
    /// What the provider said when it failed.
    pub error: Option<Json>,
    /// What the guard said last.
    pub verdict: Option<Json>,
    /// When this was reached.
    pub at: i64,
}

/// Recipients in the order of their ids, those after `after`.
///
/// # Errors
/// What the database said.
pub async fn page(
    read: &Read,
    campaign: CampaignId,
    filter: &RecipientFilter,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<RecipientRow>> {
    let mut draft = Draft::default();
    let (workspace, campaign) = (draft.arg(read.workspace().0), draft.arg(campaign.0));
    let after = draft.arg(after.unwrap_or_default());
    let narrowed = match filter {
        RecipientFilter::Any => String::new(),
        RecipientFilter::State(state) => format!(" AND r.state = {}", draft.arg(*state)),
        RecipientFilter::Message(statuses) => {
            let places: Vec<String> = statuses.iter().map(|status| draft.arg(*status)).collect();
            format!(" AND m.status IN ({})", places.join(","))
        }
    };
    let limit = draft.arg(i64::try_from(limit).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT r.contact_id, COALESCE(c.name, ''), c.phone, r.state, r.reason, r.detail, r.message_id, \
         m.conversation_id, m.status, m.error, m.verdict, COALESCE(m.status_at, r.updated_at) \
         FROM campaign_recipient AS r \
         LEFT JOIN contact AS c ON c.workspace_id = r.workspace_id AND c.id = r.contact_id \
         LEFT JOIN message AS m ON m.workspace_id = r.workspace_id AND m.id = r.message_id \
         WHERE r.workspace_id = {workspace} AND r.campaign_id = {campaign} AND r.contact_id > {after}{narrowed} \
         ORDER BY r.contact_id LIMIT {limit}"
    );
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, draft.values)).await?;
    rows.iter().map(recipient).collect()
}

fn recipient(row: &QueryResult) -> Result<RecipientRow> {
    Ok(RecipientRow {
        contact: row.try_get_by_index(0)?,
        name: row.try_get_by_index(1)?,
        phone: row.try_get_by_index(2)?,
        state: row.try_get_by_index(3)?,
        reason: row.try_get_by_index(4)?,
        detail: row.try_get_by_index(5)?,
        message: row.try_get_by_index(6)?,
        conversation: row.try_get_by_index(7)?,
        status: row.try_get_by_index(8)?,
        error: row.try_get_by_index(9)?,
        verdict: row.try_get_by_index(10)?,
        at: row.try_get_by_index(11)?,
    })
}
