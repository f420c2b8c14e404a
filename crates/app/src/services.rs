//! Everything that runs beside requests.

use crate::ingest::{Acceptor, Workers};
use crate::jobs::Runner;
use crate::send::Senders;
use crate::state::App;
use rapport_core::time::DAY;
use rapport_core::{Ms, WorkspaceId};
use rapport_store::Backend;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How long processed events are kept: longer than the provider repeats them (7 days). Milliseconds.
const RAW_KEEP_MS: i64 = 9 * DAY;
/// How long the event log reaches back for browsers that reconnect. Milliseconds.
const FEED_KEEP_MS: i64 = 2 * DAY;
/// How long sends are remembered for the guard's frequency rules, which look back a month. Milliseconds.
const REACH_KEEP_MS: i64 = 40 * DAY;
/// The same of calls to providers. Milliseconds.
const CALLS_KEEP_MS: i64 = 2 * DAY;
/// How long it is told why a rule did not run. Milliseconds.
const SKIP_KEEP_MS: i64 = 30 * DAY;
/// How long runs of rules are kept after their end. Milliseconds.
const RUN_KEEP_MS: i64 = 180 * DAY;
/// How often this process's clock is compared with the one that is believed.
const COMPARE: Duration = Duration::from_secs(5);
/// A comparison that took longer says too little.
const COMPARED_WITHIN: Duration = Duration::from_secs(1);
/// How often old rows are looked for.
const CLEAN: Duration = Duration::from_secs(600);
/// Rows removed in one go, so that cleaning never holds up a message.
const CLEAN_ROWS: usize = 2_000;
/// So often in one run at most, for the event log and for each workspace; what is left then waits for the next run.
const CLEAN_ROUNDS: usize = 50;

/// The running workers of a process.
pub struct Services {
    lanes: Workers,
    jobs: Runner,
    senders: Senders,
    others: Vec<JoinHandle<()>>,
}

impl Services {
    /// Starts the workers. Call it once; they end when the app stops.
    ///
    /// # Errors
    /// What the store said while lanes were taken.
    pub async fn start(app: &App) -> crate::Result<Self> {
        compare_clocks(app, true).await?;
        let now = app.now();
        if app.store.backend() == Backend::Sqlite {
            app.store.lanes().seize(now, crate::ingest::process::LEASE_MS).await?;
        }
        let events = app.bells.events.clone();
        let acceptor = Acceptor::start(&app.store, &app.clock, &events, &app.pace, &app.shutdown)
            .map_err(|error| crate::Error::Internal(format!("the committer cannot start: {error}")))?;
        // A second start would leave the first acceptor in place, which is as good.
        let _ = app.acceptor.set(acceptor);
        Ok(Self {
            lanes: Workers::start(app, events),
            jobs: Runner::start(app),
            senders: Senders::start(app),
            others: vec![
                crate::search::start(app),
                crate::understanding::worker::start(app),
                crate::campaign::worker::start(app),
                crate::webhook::follow::start(app),
                tokio::spawn(clean(app.clone())),
                tokio::spawn(keep_time(app.clone())),
                crate::channel::tally::start(app),
                crate::crm::keeper::start(app),
                crate::live::others::start(app),
            ],
        })
    }

    /// Waits until all have ended, after the app was told to stop, and gives leases back.
    pub async fn join(self, app: &App) {
        self.senders.join().await;
        self.lanes.join().await;
        self.jobs.join().await;
        for task in self.others {
            let _ = task.await;
        }
        if let Err(error) = app.store.lanes().release_all().await {
            tracing::debug!(%error, "leases are left to expire");
        }
    }
}

/// Keeps this process's clock in step: with the database's, so that several nodes have one time, and with the machine's
/// where the database has none of its own.
async fn keep_time(app: App) {
    let mut tick = tokio::time::interval(COMPARE);
    while app.shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        if let Err(error) = compare_clocks(&app, false).await {
            tracing::debug!(%error, "the clock cannot be compared now");
        }
    }
}

async fn compare_clocks(app: &App, sure: bool) -> crate::Result<()> {
    let asked = Instant::now();
    let truth = match app.store.backend() {
        Backend::Sqlite => app.clock.wall(),
        Backend::Postgres => rapport_store::health::clock(&app.store, app.now()).await?,
    };
    let took = asked.elapsed();
    if sure || took < COMPARED_WITHIN {
        // The answer was given about half way.
        app.clock.follow(truth.plus(i64::try_from(took.as_millis() / 2).unwrap_or(0)), sure);
    }
    Ok(())
}

/// Removes what has served its time.
async fn clean(app: App) {
    let mut tick = tokio::time::interval(CLEAN);
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            _ = tick.tick() => {}
        }
        if let Err(error) = clean_once(&app).await {
            tracing::warn!(%error, "old rows cannot be removed now");
        }
    }
}

async fn clean_once(app: &App) -> crate::Result<()> {
    let now = app.now();
    rapport_store::idempotency::purge(&app.store, now).await?;
    clean_in_pieces(app, None, now).await?;
    for workspace in rapport_store::workspace::all(&app.store, 10_000).await? {
        clean_in_pieces(app, Some(WorkspaceId(workspace.workspace_id)), now).await?;
    }
    Ok(())
}

/// Cleans a workspace, or the event log of all, again and again while as much was removed as may be in one go.
async fn clean_in_pieces(app: &App, workspace: Option<WorkspaceId>, now: Ms) -> crate::Result<()> {
    for _ in 0..CLEAN_ROUNDS {
        let began = Instant::now();
        let gone = match workspace {
            Some(id) => clean_workspace(app, id, now).await?,
            None => rapport_store::feed::purge(&app.store, now.plus(-FEED_KEEP_MS), CLEAN_ROWS as u64).await?,
        };
        if gone < CLEAN_ROWS as u64 || app.shutdown.is_cancelled() {
            break;
        }
        app.pace.rest(began.elapsed(), Duration::ZERO).await;
    }
    Ok(())
}

/// Removes old rows of a workspace, of each kind a piece. How many of the kind that had most.
async fn clean_workspace(app: &App, id: WorkspaceId, now: Ms) -> crate::Result<u64> {
    let raw = app.store.raw().purge(id, now.plus(-RAW_KEEP_MS), now, CLEAN_ROWS).await?;
    let tx = app.store.workspace(id).write().await?;
    rapport_store::reach::purge(&tx, now.plus(-REACH_KEEP_MS)).await?;
    let told = crate::webhook::clean(&tx, now, CLEAN_ROWS as u64).await?;
    rapport_store::calls::purge(&tx, now.plus(-CALLS_KEEP_MS)).await?;
    let (skipped, ended) = (now.plus(-SKIP_KEEP_MS), now.plus(-RUN_KEEP_MS));
    let runs = rapport_store::rule::purge(&tx, skipped, ended, CLEAN_ROWS as u64).await?;
    tx.commit().await?;
    Ok(raw.max(told).max(runs))
}
