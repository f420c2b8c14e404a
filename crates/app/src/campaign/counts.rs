//! How far campaigns have come, remembered for a moment: a list of them is asked for every two seconds, and counting is a
//! look at every recipient.

use crate::error::Result;
use rapport_core::campaign::Status;
use rapport_core::time::{DAY, HOUR, SECOND};
use rapport_core::{CampaignId, Ms, WorkspaceId};
use rapport_store::Read;
use rapport_store::campaign::{self, CampaignRow, Progress};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// How long counts of a campaign under way are shown. Milliseconds.
const RUNNING_MS: i64 = 3 * SECOND;
/// How long those of one that rests or has ended: what still comes are statuses and replies. Milliseconds.
const ENDED_MS: i64 = 30 * SECOND;
/// How long after its end replies are counted, and a day for what comes late. Milliseconds.
const OPEN_MS: i64 = 8 * DAY;
/// How long counts are shown to which hardly anything comes any more. Milliseconds.
const OVER_MS: i64 = HOUR;
/// Campaigns remembered; those counted longest ago go first.
const MOST: usize = 2_000;

#[derive(Debug)]
struct Counted {
    progress: Progress,
    /// The campaign's change it was counted after.
    updated_at: i64,
    at: Ms,
}

/// The last counts of campaigns that somebody looked at.
#[derive(Debug, Default)]
pub struct Counts(Mutex<HashMap<(WorkspaceId, Uuid), Counted>>);

impl Counts {
    /// The counts of campaigns in a list, each as old as it may be. One that has not begun has none.
    ///
    /// # Errors
    /// `Store`.
    pub async fn of(&self, read: &Read, rows: &[CampaignRow], now: Ms) -> Result<HashMap<Uuid, Progress>> {
        let workspace = read.workspace();
        let mut found = HashMap::new();
        let mut stale = Vec::new();
        {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for row in rows {
                let Some(age) = may_be_old(row, now) else { continue };
                match known.get(&(workspace, row.id)) {
                    Some(kept) if kept.updated_at == row.updated_at && now.since(kept.at).abs() < age => {
                        found.insert(row.id, kept.progress.clone());
                    }
                    _ => stale.push(row),
                }
            }
        }
        let ids: Vec<CampaignId> = stale.iter().map(|row| CampaignId(row.id)).collect();
        let mut counted = campaign::progress(read, &ids).await?;
        for row in stale {
            let progress = counted.remove(&row.id).unwrap_or_default();
            self.keep(workspace, row, progress.clone(), now);
            found.insert(row.id, progress);
        }
        Ok(found)
    }

    /// The counts of one campaign as they are now; lists show them too.
    ///
    /// # Errors
    /// `Store`.
    pub async fn fresh(&self, read: &Read, row: &CampaignRow, now: Ms) -> Result<Progress> {
        let mut counted = campaign::progress(read, &[CampaignId(row.id)]).await?;
        let progress = counted.remove(&row.id).unwrap_or_default();
        self.keep(read.workspace(), row, progress.clone(), now);
        Ok(progress)
    }

    fn keep(&self, workspace: WorkspaceId, row: &CampaignRow, progress: Progress, now: Ms) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST && !known.contains_key(&(workspace, row.id)) {
            let oldest = known.iter().min_by_key(|(_, kept)| kept.at).map(|(key, _)| *key);
            oldest.map(|key| known.remove(&key));
        }
        known.insert((workspace, row.id), Counted { progress, updated_at: row.updated_at, at: now });
    }
}

/// How old a campaign's counts may be; `None` when there is nothing to count.
fn may_be_old(row: &CampaignRow, now: Ms) -> Option<i64> {
    match Status::parse(&row.status)? {
        Status::Draft | Status::Scheduled => None,
        Status::Running => Some(RUNNING_MS),
        Status::Cancelled if row.started_at.is_none() => None,
        Status::Paused | Status::Finished | Status::Cancelled => {
            let over = row.finished_at.is_some_and(|at| now.since(Ms(at)) > OPEN_MS);
            Some(if over { OVER_MS } else { ENDED_MS })
        }
    }
}
