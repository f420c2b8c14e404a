//! Counts that move in the transaction they count, one row a channel, name, day and counting node.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use rapport_core::{ChannelId, Ms};
use sea_orm::{ConnectionTrait, Value};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use uuid::Uuid;

/// Events that were received with a valid signature.
pub const RECEIVED: &str = "received";
/// Events the channel had received before.
pub const DUPLICATES: &str = "duplicates";
/// Deliveries that were refused because their signature was wrong.
pub const REFUSED_SIGNATURE: &str = "refused_signature";
pub(crate) const PURGED_PROCESSED: &str = "purged_processed";
pub(crate) const PURGED_DUPLICATES: &str = "purged_duplicates";
pub(crate) const PURGED_MESSAGES: &str = "purged_messages";

/// How many committers may count at the same time without waiting for each other's row.
const SLOTS: u8 = 4;
static NEXT_SLOT: AtomicU8 = AtomicU8::new(0);

pub(crate) struct Count {
    pub workspace: Uuid,
    pub channel: Uuid,
    pub name: &'static str,
    pub add: i64,
}

const COLS: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("channel_id", Kind::Uuid),
    col("name", Kind::Text),
    col("day", Kind::Big),
    col("node", Kind::Uuid),
    col("value", Kind::Big),
];

/// What makes an insertion into `counter` an addition.
pub(crate) const ADD: &str =
    "ON CONFLICT (workspace_id, channel_id, name, day, node) DO UPDATE SET value = counter.value + excluded.value";

/// Adds to counters. Call it last in a transaction: its rows are the ones others may wait for.
pub(crate) async fn add<C: ConnectionTrait>(store: &Store, tx: &C, now: Ms, mut counts: Vec<Count>) -> Result<()> {
    counts.sort_by_key(|count| (count.workspace, count.channel, count.name));
    let node = slot(store.node_id());
    let mut rows = Rows::new(COLS);
    for count in counts {
        rows.push([
            count.workspace.into(),
            count.channel.into(),
            count.name.into(),
            now.day().into(),
            node.into(),
            count.add.into(),
        ]);
    }
    batch::insert(tx, store.backend(), "counter", ADD, rows).await?;
    Ok(())
}

/// The node's id with a number in its last byte: concurrent committers of a node take different rows.
pub(crate) fn slot(node: Uuid) -> Uuid {
    let mut bytes = node.into_bytes();
    bytes[15] = NEXT_SLOT.fetch_add(1, Ordering::Relaxed) % SLOTS;
    Uuid::from_bytes(bytes)
}

/// Adds to a counter of a channel (`None` = the workspace) on the day of `now`.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx, channel: Option<ChannelId>, name: &'static str, add: i64, now: Ms) -> Result<()> {
    let channel = channel.map_or(Uuid::nil(), |channel| channel.0);
    let count = Count { workspace: tx.workspace().0, channel, name, add };
    self::add(tx.store(), tx.conn(), now, vec![count]).await
}

/// The sums of counters by name from `since_day` (UTC day number) on, of one channel or of the whole workspace.
///
/// # Errors
/// What the database said.
pub async fn sums(read: &Read, channel: Option<ChannelId>, since_day: i64) -> Result<BTreeMap<String, i64>> {
    let filter = if channel.is_some() { "AND channel_id = $3" } else { "" };
    // PostgreSQL sums bigints into a numeric; the cast brings it back.
    let text = format!(
        "SELECT name, CAST(sum(value) AS bigint) FROM counter WHERE workspace_id = $1 AND day >= $2 {filter} GROUP BY name"
    );
    let mut values: Vec<Value> = vec![read.workspace().0.into(), since_day.into()];
    values.extend(channel.map(|channel| Value::from(channel.0)));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}
