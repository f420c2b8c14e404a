//! Messages on their way out.
//!
//! A message to be sent has a row in the send queue, written in the transaction that made the message. The node that
//! holds the portfolio's send lane picks what is due, commits the intent (`in_flight`, with the try's number), hands the message
//! over, and commits the result. What was in flight when its node died is neither sent nor unsent: it is `unknown`
//! until the provider's status tells.

mod carry;
mod run;
mod unsent;

pub use carry::{Berth, carry, goes_over};
pub use run::{Started, Verdict, finish, hold, refused_with, remove, settle, start, take_over};
pub use unsent::{
    Plan, Sleepers, answered_since, contents, last_said, may_be_out, moved, plan, plan_of, plans, requeue, rouse,
    unchanged,
};

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::error::Result;
use crate::scope::WriteTx;
use crate::sql;
use crate::store::Store;
use rapport_core::{CampaignId, ChannelId, ContactId, MessageId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};

/// Which message goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// An answer somebody waits for.
    Reply,
    /// A message about an order or the like.
    Service,
    /// Promotion: takes what the others leave.
    Promotion,
}

impl Priority {
    const ALL: [Self; 3] = [Self::Reply, Self::Service, Self::Promotion];

    fn code(self) -> i16 {
        match self {
            Self::Reply => 0,
            Self::Service => 1,
            Self::Promotion => 2,
        }
    }

    fn parse(code: i16) -> Self {
        match code {
            0 => Self::Reply,
            1 => Self::Service,
            _ => Self::Promotion,
        }
    }
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSend {
    /// The message; its row is written in the same transaction.
    pub message: MessageId,
    /// The channel.
    pub channel: ChannelId,
    /// The customer.
    pub contact: ContactId,
    /// What shares the sending limit.
    pub portfolio_key: String,
    /// Which goes first.
    pub priority: Priority,
    /// Not before.
    pub run_at: Ms,
}

/// A message whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// The message.
    pub message: MessageId,
    /// The channel.
    pub channel: ChannelId,
    /// The customer.
    pub contact: ContactId,
    /// What shares the sending limit.
    pub portfolio_key: String,
    /// Which goes first.
    pub priority: Priority,
    /// Since when it is due.
    pub run_at: Ms,
    /// Tries so far.
    pub attempts: i32,
    /// When it was put in flight, for those in flight or unknown.
    pub started_at: Option<Ms>,
    /// The channel it belongs to, while it waits to go over another.
    pub home: Option<ChannelId>,
    /// The campaign it belongs to.
    pub campaign: Option<CampaignId>,
    /// How often it was changed while it waited.
    pub revision: i32,
    /// The moment somebody chose for it.
    pub plan: Option<Plan>,
}

const COLS: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("message_id", Kind::Uuid),
    col("channel_id", Kind::Uuid),
    col("contact_id", Kind::Uuid),
    col("portfolio_key", Kind::Text),
    col("priority", Kind::Small),
    col("state", Kind::Text),
    col("run_at", Kind::Big),
    col("attempts", Kind::Int),
    col("epoch", Kind::Big),
    col("created_at", Kind::Big),
    opt("campaign_id", Kind::Uuid),
];

/// Queues messages in the caller's transaction. A message that is queued already stays as it is.
///
/// # Errors
/// What the database said.
pub async fn enqueue(tx: &WriteTx, sends: &[NewSend], now: Ms) -> Result<()> {
    insert(tx, sends, None, now).await
}

/// [`enqueue`] for messages of a campaign: when it is paused or cancelled, they wait or are refused.
///
/// # Errors
/// What the database said.
pub async fn enqueue_of(tx: &WriteTx, campaign: CampaignId, sends: &[NewSend], now: Ms) -> Result<()> {
    insert(tx, sends, Some(campaign), now).await
}

async fn insert(tx: &WriteTx, sends: &[NewSend], campaign: Option<CampaignId>, now: Ms) -> Result<()> {
    let mut rows = Rows::new(COLS);
    for send in sends {
        rows.push([
            tx.workspace().0.into(),
            send.message.0.into(),
            send.channel.0.into(),
            send.contact.0.into(),
            send.portfolio_key.clone().into(),
            send.priority.code().into(),
            "queued".into(),
            send.run_at.0.into(),
            0.into(),
            0_i64.into(),
            now.0.into(),
            campaign.map(|id| id.0).into(),
        ]);
    }
    batch::insert(tx.conn(), tx.backend(), "send_queue", "ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// Queues a message again whose earlier tries have ended. Their numbers go on, so that each try stays its own: a late
/// status of an old one is not taken for the new one's.
///
/// # Errors
/// What the database said.
pub async fn enqueue_again(tx: &WriteTx, send: NewSend, now: Ms) -> Result<()> {
    let (workspace, message) = (tx.workspace().0, send.message.0);
    enqueue(tx, &[send], now).await?;
    let text = "UPDATE send_queue SET attempts = (SELECT COALESCE(max(n), 0) FROM message_attempt AS a \
                WHERE a.workspace_id = $1 AND a.message_id = $2) \
                WHERE workspace_id = $1 AND message_id = $2 AND state = 'queued'";
    tx.conn().execute_raw(sql::with(tx.backend(), text, [workspace.into(), message.into()])).await?;
    Ok(())
}

/// The installation-wide door to the send queue: what send workers see.
#[derive(Clone)]
pub struct SendQueue {
    store: Store,
}

impl Store {
    /// Messages on their way out, of all workspaces, for send workers.
    #[must_use]
    pub fn send_queue(&self) -> SendQueue {
        SendQueue { store: self.clone() }
    }
}

const COLUMNS: &str = "workspace_id, message_id, channel_id, contact_id, portfolio_key, priority, run_at, attempts, started_at, \
     home_channel_id, campaign_id, revision, planned_at, heed_since";

/// A condition that leaves these customers out, and its values, the first of which is `$first`. Lists of similar length
/// share a text, so that a connection plans a few and not a hundred.
fn but(busy: &[ContactId], first: usize) -> (String, Vec<Value>) {
    let Some(last) = busy.last() else { return (String::new(), Vec::new()) };
    let count = busy.len().next_power_of_two();
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    let ids = busy.iter().chain(std::iter::repeat(last)).take(count).map(|id| id.0.into()).collect();
    (format!(" AND contact_id NOT IN ({})", places.join(", ")), ids)
}

impl SendQueue {
    /// What is due under these portfolios, at most `limit` of each: by priority, then the longest due. Promotion aside,
    /// nothing for the `busy` customers.
    ///
    /// # Errors
    /// What the database said.
    pub async fn due(&self, portfolio_keys: &[String], now: Ms, limit: usize, busy: &[ContactId]) -> Result<Vec<Due>> {
        let (others, ids) = but(busy, 4);
        let one = |priority: Priority| {
            let others = if priority == Priority::Promotion { "" } else { &others };
            format!(
                "SELECT * FROM (SELECT {COLUMNS} FROM send_queue WHERE portfolio_key = $1 AND state = 'queued' \
                 AND priority = {} AND run_at <= $2{others} ORDER BY run_at, message_id LIMIT $3) AS p{}",
                priority.code(),
                priority.code()
            )
        };
        let text =
            format!("{} ORDER BY priority, run_at, message_id LIMIT $3", Priority::ALL.map(one).join(" UNION ALL "));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut due = Vec::new();
        for key in portfolio_keys {
            let fixed: [Value; 3] = [key.as_str().into(), now.0.into(), limit.into()];
            let statement = sql::with(self.store.backend(), &text, fixed.into_iter().chain(ids.iter().cloned()));
            for row in self.store.readers().query_all_raw(statement).await? {
                due.push(read(&row)?);
            }
        }
        due.sort_by_key(|send| (send.priority, send.run_at, send.message));
        Ok(due)
    }

    /// When the next queued message of a portfolio is due, `busy` customers as in [`SendQueue::due`] aside; for sleeping
    /// until then.
    ///
    /// # Errors
    /// What the database said.
    pub async fn next_due(&self, portfolio_key: &str, busy: &[ContactId]) -> Result<Option<Ms>> {
        let (others, ids) = but(busy, 2);
        let one = |priority: Priority| {
            let others = if priority == Priority::Promotion { "" } else { &others };
            format!(
                "(SELECT min(run_at) FROM send_queue WHERE portfolio_key = $1 AND state = 'queued' AND priority = {}{others})",
                priority.code()
            )
        };
        let text = format!("SELECT {}", Priority::ALL.map(one).join(", "));
        let statement = sql::with(self.store.backend(), text, std::iter::once(portfolio_key.into()).chain(ids));
        let Some(row) = self.store.readers().query_one_raw(statement).await? else { return Ok(None) };
        let mut next: Option<i64> = None;
        for index in 0..Priority::ALL.len() {
            next = [next, row.try_get_by_index(index)?].into_iter().flatten().min();
        }
        Ok(next.map(Ms))
    }

    /// Messages whose answer was lost and that were put in flight before a moment, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn unknown(&self, portfolio_key: &str, started_before: Ms, limit: usize) -> Result<Vec<Due>> {
        let text = format!(
            "SELECT {COLUMNS} FROM send_queue WHERE portfolio_key = $1 AND state = 'unknown' AND started_at < $2 \
             ORDER BY started_at LIMIT $3"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = [portfolio_key.into(), started_before.0.into(), limit.into()];
        let rows = self.store.readers().query_all_raw(sql::with(self.store.backend(), text, values)).await?;
        rows.iter().map(read).collect()
    }

    /// Everything of a portfolio that waits for a later moment is due at `now`: moments written by a clock that has been
    /// set back since mean nothing, but for those that a person chose. Returns how many messages that were.
    ///
    /// # Errors
    /// What the database said.
    pub async fn wake(&self, portfolio_key: &str, now: Ms) -> Result<u64> {
        let text = "UPDATE send_queue SET run_at = $2 WHERE portfolio_key = $1 AND state = 'queued' AND run_at > $2 \
                    AND (planned_at IS NULL OR planned_at <= $2)";
        let tx = self.store.begin().await?;
        let values = [portfolio_key.into(), now.0.into()];
        let woken = tx.execute_raw(sql::with(self.store.backend(), text, values)).await?.rows_affected();
        tx.commit().await?;
        Ok(woken)
    }

    /// How many messages of a portfolio wait, by state.
    ///
    /// # Errors
    /// What the database said.
    pub async fn counts(&self, portfolio_key: &str) -> Result<std::collections::BTreeMap<String, i64>> {
        let text = "SELECT state, count(*) FROM send_queue WHERE portfolio_key = $1 GROUP BY state";
        let statement = sql::with(self.store.backend(), text, [portfolio_key.into()]);
        let rows = self.store.readers().query_all_raw(statement).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }
}

fn read(row: &QueryResult) -> Result<Due> {
    Ok(Due {
        workspace: WorkspaceId(row.try_get_by_index(0)?),
        message: MessageId(row.try_get_by_index(1)?),
        channel: ChannelId(row.try_get_by_index(2)?),
        contact: ContactId(row.try_get_by_index(3)?),
        portfolio_key: row.try_get_by_index(4)?,
        priority: Priority::parse(row.try_get_by_index(5)?),
        run_at: Ms(row.try_get_by_index(6)?),
        attempts: row.try_get_by_index(7)?,
        started_at: row.try_get_by_index::<Option<i64>>(8)?.map(Ms),
        home: row.try_get_by_index::<Option<uuid::Uuid>>(9)?.map(ChannelId),
        campaign: row.try_get_by_index::<Option<uuid::Uuid>>(10)?.map(CampaignId),
        revision: row.try_get_by_index(11)?,
        plan: unsent::read_plan(row, 12)?,
    })
}

impl SendQueue {
    /// The workspaces in which an earlier owner of a send lane left messages in flight; for [`take_over`].
    ///
    /// # Errors
    /// What the database said.
    pub async fn abandoned(&self, held: &crate::lane::HeldSend) -> Result<Vec<WorkspaceId>> {
        let text = "SELECT DISTINCT workspace_id FROM send_queue WHERE portfolio_key = $1 AND state = 'in_flight' \
                    AND epoch < $2";
        let values = [held.portfolio_key.as_str().into(), held.epoch.into()];
        let rows = self.store.readers().query_all_raw(sql::with(self.store.backend(), text, values)).await?;
        rows.iter().map(|row| Ok(WorkspaceId(row.try_get_by_index(0)?))).collect()
    }
}
