//! Comparing linked contacts with their records, some at a time and all in turn: what a lost webhook, a deletion that
//! the vendor lists nowhere or a change without a new stamp left apart is found here, and put right (product S3, S8).

use super::CONTACT;
use super::open::Open;
use super::place::{is_in_flight, pushed, remote_record};
use super::poll::{Cursor, Stats};
use super::pull;
use crate::error::Result;
use crate::state::App;
use rapport_connectors::crm::RemoteRecord;
use rapport_core::Ms;
use rapport_core::sync::{Side, record_hash};
use rapport_core::time::{DAY, MINUTE};
use rapport_store::link::{self, IN_STEP, LinkRow, WAITING};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Links looked at in one go.
const AT_ONCE: u64 = 100;
/// What was written or read so lately is not compared: the other side's servers may not agree among themselves yet.
const SETTLED: i64 = 5 * MINUTE;
/// Of the day's calls, so much is left to changes: below it nothing is compared. Hundredths.
const RESERVE: u64 = 20;

/// What comparing found in a day at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Compared {
    /// The first of these comparisons.
    pub since: Ms,
    /// Records compared.
    pub records: u64,
    /// Of these, those whose fields were not the ones last agreed on; they were merged.
    pub differed: u64,
    /// Of these, those that were not there any more; they were let go.
    pub gone: u64,
}

impl Compared {
    /// Counts a round; of two spans of a day each the older one is forgotten.
    fn count(spans: &mut Vec<Self>, round: Self) {
        match spans.last_mut() {
            Some(last) if round.since.since(last.since) < DAY => last.add(round),
            _ => spans.push(round),
        }
        let excess = spans.len().saturating_sub(2);
        spans.drain(..excess);
    }

    /// All spans as one; `None` when nothing was compared.
    pub(crate) fn sum(spans: &[Self]) -> Option<Self> {
        let mut all = *spans.first()?;
        spans[1..].iter().for_each(|span| all.add(*span));
        Some(all)
    }

    fn add(&mut self, other: Self) {
        self.records += other.records;
        self.differed += other.differed;
        self.gone += other.gone;
    }
}

/// One round, when it is time; true when something was compared.
///
/// # Errors
/// `Store`.
pub(super) async fn round(app: &App, open: &Open, cursor: &mut Cursor, stats: &mut Stats) -> Result<bool> {
    let is_scarce = open.line.quota().is_some_and(|quota| quota.remaining * 100 < quota.daily * RESERVE);
    if is_scarce || !open.line.compare_due(&open.settings) {
        return Ok(false);
    }
    let now = app.now();
    let read = app.store.workspace(open.workspace).read();
    let after = cursor.compared.unwrap_or(Uuid::nil());
    let page = link::page(&read, open.id, CONTACT, after, AT_ONCE).await?;
    let is_last = (page.len() as u64) < AT_ONCE;
    let next = page.last().filter(|_| !is_last).map(|link| link.local_id);
    let links: Vec<LinkRow> = page.into_iter().filter(|link| is_settled(link, now)).collect();
    let ids: Vec<String> = links.iter().map(|link| link.remote_id.clone()).collect();
    let theirs = match open.remote.read(&ids).await {
        Ok(theirs) => theirs,
        // The same ones again, next time.
        Err(trouble) => {
            tracing::debug!(connection = %open.id, %trouble, "records cannot be compared now");
            return Ok(false);
        }
    };
    let mut found = Compared { since: now, records: links.len() as u64, ..Compared::default() };
    let mut apart = Vec::new();
    for link in &links {
        let record = theirs.iter().find(|one| one.id == link.remote_id || one.former.contains(&link.remote_id));
        match record {
            None => {
                found.gone += 1;
                let id = link.remote_id.clone();
                apart.push(RemoteRecord { id, archived: true, ..RemoteRecord::default() });
            }
            Some(record) if record.id != link.remote_id || differs(open, link, record) => {
                // What changed a moment ago is on its way by itself.
                let is_old = record.updated_at.is_none_or(|at| now.since(at) >= SETTLED);
                found.differed += u64::from(is_old);
                apart.push(record.clone());
            }
            Some(_) => {}
        }
    }
    pull::take(app, open, &apart).await?;
    cursor.compared = next;
    if found.records == 0 {
        return Ok(false);
    }
    Compared::count(&mut stats.compared, found);
    Ok(true)
}

/// Whether nothing is under way for this link. One that needs a person is looked at too: its record may be gone.
fn is_settled(link: &LinkRow, now: Ms) -> bool {
    let last = link.pushed_at.max(link.pulled_at).map_or(Ms(0), Ms);
    !is_in_flight(link) && link.state != WAITING && now.since(last) >= SETTLED
}

/// Whether the record's mapped fields are not those we saw last. What a refused field holds was seen, too.
fn differs(open: &Open, link: &LinkRow, record: &RemoteRecord) -> bool {
    let theirs = remote_record(record, open);
    if link.state != IN_STEP || theirs.partial {
        return false;
    }
    let hash = record_hash(&theirs, Side::Remote, &open.mappings, &open.country);
    pushed(link).hash.is_some_and(|seen| seen != hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(since: i64, records: u64, differed: u64, gone: u64) -> Compared {
        Compared { since: Ms(since), records, differed, gone }
    }

    #[test]
    fn the_last_day_or_two_are_counted() {
        let mut spans = Vec::new();
        assert_eq!(Compared::sum(&spans), None);
        for (at, after) in [
            (0, vec![span(0, 100, 1, 0)]),
            (DAY - 1, vec![span(0, 200, 2, 0)]),
            (DAY, vec![span(0, 200, 2, 0), span(DAY, 100, 1, 0)]),
            (2 * DAY, vec![span(DAY, 100, 1, 0), span(2 * DAY, 100, 1, 0)]),
        ] {
            Compared::count(&mut spans, span(at, 100, 1, 0));
            assert_eq!(spans, after, "{at}");
        }
        assert_eq!(Compared::sum(&spans), Some(span(DAY, 200, 2, 0)));
    }
}
