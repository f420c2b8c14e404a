//! What a lane worker does with stored events.

use super::{DUPLICATE, Kind, PENDING, PROCESSED, QUARANTINED, WAITING};
use crate::batch::{self, Col, Kind as Type, Rows, col, opt};
use crate::codec;
use crate::error::{Error, Result};
use crate::scope::WriteTx;
use crate::sql;
use crate::store::{Backend, Store};
use rapport_core::id::LANES;
use rapport_core::{ChannelId, Ms, RawEventId, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};

/// A stored event that waits for its turn.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its workspace.
    pub workspace: WorkspaceId,
    /// Its id; ascending in the order of arrival.
    pub id: RawEventId,
    /// The channel it came over.
    pub channel: ChannelId,
    /// The lane it is in.
    pub lane: u16,
    /// What sort of event it is.
    pub kind: Kind,
    /// When it was received.
    pub received_at: Ms,
    /// Failed tries so far.
    pub attempts: u16,
    /// When it waited before: how long it may wait at most.
    pub wait_until: Option<Ms>,
    /// The body; an error when the stored bytes are damaged, so that one bad row cannot stop the lane.
    pub body: std::result::Result<Vec<u8>, String>,
}

/// How an event's turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// Its effect is stored in this transaction.
    Processed,
    /// What it says was stored before.
    Duplicate,
    /// It cannot be processed, for this reason; a person decides.
    Quarantined(String),
    /// What it is about is not here yet.
    Waiting {
        /// Key of what it waits for.
        key: [u8; 16],
        /// How long.
        until: Ms,
    },
    /// It belongs to another lane, where it is pending now.
    Relaned(u16),
    /// This try failed, for this reason; it stays pending.
    Failed(String),
}

/// An event and how its turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// The event.
    pub id: RawEventId,
    /// How it ended.
    pub finish: Finish,
    /// The decision's word (`Outcome::code`), kept beside the event.
    pub outcome: String,
}

const COLUMNS: &str =
    "e.workspace_id, e.id, e.channel_id, e.lane, e.kind, e.received_at, e.attempts, e.wait_until, e.body";

pub(super) async fn pending(store: &Store, lanes: &[u16], limit: usize) -> Result<Vec<Pending>> {
    if store.backend() == Backend::Sqlite {
        return oldest(store, lanes, limit).await;
    }
    // A few events of each lane first; more of each when that does not fill the batch. So the work done for a batch
    // stays in proportion to the batch, however long the backlog is, and no lane starves another.
    let mut each = (2 * limit / lanes.len().max(1)).max(8).min(limit);
    loop {
        let ids = of_each_lane(store, lanes, each, limit).await?;
        let full = ids.len() >= limit || each >= limit;
        let capped = ids.len() >= each;
        if full || !capped {
            return bodies(store, ids).await;
        }
        each = (each * 8).min(limit);
    }
}

/// One process has all lanes, so the oldest events are simply the first of the index.
async fn oldest(store: &Store, lanes: &[u16], limit: usize) -> Result<Vec<Pending>> {
    if lanes.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = String::new();
    if lanes.len() < usize::from(LANES) {
        let list: Vec<String> = lanes.iter().map(ToString::to_string).collect();
        filter = format!("AND e.lane IN ({})", list.join(","));
    }
    let text =
        format!("SELECT {COLUMNS} FROM raw_event AS e WHERE e.state = {PENDING} {filter} ORDER BY e.id LIMIT $1");
    let statement = sql::with(Backend::Sqlite, text, [clamp(limit).into()]);
    store.readers().query_all_raw(statement).await?.iter().map(read).collect()
}

async fn of_each_lane(
    store: &Store,
    lanes: &[u16],
    each: usize,
    limit: usize,
) -> Result<Vec<(uuid::Uuid, uuid::Uuid)>> {
    let text = format!(
        "SELECT e.workspace_id, e.id FROM unnest($1::smallint[]) AS l(lane) CROSS JOIN LATERAL \
         (SELECT workspace_id, id FROM raw_event WHERE state = {PENDING} AND lane = l.lane ORDER BY id LIMIT $2) \
         AS e ORDER BY e.id LIMIT $3"
    );
    let values = [sql::smallints(lanes.iter().map(|lane| small(*lane))), clamp(each).into(), clamp(limit).into()];
    let rows = store.readers().query_all_raw(sql::with(Backend::Postgres, text, values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

/// For events that are looked up by their keys: written so that no planner takes the index of all pending events, which
/// is empty whenever statistics are gathered and as long as the backlog in a burst.
fn is_pending(table: &str) -> String {
    format!("{table}.state + 0 = {PENDING}")
}

const KEYS: &[Col] = &[col("workspace_id", Type::Uuid), col("id", Type::Uuid)];

async fn bodies(store: &Store, ids: Vec<(uuid::Uuid, uuid::Uuid)>) -> Result<Vec<Pending>> {
    let mut rows = Rows::new(KEYS);
    for (workspace, id) in ids {
        rows.push([workspace.into(), id.into()]);
    }
    let text = format!(
        "SELECT {COLUMNS} FROM {{rows}} CROSS JOIN raw_event AS e \
         WHERE e.workspace_id = v.column1 AND e.id = v.column2 AND {pending}",
        pending = is_pending("e"),
    );
    let found = batch::query(store.readers(), store.backend(), &text, &[], rows).await?;
    let mut events = found.iter().map(read).collect::<Result<Vec<_>>>()?;
    events.sort_by_key(|event| event.id);
    Ok(events)
}

fn read(row: &QueryResult) -> Result<Pending> {
    let packed: Vec<u8> = row.try_get_by_index(8)?;
    Ok(Pending {
        workspace: WorkspaceId(row.try_get_by_index(0)?),
        id: RawEventId(row.try_get_by_index(1)?),
        channel: ChannelId(row.try_get_by_index(2)?),
        lane: u16::try_from(row.try_get_by_index::<i16>(3)?).unwrap_or(0),
        kind: Kind::parse(row.try_get_by_index(4)?),
        received_at: Ms(row.try_get_by_index(5)?),
        attempts: u16::try_from(row.try_get_by_index::<i16>(6)?).unwrap_or(0),
        wait_until: row.try_get_by_index::<Option<i64>>(7)?.map(Ms),
        body: codec::unpack(&packed).map_err(|error| error.to_string()),
    })
}

pub(super) async fn backlog(store: &Store, cap: u32) -> Result<u64> {
    let text = format!(
        "SELECT count(*) FROM (SELECT 1 FROM raw_event WHERE state = {PENDING} LIMIT $1) AS p \
         UNION ALL SELECT count(*) FROM (SELECT 1 FROM raw_event WHERE state = {WAITING} LIMIT $1) AS w"
    );
    let statement = sql::with(store.backend(), text, [i64::from(cap).into()]);
    let mut sum = 0;
    for row in store.readers().query_all_raw(statement).await? {
        sum += u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0);
    }
    Ok(sum.min(u64::from(cap)))
}

const FINISH: &[Col] = &[
    col("id", Type::Uuid),
    col("state", Type::Small),
    col("outcome", Type::Text),
    col("lane", Type::Small),
    col("failed", Type::Small),
    opt("wait_key", Type::Bytes),
    opt("wait_until", Type::Big),
    opt("error", Type::Text),
];

/// Stands for "the lane it has".
const SAME_LANE: i16 = -1;

impl WriteTx {
    /// Writes how events ended, in the transaction that holds their effect.
    ///
    /// # Errors
    /// `Stale` when one of them is not pending any more: somebody else had its turn, throw everything away.
    pub async fn finish_raw(&self, finished: &[Finished]) -> Result<()> {
        let mut rows = Rows::new(FINISH);
        for event in finished {
            rows.push(finish_row(event));
        }
        let text = format!(
            "UPDATE raw_event SET state = v.column2, outcome = v.column3, \
             lane = CASE WHEN v.column4 = {SAME_LANE} THEN raw_event.lane ELSE v.column4 END, \
             attempts = raw_event.attempts + v.column5, wait_key = v.column6, \
             wait_until = COALESCE(v.column7, raw_event.wait_until), error = v.column8 \
             FROM {{rows}} WHERE raw_event.workspace_id = {{workspace}} AND raw_event.id = v.column1 AND {pending}",
            pending = is_pending("raw_event"),
        );
        let fixed = [Value::from(self.workspace().0)];
        let changed = batch::execute(self.conn(), self.backend(), &text, &fixed, rows).await?;
        if changed != finished.len() as u64 {
            return Err(Error::Stale(format!(
                "{} of {} events are not pending",
                finished.len() as u64 - changed,
                finished.len()
            )));
        }
        Ok(())
    }

    /// Makes events pending again that waited for one of these keys. Returns how many.
    ///
    /// # Errors
    /// What the database said.
    pub async fn release_raw(&self, keys: &[(ChannelId, [u8; 16])]) -> Result<u64> {
        const COLS: &[Col] = &[col("channel_id", Type::Uuid), col("key", Type::Bytes)];
        let mut rows = Rows::new(COLS);
        for (channel, key) in keys {
            rows.push([channel.0.into(), key.to_vec().into()]);
        }
        let text = format!(
            "UPDATE raw_event SET state = {PENDING}, wait_key = NULL FROM {{rows}} WHERE raw_event.workspace_id = {{workspace}} \
             AND raw_event.channel_id = v.column1 AND raw_event.wait_key = v.column2 AND raw_event.state = {WAITING}"
        );
        batch::execute(self.conn(), self.backend(), &text, &[self.workspace().0.into()], rows).await
    }

    /// Gives a quarantined event another turn. Returns false when it is not quarantined.
    ///
    /// # Errors
    /// What the database said.
    pub async fn replay_raw(&self, id: RawEventId) -> Result<bool> {
        let text = format!(
            "UPDATE raw_event SET state = {PENDING}, attempts = 0, error = NULL, outcome = NULL \
             WHERE workspace_id = $1 AND id = $2 AND state = {QUARANTINED}"
        );
        let statement = sql::with(self.backend(), text, [self.workspace().0.into(), id.0.into()]);
        Ok(self.conn().execute_raw(statement).await?.rows_affected() == 1)
    }
}

fn finish_row(event: &Finished) -> [Value; 8] {
    let (mut state, mut lane, mut failed) = (PENDING, SAME_LANE, 0_i16);
    let (mut key, mut until, mut error) = (None, None, None);
    match &event.finish {
        Finish::Processed => state = PROCESSED,
        Finish::Duplicate => state = DUPLICATE,
        Finish::Quarantined(reason) => {
            state = QUARANTINED;
            error = Some(reason.clone());
        }
        Finish::Waiting { key: wanted, until: moment } => {
            state = WAITING;
            key = Some(wanted.to_vec());
            until = Some(moment.0);
        }
        Finish::Relaned(to) => lane = small(*to),
        Finish::Failed(reason) => {
            failed = 1;
            error = Some(reason.clone());
        }
    }
    [
        event.id.0.into(),
        state.into(),
        event.outcome.clone().into(),
        lane.into(),
        failed.into(),
        key.into(),
        until.into(),
        error.into(),
    ]
}

pub(super) async fn expire_waiting(store: &Store, now: Ms, limit: usize) -> Result<u64> {
    let text = format!(
        "UPDATE raw_event SET state = {PENDING}, wait_key = NULL WHERE state = {WAITING} AND (workspace_id, id) IN \
         (SELECT workspace_id, id FROM raw_event WHERE state = {WAITING} AND wait_until <= $1 ORDER BY wait_until LIMIT $2)"
    );
    let statement = sql::with(store.backend(), text, [now.0.into(), clamp(limit).into()]);
    Ok(store.writer().execute_raw(statement).await?.rows_affected())
}

/// Two transactions that ran side by side, one parking an event and one storing what it waits for, did not see each
/// other: whatever waits for a message that is here now is woken. Ids of the provider are unique over channels, and one
/// webhook may serve several numbers, so all channels of the workspace are looked through.
pub(super) async fn wake_found(store: &Store, limit: usize) -> Result<u64> {
    let text = format!(
        "UPDATE raw_event SET state = {PENDING}, wait_key = NULL WHERE state = {WAITING} AND (workspace_id, id) IN \
         (SELECT e.workspace_id, e.id FROM raw_event AS e WHERE e.state = {WAITING} AND EXISTS \
         (SELECT 1 FROM channel AS c JOIN message AS m ON m.workspace_id = c.workspace_id AND m.channel_id = c.id \
         AND m.provider_key = e.wait_key WHERE c.workspace_id = e.workspace_id) LIMIT $1)"
    );
    let statement = sql::with(store.backend(), text, [clamp(limit).into()]);
    Ok(store.writer().execute_raw(statement).await?.rows_affected())
}

pub(super) fn clamp(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn small(lane: u16) -> i16 {
    i16::try_from(lane).unwrap_or(i16::MAX)
}
