//! What the owner of a send lane does with a message. Each call stands in a transaction that has fenced the lane
//! ([`crate::lane::fence_send`]).

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::{Error, Result};
use crate::lane::HeldSend;
use crate::scope::{Read, WriteTx};
use crate::sql;
use rapport_core::{MessageId, Ms};
use sea_orm::{ConnectionTrait, Value};
use std::collections::HashMap;

/// A message whose intent is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Started {
    /// The message.
    pub message: MessageId,
    /// The number of the try, from 1.
    pub attempt: i32,
}

/// What became of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider took it.
    Sent {
        /// The id it gave.
        provider_id: String,
    },
    /// It certainly did not go out; it is tried again.
    Retry {
        /// Not before.
        at: Ms,
        /// The provider's code, when there was an answer.
        code: Option<i64>,
        /// What was said.
        detail: String,
    },
    /// It certainly did not and will not go out.
    Failed {
        /// The provider's code, when there was an answer.
        code: Option<i64>,
        /// What was said.
        detail: String,
    },
    /// The answer was lost.
    Unknown {
        /// What happened.
        detail: String,
    },
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Retry { .. } => "retry",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }
}

/// Stores the intent to hand messages over. Those that are not queued any more are left out of the answer.
///
/// # Errors
/// What the database said.
pub async fn start(tx: &WriteTx, messages: &[MessageId], epoch: i64, now: Ms) -> Result<Vec<Started>> {
    const ID: &[Col] = &[col("message_id", Kind::Uuid)];
    const TRY: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("message_id", Kind::Uuid),
        col("n", Kind::Int),
        col("started_at", Kind::Big),
        col("outcome", Kind::Text),
        opt("channel_id", Kind::Uuid),
    ];
    let mut rows = Rows::new(ID);
    for message in messages {
        rows.push([message.0.into()]);
    }
    let text = "UPDATE send_queue SET state = 'in_flight', attempts = attempts + 1, epoch = $2, started_at = $3 \
                FROM {rows} WHERE send_queue.workspace_id = {workspace} AND send_queue.message_id = v.column1 \
                AND send_queue.state = 'queued' RETURNING send_queue.message_id, send_queue.attempts, \
                send_queue.channel_id";
    let fixed: [Value; 3] = [tx.workspace().0.into(), epoch.into(), now.0.into()];
    let mut started = Vec::with_capacity(messages.len());
    let mut tries = Rows::new(TRY);
    for row in batch::query(tx.conn(), tx.backend(), text, &fixed, rows).await? {
        let (message, attempt) = (MessageId(row.try_get_by_index(0)?), row.try_get_by_index(1)?);
        let channel: uuid::Uuid = row.try_get_by_index(2)?;
        started.push(Started { message, attempt });
        tries.push([
            tx.workspace().0.into(),
            message.0.into(),
            attempt.into(),
            now.0.into(),
            "in_flight".into(),
            channel.into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "message_attempt", "", tries).await?;
    // A database returns what it has updated in any order; a customer should not get the second message first.
    let place: HashMap<MessageId, usize> = messages.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    started.sort_by_key(|one| place.get(&one.message).copied());
    Ok(started)
}

/// Stores what became of a try.
///
/// # Errors
/// `Stale` when this try is not in flight any more: a status or another owner decided in the meantime.
pub async fn finish(tx: &WriteTx, started: Started, verdict: &Verdict, now: Ms) -> Result<()> {
    let mut values: Vec<Value> = vec![tx.workspace().0.into(), started.message.0.into(), started.attempt.into()];
    let ours = "workspace_id = $1 AND message_id = $2 AND attempts = $3 AND state = 'in_flight'";
    let text = match verdict {
        Verdict::Sent { .. } | Verdict::Failed { .. } => format!("DELETE FROM send_queue WHERE {ours}"),
        Verdict::Retry { at, detail, .. } => {
            values.push(at.0.into());
            values.push(batch::without_nul(detail.clone()).into());
            format!("UPDATE send_queue SET state = 'queued', run_at = $4, last_error = $5 WHERE {ours}")
        }
        Verdict::Unknown { detail } => {
            values.push(batch::without_nul(detail.clone()).into());
            format!("UPDATE send_queue SET state = 'unknown', last_error = $4 WHERE {ours}")
        }
    };
    if tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() != 1 {
        return Err(Error::Stale(format!("message {} is not in flight in this try", started.message)));
    }
    note(tx, started, verdict, now).await
}

async fn note(tx: &WriteTx, started: Started, verdict: &Verdict, now: Ms) -> Result<()> {
    let (code, detail, provider_id) = match verdict {
        Verdict::Sent { provider_id } => (None, None, Some(provider_id.clone())),
        Verdict::Retry { code, detail, .. } | Verdict::Failed { code, detail } => (*code, Some(detail.clone()), None),
        Verdict::Unknown { detail } => (None, Some(detail.clone()), None),
    };
    let text = "UPDATE message_attempt SET finished_at = $4, outcome = $5, code = $6, detail = $7, provider_id = $8 \
                WHERE workspace_id = $1 AND message_id = $2 AND n = $3";
    let values: [Value; 8] = [
        tx.workspace().0.into(),
        started.message.0.into(),
        started.attempt.into(),
        now.0.into(),
        verdict.word().into(),
        code.into(),
        detail.map(batch::without_nul).into(),
        provider_id.into(),
    ];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// How many tries of a message the provider refused with this code, to be tried again.
///
/// # Errors
/// What the database said.
pub async fn refused_with(read: &Read, message: MessageId, code: i64) -> Result<i32> {
    let text = "SELECT CAST(count(*) AS INTEGER) FROM message_attempt WHERE workspace_id = $1 AND message_id = $2 \
                AND outcome = 'retry' AND code = $3";
    let values = [read.workspace().0.into(), message.0.into(), code.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
}

/// What stands beside a try of which a person said that it did not go out.
pub(super) const SETTLED_AS_NOT_SENT: &str = "settled as not sent";

/// Ends a try whose answer was lost, once a status or a person said what became of it: `sent` deletes the row, else it
/// is queued again for `now`. Returns false when it neither was in flight nor unknown.
///
/// # Errors
/// What the database said.
pub async fn settle(tx: &WriteTx, message: MessageId, sent: Option<&str>, now: Ms) -> Result<bool> {
    let open = "workspace_id = $1 AND message_id = $2 AND state IN ('unknown', 'in_flight')";
    let (workspace, id) = (Value::from(tx.workspace().0), Value::from(message.0));
    let statement = if sent.is_some() {
        sql::with(tx.backend(), format!("DELETE FROM send_queue WHERE {open} RETURNING attempts"), [workspace, id])
    } else {
        let text = format!("UPDATE send_queue SET state = 'queued', run_at = $3 WHERE {open} RETURNING attempts");
        sql::with(tx.backend(), text, [workspace, id, now.0.into()])
    };
    let Some(row) = tx.conn().query_one_raw(statement).await? else { return Ok(false) };
    let started = Started { message, attempt: row.try_get_by_index(0)? };
    let verdict = match sent {
        Some(provider_id) => Verdict::Sent { provider_id: provider_id.to_owned() },
        None => Verdict::Retry { at: now, code: None, detail: SETTLED_AS_NOT_SENT.to_owned() },
    };
    note(tx, started, &verdict, now).await?;
    Ok(true)
}

/// Puts a queued message off that was read at this revision. Returns false when it is not queued, or was changed or roused
/// since: then it is judged again when it is due.
///
/// # Errors
/// What the database said.
pub async fn hold(tx: &WriteTx, message: MessageId, revision: i32, until: Ms) -> Result<bool> {
    let text = "UPDATE send_queue SET run_at = $3 WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued' \
                AND revision = $4";
    let values = [tx.workspace().0.into(), message.0.into(), until.0.into(), revision.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() == 1)
}

/// Takes a queued message out of the queue (refused, cancelled). Returns false when it is not queued.
///
/// # Errors
/// What the database said.
pub async fn remove(tx: &WriteTx, message: MessageId) -> Result<bool> {
    let text = "DELETE FROM send_queue WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued'";
    let values = [tx.workspace().0.into(), message.0.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected() == 1)
}

/// After a send lane changed hands: what an earlier owner left in flight in this workspace has an unknown end.
/// Returns those messages, so that the caller can show it.
///
/// # Errors
/// What the database said.
pub async fn take_over(tx: &WriteTx, held: &HeldSend, now: Ms) -> Result<Vec<Started>> {
    let text = "UPDATE send_queue SET state = 'unknown', last_error = 'its sender stopped before the answer came' \
                WHERE workspace_id = $1 AND portfolio_key = $2 AND state = 'in_flight' AND epoch < $3 \
                RETURNING message_id, attempts";
    let values = [tx.workspace().0.into(), held.portfolio_key.as_str().into(), held.epoch.into()];
    let rows = tx.conn().query_all_raw(sql::with(tx.backend(), text, values)).await?;
    let mut taken = Vec::with_capacity(rows.len());
    for row in &rows {
        let started = Started { message: MessageId(row.try_get_by_index(0)?), attempt: row.try_get_by_index(1)? };
        note(tx, started, &Verdict::Unknown { detail: "its sender stopped before the answer came".to_owned() }, now)
            .await?;
        taken.push(started);
    }
    Ok(taken)
}
