//! The job runner: claims due jobs, performs them, notes how each try ended.

use super::{Job, Outcome, QUEUES};
use crate::error::{Error, Result};
use crate::state::App;
use futures::FutureExt;
use futures::future::BoxFuture;
use rapport_core::Ms;
use rapport_core::time::{MINUTE, SECOND};
use rapport_store::Backend;
use rapport_store::job::{Claimed, Fate, SILENT_MS};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// How long a claimed job may run before another node may take it. Milliseconds.
const LEASE_MS: i64 = 5 * MINUTE;
/// How often a queue is looked at when nobody rings.
const POLL: Duration = Duration::from_millis(500);
/// What claiming and performing jobs takes about, for the pace during a burst of events.
const JOB: Duration = Duration::from_millis(50);
/// How often leases that ended are looked for, and where there may be several nodes, those of lost ones.
const EXPIRE: Duration = Duration::from_secs(15);
const EXPIRE_OF_NODES: Duration = Duration::from_secs(4);
/// A longer time between two looks that worked: the database or this process paused, and perhaps nobody could say that
/// it lives.
const GAP: Duration = Duration::from_secs(2 * EXPIRE_OF_NODES.as_secs() + 3);
/// For how long looks must have worked before a node that is not heard of counts as gone.
const STEADY: Duration = Duration::from_millis(SILENT_MS.unsigned_abs());

/// The running job workers of this process.
pub struct Runner(Vec<JoinHandle<()>>);

impl Runner {
    /// Starts a worker per queue; they end when the app stops, after their running jobs.
    #[must_use]
    pub fn start(app: &App) -> Self {
        let mut tasks: Vec<_> =
            QUEUES.iter().map(|(queue, width)| tokio::spawn(serve(app.clone(), queue, *width))).collect();
        tasks.push(tokio::spawn(rescue(app.clone())));
        Self(tasks)
    }

    /// Waits until the workers have ended.
    pub async fn join(self) {
        for task in self.0 {
            let _ = task.await;
        }
    }
}

/// Performs at most `limit` due jobs of a queue, one after the other, and answers how many there were: a worker without
/// its loop, for simulations that keep time themselves.
pub async fn step(app: &App, queue: &str, limit: usize) -> usize {
    let claimed = claim(app, queue, limit).await;
    let found = claimed.len();
    for job in claimed {
        perform(app, job).await;
    }
    found
}

async fn serve(app: App, queue: &'static str, width: usize) {
    let slots = Arc::new(Semaphore::new(width));
    let mut bell = app.bells.jobs.listen();
    while !app.shutdown.is_cancelled() {
        app.pace.rest(JOB, Duration::ZERO).await;
        let free = slots.available_permits();
        let claimed = if free == 0 { Vec::new() } else { claim(&app, queue, free).await };
        let found = claimed.len();
        for job in claimed {
            let Ok(slot) = slots.clone().acquire_owned().await else { return };
            let app = app.clone();
            tokio::spawn(async move {
                perform(&app, job).await;
                drop(slot);
                app.bells.jobs.ring();
            });
        }
        if found == 0 {
            tokio::select! {
                () = bell.heard() => {}
                () = tokio::time::sleep(POLL) => {}
                () = app.shutdown.cancelled() => {}
            }
        }
    }
    // Running jobs finish; what does not is taken over after its lease.
    let _ = tokio::time::timeout(Duration::from_secs(10), slots.acquire_many(u32::try_from(width).unwrap_or(1))).await;
}

async fn claim(app: &App, queue: &str, limit: usize) -> Vec<Claimed> {
    match app.store.queue().claim(queue, limit, app.now(), LEASE_MS).await {
        Ok(claimed) => claimed,
        Err(error) => {
            tracing::warn!(queue, %error, "jobs cannot be claimed");
            tokio::time::sleep(POLL).await;
            Vec::new()
        }
    }
}

async fn rescue(app: App) {
    let several = app.store.backend() == Backend::Postgres;
    let mut tick = tokio::time::interval(if several { EXPIRE_OF_NODES } else { EXPIRE });
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut steady = Steady::since(Instant::now());
    while app.shutdown.run_until_cancelled(tick.tick()).await.is_some() {
        let nodes = several && steady.at(Instant::now());
        match look(&app, nodes).await {
            Ok(0) => steady.worked(Instant::now()),
            Ok(count) => {
                steady.worked(Instant::now());
                tracing::warn!(count, "jobs of a lost worker run again");
            }
            Err(error) => tracing::warn!(%error, "leases cannot be looked through"),
        }
    }
}

/// Looks for leases that ended, and for the jobs of lost `nodes`.
async fn look(app: &App, nodes: bool) -> Result<u64> {
    let queue = app.store.queue();
    let left = if nodes { queue.take_from_silent(app.now()).await? } else { 0 };
    let ended = queue.expire_leases(app.now()).await?;
    Ok(ended + left)
}

/// How long the database has answered without a gap: others could beat all that time.
struct Steady {
    since: Instant,
    worked: Instant,
}

impl Steady {
    fn since(now: Instant) -> Self {
        Self { since: now, worked: now }
    }

    /// Whether a silent node is a lost one at this moment. After a gap everybody has as long as at the start.
    fn at(&mut self, now: Instant) -> bool {
        self.heed_gap(now);
        now.duration_since(self.since) > STEADY
    }

    /// A look worked, however long it took.
    fn worked(&mut self, now: Instant) {
        self.heed_gap(now);
        self.worked = now;
    }

    fn heed_gap(&mut self, now: Instant) {
        if now.duration_since(self.worked) > GAP {
            self.since = now;
        }
    }
}

async fn perform(app: &App, claimed: Claimed) {
    let began = app.now();
    let job = serde_json::from_value::<Job>(claimed.payload.clone());
    let outcome = match job {
        Ok(job) => match AssertUnwindSafe(run(app, &claimed, job)).catch_unwind().await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::Retry { at: backoff(app.now(), claimed.attempt), error: error.to_string() },
            Err(_) => Outcome::Dead { error: "the job panicked; this is a defect of Rapport".to_owned() },
        },
        Err(error) => Outcome::Dead { error: format!("this version cannot read the job: {error}") },
    };
    let word = match &outcome {
        Outcome::Done | Outcome::Again { .. } => "done",
        Outcome::Retry { .. } => "retry",
        Outcome::Dead { .. } => "dead",
    };
    metrics::counter!("rapport_jobs_total", "kind" => claimed.kind.clone(), "outcome" => word).increment(1);
    metrics::histogram!("rapport_job_ms", "kind" => claimed.kind.clone()).record(app.now().since(began) as f64);
    if let Err(error) = note(app, &claimed, &outcome).await {
        tracing::warn!(job = %claimed.id, %error, "a job's end cannot be noted; it will run again");
    }
}

async fn note(app: &App, claimed: &Claimed, outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Done => {
            app.store.queue().complete(std::slice::from_ref(claimed)).await?;
        }
        Outcome::Again { at } => {
            let job: Job =
                serde_json::from_value(claimed.payload.clone()).map_err(|error| Error::Internal(error.to_string()))?;
            let tx = app.store.workspace(claimed.workspace).write().await?;
            rapport_store::job::complete(&tx, claimed).await?;
            rapport_store::job::enqueue(&tx, vec![job.row_at(*at)], app.now()).await?;
            tx.commit().await?;
        }
        Outcome::Retry { at, error } => {
            tracing::debug!(job = %claimed.id, kind = %claimed.kind, attempt = claimed.attempt, %error, "a job is tried again");
            if app.store.queue().fail(claimed, *at, error, false).await? == Fate::Dead {
                died(app, claimed).await?;
            }
        }
        Outcome::Dead { error } => {
            tracing::warn!(job = %claimed.id, kind = %claimed.kind, %error, "a job needs a person");
            app.store.queue().fail(claimed, app.now(), error, true).await?;
            died(app, claimed).await?;
        }
    }
    Ok(())
}

/// What waits for a job is told that nothing comes any more.
async fn died(app: &App, claimed: &Claimed) -> Result<()> {
    match serde_json::from_value(claimed.payload.clone()) {
        Ok(Job::RuleBacktest { backtest_id }) => {
            crate::rule::backtest::run::fail(app, claimed.workspace, backtest_id).await
        }
        _ => Ok(()),
    }
}

/// The work of a job, on the heap: whoever performs one needs room for that one, not for the largest of all.
fn run<'a>(app: &'a App, claimed: &'a Claimed, job: Job) -> BoxFuture<'a, Result<Outcome>> {
    let workspace = claimed.workspace;
    match job {
        Job::FetchMedia { media_id } => Box::pin(crate::media::fetch::run(app, workspace, media_id, claimed.attempt)),
        Job::PushContact { connection_id, contact_id } => {
            Box::pin(crate::crm::push::run(app, workspace, connection_id, contact_id, claimed))
        }
        Job::PushMatter { connection_id, matter_id } => {
            Box::pin(crate::matter::push::run(app, workspace, connection_id, matter_id, claimed))
        }
        Job::PullRecord { connection_id, object, remote_id } => {
            Box::pin(
                async move { crate::crm::pull::one(app, workspace, connection_id, &object, &remote_id, claimed).await },
            )
        }
        Job::PollConnection { connection_id } => Box::pin(crate::crm::poll::run(app, workspace, connection_id)),
        Job::MergeContacts { keep, gone } => Box::pin(crate::contact::merge::run(app, workspace, keep, gone)),
        Job::MarkRead { conversation_id, typing } => {
            Box::pin(crate::send::mark::run(app, workspace, conversation_id, typing))
        }
        Job::Bulk { bulk_id } => Box::pin(crate::bulk::run::run(app, workspace, bulk_id)),
        Job::Release { user_id, team_id } => Box::pin(crate::inbox::release::run(app, workspace, user_id, team_id)),
        Job::Wake { conversation_id } => Box::pin(crate::inbox::wake::run(app, workspace, conversation_id)),
        Job::Assign => Box::pin(crate::routing::assign::run(app, workspace)),
        Job::Survey { conversation_id, resolved_at } => {
            Box::pin(crate::survey::ask::run(app, workspace, conversation_id, resolved_at))
        }
        Job::SyncTemplates { channel_id } => Box::pin(crate::channel::templates::run(app, workspace, channel_id)),
        Job::DeleteOldMedia => Box::pin(crate::media::retention::run(app, workspace)),
        Job::Notice { conversation_id, note_id } => {
            Box::pin(crate::push::tell::run(app, workspace, conversation_id, note_id))
        }
        Job::Push { device_id, conversation_id, note_id } => {
            Box::pin(crate::push::send::run(app, workspace, device_id, conversation_id, note_id, claimed.attempt))
        }
        Job::RuleEvent { event } => Box::pin(async move { crate::rule::judge::run(app, workspace, &event).await }),
        Job::RuleRun { run_id } => Box::pin(crate::rule::wait::run(app, workspace, run_id)),
        Job::RuleTimer { rule_id } => Box::pin(crate::rule::timer::run(app, workspace, rule_id)),
        Job::RuleWaiting { rule_id } => Box::pin(crate::rule::timer::wait(app, workspace, rule_id)),
        Job::RuleBacktest { backtest_id } => Box::pin(crate::rule::backtest::run::run(app, workspace, backtest_id)),
        Job::LearnIntents { by } => Box::pin(crate::understanding::learn::run(app, workspace, by)),
        Job::ReadAgain => Box::pin(crate::understanding::run_again(app, workspace)),
        Job::Practise { run_id } => Box::pin(crate::practice::run(app, workspace, run_id)),
        Job::EndPractice { room_id } => Box::pin(crate::practice::run_end(app, workspace, room_id)),
        Job::Webhook { webhook_id } => Box::pin(crate::webhook::deliver::run(app, workspace, webhook_id)),
        Job::ShopDelivery { delivery_id } => Box::pin(crate::shop::source::take::run(app, workspace, delivery_id)),
        Job::RefreshChannel { channel_id } => Box::pin(crate::channel::number::run(app, workspace, channel_id)),
    }
}

/// Pause after an unexpected failure: 1 s doubling up to 10 min.
fn backoff(now: Ms, attempt: i32) -> Ms {
    let steps = u32::try_from(attempt.clamp(1, 11) - 1).unwrap_or(0);
    now.plus(SECOND.saturating_mul(1 << steps).min(10 * MINUTE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_only_where_looks_have_worked_for_long() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut steady = Steady::since(start);
        // Seconds, whether silence counts, whether the look works.
        for (seconds, counts, works) in [
            (4, false, true),
            (12, false, true),
            (20, false, true),
            (24, true, true),
            (28, true, false),
            (32, true, true),
            (44, false, false),
            (60, false, true),
            (70, false, true),
            (80, false, true),
            (81, true, true),
        ] {
            assert_eq!(steady.at(at(seconds)), counts, "after {seconds} s");
            if works {
                steady.worked(at(seconds));
            }
        }
    }
}
