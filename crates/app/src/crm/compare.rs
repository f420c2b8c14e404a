//! Comparing linked contacts with their records, some at a time and all in turn: what a lost webhook, a deletion that
//! the vendor lists nowhere or a change without a new stamp left apart is found here, and put right (product S3, S8).

use super::CONTACT;
use super::open::Open;
use super::place::{is_in_flight, pushed, remote_record, stamp};
use super::poll::{Cursor, Stats};
use super::pull;
use crate::error::Result;
use crate::state::App;
use rapport_connectors::crm::{RemoteRecord, Trouble};
use rapport_core::Ms;
use rapport_core::sync::{Side, record_hash};
use rapport_core::time::{DAY, MINUTE};
use rapport_store::link::{self, IN_STEP, LinkRow, WAITING};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Links looked at in a round.
const AT_ONCE: u64 = 100;
/// The same where each record costs a call.
const ONE_BY_ONE: u64 = 20;
/// Of these, so many are read and put right before the next.
const PIECE: usize = 20;
/// More missing ones of a piece are not believed: another account, or a right that was taken away, hides as many as it
/// likes. Nobody is let go then, and people are told.
const FEW: usize = 5;
/// What was written or read so lately is not compared: the other side's servers may not agree among themselves yet.
const SETTLED: i64 = 5 * MINUTE;
/// Of the day's calls, so much is left to changes: below it nothing is compared. Hundredths.
const RESERVE: u64 = 20;

/// What comparing found in a day at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Compared {
    /// The first of these comparisons.
    pub since: Ms,
    /// Records compared.
    pub records: u64,
    /// Of these, those whose fields were not the ones last agreed on; they were merged.
    pub differed: u64,
    /// Of these, those that were not there any more; they were let go.
    pub gone: u64,
    /// Of these, those that were not there, too many at once to be believed; nothing was done.
    pub held_back: u64,
}

impl Compared {
    /// Counts a round; of two spans of a day each the older one is forgotten.
    fn count(spans: &mut Vec<Self>, round: Self) {
        if round.records == 0 {
            return;
        }
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
        self.held_back += other.held_back;
    }
}

/// One round, when it is time; true when there was one. None begins while everything is being read or written anew: what
/// differs then is on its way.
///
/// # Errors
/// `Store`.
pub(super) async fn round(app: &App, open: &Open, cursor: &mut Cursor, stats: &mut Stats) -> Result<bool> {
    let now = app.now();
    let is_live = cursor.writing.as_ref().is_some_and(|writing| writing.done);
    let is_scarce = open.line.quota().is_some_and(|quota| quota.remaining * 100 < quota.daily * RESERVE);
    let is_due = stats.compared_at.is_none_or(|at| now.since(at) >= open.settings.compare_ms);
    if !is_live || is_scarce || !is_due {
        return Ok(false);
    }
    stats.compared_at = Some(now);
    let most = if open.remote.can().reads_many { AT_ONCE } else { ONE_BY_ONE };
    let read = app.store.workspace(open.workspace).read();
    let page = link::page(&read, open.id, CONTACT, cursor.compared.unwrap_or(Uuid::nil()), most).await?;
    let is_last = (page.len() as u64) < most;
    let mut found = Compared { since: now, ..Compared::default() };
    for piece in page.chunks(PIECE) {
        let settled: Vec<&LinkRow> = piece.iter().filter(|link| is_settled(link, now)).collect();
        match look(open, &settled, &mut found).await {
            Ok(apart) => pull::take(app, open, &apart).await?,
            // From here on, next time.
            Err(trouble) => {
                tracing::debug!(connection = %open.id, %trouble, "records cannot be compared now");
                Compared::count(&mut stats.compared, found);
                return Ok(true);
            }
        };
        cursor.compared = piece.last().map(|link| link.local_id);
    }
    if is_last {
        cursor.compared = None;
    }
    Compared::count(&mut stats.compared, found);
    Ok(true)
}

/// Reads the records of some links; answers with those that are not as we knew them.
async fn look(
    open: &Open,
    links: &[&LinkRow],
    found: &mut Compared,
) -> std::result::Result<Vec<RemoteRecord>, Trouble> {
    let ids: Vec<String> = links.iter().map(|link| link.remote_id.clone()).collect();
    let theirs = open.remote.read(&ids).await?;
    let (mut apart, mut missing) = (Vec::new(), Vec::new());
    let mut differed = 0;
    for link in links {
        let record = theirs.iter().find(|one| one.id == link.remote_id || one.former.contains(&link.remote_id));
        match record {
            None => missing.push(link.remote_id.clone()),
            Some(record) if record.id != link.remote_id || differs(open, link, record) => {
                // What changed a moment ago is on its way by itself.
                differed += u64::from(record.updated_at.is_none_or(|at| found.since.since(at) >= SETTLED));
                let mut record = record.clone();
                if record.updated_at == stamp(link) {
                    // Its stamp would say that nothing changed.
                    record.updated_at = None;
                }
                apart.push(record);
            }
            Some(_) => {}
        }
    }
    let gone = if missing.len() > FEW { Vec::new() } else { sure(open, &missing).await? };
    found.records += links.len() as u64;
    found.differed += differed;
    found.gone += gone.len() as u64;
    if missing.len() > FEW {
        found.held_back += missing.len() as u64;
    }
    apart.extend(gone.into_iter().map(|id| RemoteRecord { id, archived: true, ..RemoteRecord::default() }));
    Ok(apart)
}

/// Those of them that are not there, asked for one by one: an answer to many may leave some out.
async fn sure(open: &Open, missing: &[String]) -> std::result::Result<Vec<String>, Trouble> {
    let mut gone = Vec::new();
    for id in missing {
        if open.remote.get(id).await?.is_none() {
            gone.push(id.clone());
        }
    }
    Ok(gone)
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
        Compared { since: Ms(since), records, differed, gone, held_back: 0 }
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
