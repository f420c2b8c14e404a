//! Storing received events: the path that an acknowledgement waits for.

use super::{Kind, PENDING};
use crate::batch::{self, Col, Kind as Type, Rows, col};
use crate::counter;
use crate::error::Result;
use crate::store::{Backend, Store};
use rapport_core::{ChannelId, Ms, WorkspaceId};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

/// An event to be stored.
#[derive(Debug, Clone)]
pub struct NewRawEvent {
    /// Whose channel it came over.
    pub workspace: WorkspaceId,
    /// The channel it came over.
    pub channel: ChannelId,
    /// What makes it unique in the channel.
    pub key: [u8; 16],
    /// The lane it is processed in.
    pub lane: u16,
    /// What sort of event it is.
    pub kind: Kind,
    /// When it was received.
    pub received_at: Ms,
    /// Its body, packed by [`crate::codec::pack_event`]: packing is work for the many request tasks, not for the one
    /// committer.
    pub body: Vec<u8>,
}

/// What became of an event that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It is stored and will be processed.
    New,
    /// The channel has received it before.
    Duplicate,
}

const COLS: &[Col] = &[
    col("workspace_id", Type::Uuid),
    col("id", Type::Uuid),
    col("channel_id", Type::Uuid),
    col("provider_key", Type::Bytes),
    col("lane", Type::Small),
    col("kind", Type::Small),
    col("received_at", Type::Big),
    col("state", Type::Small),
    col("attempts", Type::Small),
    col("body", Type::Bytes),
];

pub(super) async fn accept(store: &Store, events: &[NewRawEvent]) -> Result<Vec<Accepted>> {
    let Some(first) = events.first() else { return Ok(Vec::new()) };
    let ids: Vec<Uuid> = events.iter().map(|event| store.new_id(event.received_at)).collect();
    let mut order: Vec<usize> = (0..events.len()).collect();
    if store.backend() == Backend::Postgres {
        // Two committers that store the same keys in different orders would wait for each other for ever.
        order.sort_by_key(|index| (events[*index].workspace, events[*index].channel, events[*index].key));
    }
    let mut rows = Rows::new(COLS);
    for index in order {
        rows.push(row(&events[index], ids[index]));
    }
    let template = batch::insert_template("raw_event", COLS, "ON CONFLICT DO NOTHING RETURNING id");
    if store.backend() == Backend::Postgres {
        // One statement is one transaction and one round trip instead of four. More rows than fit into one (2,000) are
        // several, each whole with its counts.
        let fixed: [Value; 2] = [first.received_at.day().into(), counter::slot(store.node_id()).into()];
        let stored = batch::query(store.accept(), Backend::Postgres, &counted(&template), &fixed, rows).await?;
        return outcomes(&ids, &stored);
    }
    let tx = store.begin_first().await?;
    let stored = batch::query(&tx, Backend::Sqlite, &template, &[], rows).await?;
    let accepted = outcomes(&ids, &stored)?;
    count(store, &tx, events, &accepted, first.received_at).await?;
    tx.commit().await?;
    Ok(accepted)
}

fn outcomes(ids: &[Uuid], stored: &[QueryResult]) -> Result<Vec<Accepted>> {
    let stored: HashSet<Uuid> =
        stored.iter().map(|row| row.try_get_by_index(0)).collect::<std::result::Result<_, _>>()?;
    Ok(ids.iter().map(|id| if stored.contains(id) { Accepted::New } else { Accepted::Duplicate }).collect())
}

/// The insertion with what [`count`] counts, as one PostgreSQL statement; `$1` is the day, `$2` the counting node.
fn counted(insertion: &str) -> String {
    let insertion = insertion.replacen("{rows}", "given AS v", 1).replacen("RETURNING id", STORED, 1);
    format!(
        "WITH given AS MATERIALIZED (SELECT v.* FROM {{rows}}), stored AS ({insertion}), \
         sums AS (SELECT workspace, channel, sum(received)::bigint AS received, sum(fresh)::bigint AS fresh FROM \
         (SELECT column1 AS workspace, column3 AS channel, 1 AS received, 0 AS fresh FROM given \
         UNION ALL SELECT workspace_id, channel_id, 0, 1 FROM stored) AS each GROUP BY workspace, channel), \
         counts AS (SELECT workspace, channel, '{received}' AS name, received AS add FROM sums \
         UNION ALL SELECT workspace, channel, '{duplicates}', received - fresh FROM sums WHERE received > fresh), \
         counting AS (INSERT INTO counter (workspace_id, channel_id, name, day, node, value) \
         SELECT workspace, channel, name, $1, $2, add FROM counts ORDER BY workspace, channel, name {tail}) \
         SELECT id FROM stored",
        received = counter::RECEIVED,
        duplicates = counter::DUPLICATES,
        tail = counter::ADD,
    )
}

const STORED: &str = "RETURNING id, workspace_id, channel_id";

fn row(event: &NewRawEvent, id: Uuid) -> [Value; 10] {
    [
        event.workspace.0.into(),
        id.into(),
        event.channel.0.into(),
        event.key.to_vec().into(),
        i16::try_from(event.lane).unwrap_or(i16::MAX).into(),
        event.kind.code().into(),
        event.received_at.0.into(),
        PENDING.into(),
        0_i16.into(),
        event.body.clone().into(),
    ]
}

async fn count<C: ConnectionTrait>(
    store: &Store,
    tx: &C,
    events: &[NewRawEvent],
    accepted: &[Accepted],
    now: Ms,
) -> Result<()> {
    let mut sums: BTreeMap<(Uuid, Uuid), (i64, i64)> = BTreeMap::new();
    for (event, accepted) in events.iter().zip(accepted) {
        let sum = sums.entry((event.workspace.0, event.channel.0)).or_default();
        sum.0 += 1;
        sum.1 += i64::from(*accepted == Accepted::Duplicate);
    }
    let mut counts = Vec::with_capacity(sums.len() * 2);
    for ((workspace, channel), (received, duplicates)) in sums {
        counts.push(counter::Count { workspace, channel, name: counter::DUPLICATES, add: duplicates });
        counts.push(counter::Count { workspace, channel, name: counter::RECEIVED, add: received });
    }
    counts.retain(|count| count.add > 0);
    counter::add(store, tx, now, counts).await
}
