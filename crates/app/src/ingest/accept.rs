//! Accepting: many requests, one commit.
//!
//! Requests put their events into a bounded queue and wait. A committer takes what is there, stores it in one
//! transaction and answers all of them. So a durable acknowledgement costs a share of a commit, and a commit that takes
//! 4 ms on a busy host does not limit the rate (`perf-reliability.md` §0).

use super::pace::Pace;
use crate::clock::Clock;
use crate::wake::Bell;
use rapport_store::raw::{Accepted, NewRawEvent};
use rapport_store::{Backend, Store};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// Requests that may wait for a commit; one more is refused.
const QUEUE: usize = 4_096;
/// Events that may wait, over all requests: bounds memory when single requests are large.
const EVENTS_WAITING_MAX: usize = 50_000;
/// Events in one commit.
const BATCH: usize = 1_000;
/// How long a request waits for its commit before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(8);

/// Why events were not accepted. The provider keeps them and delivers again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// More waits than can be stored soon.
    #[error("more events wait than can be stored soon")]
    Busy,
    /// The database does not take them now.
    #[error("the database does not store events now: {0}")]
    Unavailable(String),
}

/// What became of the events of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accept {
    /// Stored now.
    pub new: usize,
    /// Known already.
    pub duplicates: usize,
}

struct Waiting {
    events: Vec<NewRawEvent>,
    done: oneshot::Sender<Result<Accept, Refused>>,
}

/// The way in for events. Cheap to clone.
#[derive(Clone)]
pub struct Acceptor {
    queue: mpsc::Sender<Waiting>,
    waiting: Arc<AtomicUsize>,
}

impl Acceptor {
    /// Starts the committers; they end, after a last commit, when every `Acceptor` is gone or `stop` is cancelled.
    ///
    /// `stored` rings after each commit that stored something new; `pace` hears how much arrives.
    ///
    /// They have a thread of their own: everyone waits for them, so they must not stand in line behind the requests
    /// that they are to answer.
    ///
    /// # Errors
    /// When the operating system gives no thread.
    pub fn start(
        store: &Store,
        clock: &Arc<dyn Clock>,
        stored: &Bell,
        pace: &Pace,
        stop: &CancellationToken,
    ) -> std::io::Result<Self> {
        let (queue, inbox) = mpsc::channel(QUEUE);
        let waiting = Arc::new(AtomicUsize::new(0));
        let inbox = Arc::new(tokio::sync::Mutex::new(inbox));
        // SQLite has one writer; PostgreSQL commits faster from two connections (`perf-reliability.md` §3.3).
        let committers = if store.backend() == Backend::Sqlite { 1 } else { 2 };
        let committer = || Committer {
            store: store.clone(),
            clock: clock.clone(),
            inbox: inbox.clone(),
            waiting: waiting.clone(),
            stored: stored.clone(),
            pace: pace.clone(),
        };
        let committers: Vec<_> = (0..committers).map(|_| committer().run(stop.clone())).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("accept".to_owned())
            .spawn(move || runtime.block_on(futures::future::join_all(committers)))?;
        Ok(Self { queue, waiting })
    }

    /// Stores the events of one request; returns when they are durable.
    ///
    /// # Errors
    /// [`Refused`]: nothing of this request may be acknowledged, though part of it may be stored; a repeat is
    /// recognised.
    pub async fn accept(&self, events: Vec<NewRawEvent>) -> Result<Accept, Refused> {
        let count = events.len();
        if count == 0 {
            return Ok(Accept::default());
        }
        if self.waiting.fetch_add(count, Ordering::AcqRel) > EVENTS_WAITING_MAX {
            self.waiting.fetch_sub(count, Ordering::AcqRel);
            return Err(Refused::Busy);
        }
        let (done, answer) = oneshot::channel();
        if self.queue.try_send(Waiting { events, done }).is_err() {
            self.waiting.fetch_sub(count, Ordering::AcqRel);
            return Err(Refused::Busy);
        }
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(Refused::Unavailable("shutting down".to_owned())),
            Err(_) => Err(Refused::Unavailable("the commit takes too long".to_owned())),
        }
    }

    /// Events that wait for their commit at this moment.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

struct Committer {
    store: Store,
    clock: Arc<dyn Clock>,
    inbox: Arc<tokio::sync::Mutex<mpsc::Receiver<Waiting>>>,
    waiting: Arc<AtomicUsize>,
    stored: Bell,
    pace: Pace,
}

impl Committer {
    async fn run(self, stop: CancellationToken) {
        loop {
            let batch = {
                let mut inbox = self.inbox.lock().await;
                tokio::select! {
                    biased;
                    batch = take(&mut inbox) => batch,
                    () = stop.cancelled() => {
                        // What already waits is still stored; new requests are turned away.
                        inbox.close();
                        take(&mut inbox).await
                    }
                }
            };
            if batch.is_empty() {
                return;
            }
            self.commit(batch).await;
        }
    }

    async fn commit(&self, batch: Vec<Waiting>) {
        let began = self.clock.now();
        let mut events = Vec::new();
        let mut sizes = Vec::with_capacity(batch.len());
        let mut answers = Vec::with_capacity(batch.len());
        for waiting in batch {
            sizes.push(waiting.events.len());
            events.extend(waiting.events);
            answers.push(waiting.done);
        }
        let total = events.len();
        self.pace.arrived(answers.len());
        let result = self.store.raw().accept(&events).await;
        self.waiting.fetch_sub(total, Ordering::AcqRel);
        metrics::histogram!("rapport_accept_batch_events").record(total as f64);
        metrics::histogram!("rapport_accept_commit_ms").record(self.clock.now().since(began) as f64);
        match result {
            Ok(outcomes) => self.answer(&sizes, answers, &outcomes),
            Err(error) => {
                tracing::error!(%error, events = total, "events could not be stored");
                metrics::counter!("rapport_accept_failed_events").increment(total as u64);
                for done in answers {
                    let _ = done.send(Err(Refused::Unavailable(error.to_string())));
                }
            }
        }
    }

    fn answer(&self, sizes: &[usize], answers: Vec<oneshot::Sender<Result<Accept, Refused>>>, outcomes: &[Accepted]) {
        let mut rest = outcomes;
        let mut stored = false;
        for (size, done) in sizes.iter().zip(answers) {
            let (mine, others) = rest.split_at((*size).min(rest.len()));
            rest = others;
            let new = mine.iter().filter(|outcome| **outcome == Accepted::New).count();
            stored |= new > 0;
            // A requester that gave up does not need the answer; its events are stored all the same.
            let _ = done.send(Ok(Accept { new, duplicates: mine.len() - new }));
        }
        if stored {
            self.stored.ring();
        }
    }
}

/// The first waiting request and all that came with it, up to a batch. Empty when the queue is closed and drained.
async fn take(inbox: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let Some(first) = inbox.recv().await else { return Vec::new() };
    let mut events = first.events.len();
    let mut batch = vec![first];
    while events < BATCH {
        let Ok(next) = inbox.try_recv() else { break };
        events += next.events.len();
        batch.push(next);
    }
    batch
}
