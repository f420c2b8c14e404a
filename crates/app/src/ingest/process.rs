//! Lane workers: hold lanes, take pending events, decide them in batches.

use super::pace::Speed;
use super::turn::Turn;
use crate::state::App;
use crate::wake::Bell;
use rapport_core::id::LANES;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::Backend;
use rapport_store::lane::Held;
use rapport_store::raw::Pending;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Events in one batch; more would hold the lanes' locks for too long.
const BATCH: usize = 500;
/// Events in one batch while many arrive.
const BATCH_IN_BURST: usize = 100;
/// Events that a batch has in any case: each has a commit and some thirty statements of its own.
const BATCH_MIN: usize = 50;
/// How often a worker looks for events when nobody wakes it.
const POLL: Duration = Duration::from_millis(250);
/// How often leases are renewed; they last 10 s.
const RENEW: Duration = Duration::from_secs(3);
/// How long a lease lasts. Milliseconds.
pub const LEASE_MS: i64 = 10_000;
/// How often events whose wait is over are brought back.
const EXPIRE: Duration = Duration::from_secs(3);
/// Pause after the database failed, so that a dead one is not hammered.
const BACK_OFF: Duration = Duration::from_millis(500);

/// The lanes this process holds, shared by its workers.
#[derive(Clone, Default)]
pub struct Lanes(Arc<Mutex<Vec<Held>>>);

impl Lanes {
    /// What is held now.
    #[must_use]
    pub fn held(&self) -> Vec<Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, held: Vec<Held>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = held;
    }
}

/// The running lane workers of this process.
pub struct Workers {
    tasks: Vec<JoinHandle<()>>,
    /// The lanes held now, for health pages.
    pub lanes: Lanes,
}

impl Workers {
    /// Starts leasing lanes and working them off until the app stops.
    #[must_use]
    pub fn start(app: &App, wake: Bell) -> Self {
        let lanes = Lanes::default();
        // SQLite writes with one connection; PostgreSQL gains from several batches in flight.
        let workers: u16 = if app.store.backend() == Backend::Sqlite { 1 } else { 3 };
        let mut tasks = vec![tokio::spawn(hold(app.clone(), lanes.clone(), wake.clone()))];
        for index in 0..workers {
            tasks.push(tokio::spawn(work(app.clone(), lanes.clone(), wake.clone(), index, workers)));
        }
        Self { tasks, lanes }
    }

    /// Waits until the workers have ended, after the app was told to stop.
    pub async fn join(self) {
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

/// Acquires and renews leases, a fair share among the living nodes; gives them back at the end.
async fn hold(app: App, lanes: Lanes, wake: Bell) {
    let mut expire = tokio::time::interval(EXPIRE);
    let mut renew = tokio::time::interval(RENEW);
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => break,
            _ = renew.tick() => {
                app.pulse.beat("lanes", RENEW * 5);
                let before = lanes.held().len();
                match app.store.lanes().lease(app.now(), LEASE_MS).await {
                    Ok(held) => {
                        if held.len() > before {
                            wake.ring();
                        }
                        lanes.set(held);
                    }
                    Err(error) => {
                        // Unsure whether they are still ours: the fence would refuse, so do not even try.
                        tracing::warn!(%error, "lanes could not be renewed");
                        lanes.set(Vec::new());
                    }
                }
            }
            _ = expire.tick() => {
                match look_through_waiting(&app).await {
                    Ok(0) => {}
                    Ok(_) => wake.ring(),
                    Err(error) => tracing::warn!(%error, "waiting events could not be looked through"),
                }
            }
        }
    }
    app.pulse.end("lanes");
}

/// Brings back events whose wait is over and those whose target has come unnoticed. Returns how many.
async fn look_through_waiting(app: &App) -> crate::Result<u64> {
    let found = app.store.raw().wake_found(BATCH).await?;
    Ok(found + app.store.raw().expire_waiting(app.now(), BATCH).await?)
}

async fn work(app: App, lanes: Lanes, wake: Bell, index: u16, workers: u16) {
    let turn = Turn { store: app.store.clone(), channels: app.channels.clone() };
    let mut bell = wake.listen();
    let mut speed = Speed::default();
    while !app.shutdown.is_cancelled() {
        let mine: Vec<Held> = lanes.held().into_iter().filter(|held| held.lane % workers == index).collect();
        let began = Instant::now();
        let found = match turn_once(&app, &turn, &mine, &mut speed).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "a batch of events waits");
                tokio::time::sleep(BACK_OFF).await;
                None
            }
        };
        if let Some(found) = found {
            let behind = Duration::from_millis(u64::try_from(app.now().since(found.oldest)).unwrap_or_default());
            let worked = began.elapsed();
            // The workers rest together: each for what all of them did.
            app.pace.rest(worked * u32::from(workers), behind).await;
            if found.all {
                app.pace.gather(worked).await;
            }
        } else {
            tokio::select! {
                () = bell.heard() => {}
                () = app.shutdown.cancelled() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}

/// A batch that was decided.
struct Found {
    /// When the oldest event of it came.
    oldest: Ms,
    /// Whether it was everything that waited.
    all: bool,
}

/// Decides a batch of pending events; `None` when there were none.
async fn turn_once(app: &App, turn: &Turn, held: &[Held], speed: &mut Speed) -> crate::Result<Option<Found>> {
    if held.is_empty() {
        return Ok(None);
    }
    debug_assert!(held.iter().all(|held| held.lane < LANES), "a lane out of range");
    let numbers: Vec<u16> = held.iter().map(|held| held.lane).collect();
    let most = if app.pace.is_burst() { BATCH_IN_BURST } else { BATCH };
    // On PostgreSQL nobody's acknowledgement waits for a batch, and longer ones cost less.
    let least = if app.store.backend() == Backend::Sqlite { BATCH_MIN } else { most };
    let room = speed.batch(&app.pace, least, most);
    let pending = app.store.raw().pending(&numbers, room).await?;
    let all = pending.len() < room;
    let found = pending.iter().map(|event| event.received_at).min().map(|oldest| Found { oldest, all });
    let now = app.now();
    let mut by_workspace: BTreeMap<WorkspaceId, Vec<Pending>> = BTreeMap::new();
    for event in pending {
        by_workspace.entry(event.workspace).or_default().push(event);
    }
    for (workspace, events) in by_workspace {
        let fenced = fence_of(&events, held);
        let began = Instant::now();
        let done = turn.run(workspace, &events, &fenced, now).await?;
        speed.learn(events.len(), began.elapsed());
        note(app, &done, &events, now);
    }
    Ok(found)
}

/// Only the lanes that the batch touches are locked, so that commands to other customers do not wait.
fn fence_of(events: &[Pending], held: &[Held]) -> Vec<Held> {
    let lanes: std::collections::BTreeSet<u16> = events.iter().map(|event| event.lane).collect();
    held.iter().filter(|held| lanes.contains(&held.lane)).copied().collect()
}

fn note(app: &App, done: &super::turn::Done, events: &[Pending], now: Ms) {
    app.feeds.wake();
    if done.jobs > 0 {
        app.bells.jobs.ring();
    }
    if let Some(oldest) = events.iter().map(|event| event.received_at).min() {
        metrics::histogram!("rapport_event_lag_ms").record(now.since(oldest) as f64);
    }
}
