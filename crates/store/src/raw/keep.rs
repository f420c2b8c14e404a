//! How long events are kept.

use super::work::clamp;
use super::{DUPLICATE, PROCESSED};
use crate::counter;
use crate::error::Result;
use crate::sql;
use crate::store::Store;
use rapport_core::{Ms, WorkspaceId, id::uuid_v7};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Ids begin with the moment they were made, so the primary key finds the old ones without an index of their own.
pub(super) async fn purge(store: &Store, workspace: WorkspaceId, before: Ms, now: Ms, limit: usize) -> Result<u64> {
    let text = format!(
        "DELETE FROM raw_event WHERE workspace_id = $1 AND id IN (SELECT id FROM raw_event WHERE workspace_id = $1 \
         AND id < $2 AND state IN ({PROCESSED}, {DUPLICATE}) ORDER BY id LIMIT $3) RETURNING channel_id, state, outcome"
    );
    let values = [workspace.0.into(), uuid_v7(before, [0; 10]).into(), clamp(limit).into()];
    let tx = store.begin().await?;
    let gone = tx.query_all_raw(sql::with(store.backend(), text, values)).await?;
    let mut sums: BTreeMap<(Uuid, &'static str), i64> = BTreeMap::new();
    for row in &gone {
        let channel: Uuid = row.try_get_by_index(0)?;
        let state: i16 = row.try_get_by_index(1)?;
        let outcome: Option<String> = row.try_get_by_index(2)?;
        let name = if state == PROCESSED { counter::PURGED_PROCESSED } else { counter::PURGED_DUPLICATES };
        *sums.entry((channel, name)).or_default() += 1;
        if outcome.as_deref() == Some("message") {
            *sums.entry((channel, counter::PURGED_MESSAGES)).or_default() += 1;
        }
    }
    let count = |((channel, name), add)| counter::Count { workspace: workspace.0, channel, name, add };
    counter::add(store, &*tx, now, sums.into_iter().map(count).collect()).await?;
    tx.commit().await?;
    Ok(gone.len() as u64)
}
