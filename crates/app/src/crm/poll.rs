//! Looking for changes: a sweep from where the last one ended, less the index's lag; deleted records now and then; and
//! the first synchronisation, which reads everything and then brings over who is not known there.

use super::CONTACT;
use super::compare::{self, Compared};
use super::open::{Open, told};
use super::pull::{self, Tally};
use super::watch;
use crate::error::Result;
use crate::jobs::{Job, Outcome};
use crate::state::App;
use rapport_connectors::crm::{ErrorClass, Next, Trouble};
use rapport_core::time::SECOND;
use rapport_core::{ConnectionId, ContactId, Ms, WorkspaceId};
use rapport_store::connection::{self, Change, ERROR, PAUSED};
use rapport_store::job::{self, Priority};
use rapport_store::{sync_contact, sync_job};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

/// Pages read in one run; what is left follows at once in the next.
const PAGES: usize = 25;
/// Contacts noted for bringing over in one run of the first synchronisation.
const STEP: u64 = 500;
/// Jobs waiting beyond which the first synchronisation pauses.
const CROWD: i64 = 2_000;
/// Pages of deleted records looked at in one go.
const ARCHIVED_PAGES: usize = 10;

/// A connection's `cursor`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Cursor {
    /// Changes up to this stamp of theirs have been read.
    pub since: Option<Ms>,
    /// The place of a sweep that is not at its end.
    pub sweep: Option<Value>,
    /// Where the next sweep goes on, where the vendor keeps a place that misses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume: Option<Value>,
    /// The last contact that was compared with its record; absent at the beginning of a round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Uuid>,
    /// The first synchronisation's place among our contacts; absent before reading is complete.
    pub writing: Option<Writing>,
}

/// How far contacts have been noted for bringing over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Writing {
    /// Last contact.
    pub after: Uuid,
    /// Only contacts that changed since then; absent: all that have no link.
    #[serde(default)]
    pub changed_since: Option<Ms>,
    /// At its end.
    pub done: bool,
}

/// A connection's `stats`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Stats {
    /// Last complete look.
    pub polled_at: Option<Ms>,
    /// `reading`, `writing` or `live`.
    pub phase: String,
    /// Records read over there in the first synchronisation.
    pub read: u64,
    /// Contacts made from them.
    pub created: u64,
    /// Contacts that found their record.
    pub linked: u64,
    /// Contacts noted for bringing over.
    pub noted: u64,
    /// Calls a day, and left.
    pub quota: Option<Value>,
    /// When comparing last began a round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared_at: Option<Ms>,
    /// What comparing found, a day or two back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
    /// When a person paused the connection.
    pub paused_at: Option<Ms>,
}

impl Stats {
    pub(crate) fn read(json: &Value) -> Self {
        serde_json::from_value(json.clone()).unwrap_or_default()
    }

    pub(crate) fn write(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Performs a [`Job::PollConnection`]: it comes again as long as the connection is there and not paused.
///
/// # Errors
/// `Store`, `Vault`.
pub async fn run(app: &App, workspace: WorkspaceId, connection: ConnectionId) -> Result<Outcome> {
    let Some(open) = Open::load(app, workspace, connection).await? else { return Ok(Outcome::Done) };
    let pause = match open.row.status.as_str() {
        PAUSED => return Ok(Outcome::Done),
        ERROR => probe(app, &open).await?,
        _ => look(app, &open).await?,
    };
    Ok(Outcome::Again { at: app.now().plus(pause) })
}

/// Asks whether a refused token is taken again; a person may have repaired it over there.
async fn probe(app: &App, open: &Open) -> Result<i64> {
    match open.remote.account().await {
        Ok(_) => {
            open.recover(app).await?;
            Ok(0)
        }
        Err(trouble) => {
            if let Some(reason) = open.remote.repair(&trouble) {
                open.refuse(app, &reason).await?;
            }
            Ok(open.settings.probe_ms)
        }
    }
}

/// One look; answers how long to wait for the next.
async fn look(app: &App, open: &Open) -> Result<i64> {
    let mut cursor: Cursor = serde_json::from_value(open.row.cursor.clone()).unwrap_or_default();
    let mut stats = Stats::read(&open.row.stats);
    // What the row holds as far as we know: whoever changed it meanwhile (a person who asked for a fresh start) wins.
    let mut stored = open.row.cursor.clone();
    let swept = sweep(app, open, &mut cursor, &mut stats).await?;
    let mut compared = false;
    let pause = match swept {
        Err(trouble) => {
            if let Some(reason) = open.remote.repair(&trouble) {
                open.refuse(app, &reason).await?;
            }
            // Failing costs the other side as much as succeeding: ask less often.
            open.settings.poll_idle_ms.max(open.settings.poll_ms)
        }
        Ok(Swept { tally, complete: false }) => {
            open.line.next_poll(tally.any(), &open.settings);
            0
        }
        Ok(Swept { tally, complete: true }) => {
            let busy = bring(app, open, &mut stored, &mut cursor, &mut stats).await?;
            deleted(app, open).await?;
            compared = compare::round(app, open, &mut cursor, &mut stats).await?;
            crate::matter::look::round(app, open).await?;
            watch::renew(app, open).await;
            if open.line.came_back() {
                wake(app, open).await?;
            }
            let pause = open.line.next_poll(tally.any(), &open.settings);
            if busy { SECOND.min(pause) } else { pause }
        }
    };
    let is_due = compared || open.line.note_due();
    note(app, open, &stored, &cursor, &mut stats, is_due).await?;
    Ok(pause)
}

struct Swept {
    tally: Tally,
    complete: bool,
}

async fn sweep(
    app: &App,
    open: &Open,
    cursor: &mut Cursor,
    stats: &mut Stats,
) -> Result<std::result::Result<Swept, Trouble>> {
    let from = cursor.since.map_or(Ms(0), |since| since.plus(-open.settings.overlap_ms));
    let mut place = cursor.sweep.take().or_else(|| cursor.resume.clone());
    let is_first = cursor.since.is_none();
    let mut sum = Tally::default();
    for _ in 0..PAGES {
        let page = match open.remote.changes(place.as_ref(), from).await {
            Ok(page) => page,
            // The place is no longer known over there: the stamps are.
            Err(trouble) if place.is_some() && is_lost(&trouble) => {
                cursor.resume = None;
                return Ok(Err(trouble));
            }
            Err(trouble) => {
                if cursor.resume != place {
                    cursor.sweep = place;
                }
                return Ok(Err(trouble));
            }
        };
        let tally = pull::apply(app, open, &page.records).await?;
        if is_first {
            stats.phase = "reading".to_owned();
            stats.read += page.records.len() as u64;
            stats.created += tally.created as u64;
            stats.linked += tally.linked as u64;
        }
        sum.changed += tally.changed;
        sum.created += tally.created;
        sum.linked += tally.linked;
        match page.next {
            Next::More(next) => place = Some(next),
            Next::Done { up_to, resume } => {
                cursor.resume = resume;
                cursor.since = Some(cursor.since.map_or(up_to, |since| since.max(up_to)));
                return Ok(Ok(Swept { tally: sum, complete: true }));
            }
        }
    }
    cursor.sweep = place;
    Ok(Ok(Swept { tally: sum, complete: false }))
}

/// Whether a place that was asked from is gone: expired, or of another account.
fn is_lost(trouble: &Trouble) -> bool {
    matches!(trouble.class(), Some(ErrorClass::Invalid | ErrorClass::NotFound))
}

/// The first synchronisation's second half, and the catching up after a pause: notes contacts for bringing over, page
/// by page. True while there are more.
async fn bring(app: &App, open: &Open, stored: &mut Value, cursor: &mut Cursor, stats: &mut Stats) -> Result<bool> {
    let writing = cursor.writing.get_or_insert_default();
    if writing.done {
        return Ok(false);
    }
    let read = app.store.workspace(open.workspace).read();
    if sync_job::backlog(&read, open.id).await?.waiting > CROWD {
        return Ok(true);
    }
    let ids: Vec<ContactId> = match writing.changed_since {
        Some(since) => sync_contact::changed_since(&read, since, writing.after, STEP).await?,
        None => sync_contact::unlinked(&read, open.id, writing.after, STEP).await?,
    };
    stats.phase = "writing".to_owned();
    let Some(last) = ids.last() else {
        writing.done = true;
        stats.phase = "live".to_owned();
        return Ok(false);
    };
    let now = app.now();
    let low = |contact: &ContactId| {
        let job = Job::PushContact { connection_id: open.id, contact_id: *contact };
        rapport_store::job::NewJob { priority: Priority::Low, ..job.row(now) }
    };
    writing.after = last.0;
    stats.noted += ids.len() as u64;
    let tx = app.store.workspace(open.workspace).write().await?;
    if connection::get_for_write(&tx, open.id).await?.is_none_or(|row| row.cursor != *stored) {
        return Ok(true);
    }
    job::enqueue(&tx, ids.iter().map(low).collect(), now).await?;
    // With the jobs, so that a crash repeats neither.
    *stored = json!(cursor);
    let change = Change { cursor: Some(stored.clone()), stats: Some(stats.write()), ..Change::default() };
    connection::change(&tx, open.id, change, now).await?;
    told(&tx, open.id, now).await?;
    tx.commit().await?;
    app.bells.jobs.ring();
    app.feeds.wake();
    Ok(true)
}

/// Deleted records are in no search: they are listed for themselves, every now and then.
async fn deleted(app: &App, open: &Open) -> Result<()> {
    if !open.line.archived_due(&open.settings) {
        return Ok(());
    }
    let mut after: Option<String> = None;
    for _ in 0..ARCHIVED_PAGES {
        let (records, next) = match open.remote.deleted(after.as_deref()).await {
            Ok(page) => page,
            Err(trouble) => {
                tracing::debug!(connection = %open.id, %trouble, "deleted records cannot be listed now");
                return Ok(());
            }
        };
        // Nobody is linked to most of them; only those that are matter.
        let ids: Vec<String> = records.iter().map(|record| record.id.clone()).collect();
        let read = app.store.workspace(open.workspace).read();
        let links = rapport_store::link::by_remote(&read, open.id, CONTACT, &ids).await?;
        let ours: Vec<_> =
            records.into_iter().filter(|record| links.iter().any(|link| link.remote_id == record.id)).collect();
        pull::apply(app, open, &ours).await?;
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    Ok(())
}

async fn wake(app: &App, open: &Open) -> Result<()> {
    let now = app.now();
    let read = app.store.workspace(open.workspace).read();
    if sync_job::asleep(&read, open.id, now).await? {
        let tx = app.store.workspace(open.workspace).write().await?;
        sync_job::wake(&tx, open.id, now).await?;
        tx.commit().await?;
        app.bells.jobs.ring();
    } else {
        // Nothing waits: the next time counts as the first.
        open.line.delivered();
    }
    Ok(())
}

/// Stores how far we are; a look that found nothing writes only when that is due.
async fn note(app: &App, open: &Open, stored: &Value, cursor: &Cursor, stats: &mut Stats, is_due: bool) -> Result<()> {
    let now = app.now();
    let reached = json!(cursor);
    let moved = *stored != reached;
    if !moved && !is_due {
        return Ok(());
    }
    if cursor.sweep.is_none() {
        stats.polled_at = Some(now);
    }
    stats.quota = open.line.quota().map(|quota| json!(quota));
    let tx = app.store.workspace(open.workspace).write().await?;
    if connection::get_for_write(&tx, open.id).await?.is_some_and(|row| row.cursor == *stored) {
        let change = Change { cursor: moved.then_some(reached), stats: Some(stats.write()), ..Change::default() };
        connection::change(&tx, open.id, change, now).await?;
        tx.commit().await?;
    }
    Ok(())
}
