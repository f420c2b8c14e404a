//! Closed and open loops of deliveries, with the list of those that were answered 200.

use crate::generate::Corpus;
use crate::histogram::Histogram;
use crate::http::Connection;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// A delivery that was answered 200.
#[derive(Clone, Copy, Debug)]
pub struct Ack {
    /// Its place in the corpus.
    pub delivery: u32,
    /// When the answer was read, UTC microseconds.
    pub at: i64,
}

/// What a load led to.
#[derive(Clone, Default)]
pub struct Outcome {
    /// Deliveries that were answered 200.
    pub acked: Vec<Ack>,
    /// How many of the order were begun; those behind were not.
    pub begun: usize,
    /// Other answers by status.
    pub refused: BTreeMap<u16, u64>,
    /// Deliveries without an answer: the connection broke or the time was up.
    pub broken: u64,
    /// Time to the answer; in an open loop from the moment it should have begun. All answers count.
    pub latency: Histogram,
    /// From the first to the last.
    pub elapsed: Duration,
    /// When the first should have begun, UTC microseconds.
    pub began: i64,
}

impl Outcome {
    /// Answers with 200 per second.
    pub fn rate(&self) -> f64 {
        self.acked.len() as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// Adds what another load led to.
    pub fn merge(&mut self, other: Self) {
        self.acked.extend(other.acked);
        self.begun += other.begun;
        self.broken += other.broken;
        for (status, count) in other.refused {
            *self.refused.entry(status).or_default() += count;
        }
        self.latency.merge(&other.latency);
    }
}

/// A switch that ends loads early.
#[derive(Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// No new delivery is begun from now on.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that happened.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A load to run.
#[derive(Clone)]
pub struct Load {
    /// Where to.
    pub targets: Vec<SocketAddr>,
    /// What.
    pub corpus: Arc<Corpus>,
    /// Which deliveries of it, in this order.
    pub order: Arc<Vec<u32>>,
    /// How many connections.
    pub connections: usize,
    /// No new delivery after this time.
    pub limit: Duration,
    /// Longest wait for one answer.
    pub patience: Duration,
    /// Ends it early.
    pub stop: Stop,
}

impl Load {
    /// A range of a corpus to one server.
    pub fn new(target: SocketAddr, corpus: &Arc<Corpus>, range: Range<usize>, connections: usize) -> Self {
        Self {
            targets: vec![target],
            corpus: Arc::clone(corpus),
            order: Arc::new(range.map(|delivery| u32::try_from(delivery).unwrap_or(u32::MAX)).collect()),
            connections,
            limit: Duration::from_secs(600),
            patience: Duration::from_secs(30),
            stop: Stop::default(),
        }
    }

    /// No new delivery after this time.
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// As fast as the answers come, on every connection.
    pub async fn closed(self) -> Outcome {
        self.run(None).await
    }

    /// At a fixed rate per second, whatever the answers do; latencies count from when a delivery should have begun.
    pub async fn open(self, rate: f64) -> Outcome {
        self.run(Some(rate)).await
    }

    async fn run(self, rate: Option<f64>) -> Outcome {
        let ahead = Duration::from_millis(if rate.is_some() { 20 } else { 0 });
        let start = Instant::now() + ahead;
        let began = crate::clock::unix_micros() + i64::try_from(ahead.as_micros()).unwrap_or(0);
        let shared = Arc::new(Shared {
            next: AtomicUsize::new(0),
            end: AtomicUsize::new(self.order.len()),
            gate: rate.map(|_| Semaphore::new(0)),
            start,
            rate: rate.unwrap_or(0.0),
            load: self,
        });
        if rate.is_some() {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || shared.tick());
        }
        let mut tasks = JoinSet::new();
        for number in 0..shared.load.connections {
            let shared = Arc::clone(&shared);
            tasks.spawn(async move { shared.drive(number).await });
        }
        let mut whole = Outcome::default();
        while let Some(done) = tasks.join_next().await {
            whole.merge(done.unwrap_or_default());
        }
        whole.elapsed = start.elapsed();
        whole.begun = shared.next.load(Ordering::Relaxed).min(shared.end.load(Ordering::Relaxed));
        whole.began = began;
        whole
    }
}

struct Shared {
    load: Load,
    next: AtomicUsize,
    /// No place from here on is served.
    end: AtomicUsize,
    gate: Option<Semaphore>,
    start: Instant,
    rate: f64,
}

impl Shared {
    /// Opens the gate for each delivery when its time has come: a thread of its own, because it sleeps more exactly
    /// than the runtime's timers.
    fn tick(&self) {
        let Some(gate) = &self.gate else { return };
        let mut open = 0;
        while open < self.load.order.len() && !self.load.stop.is_set() {
            let now = Instant::now();
            if now > self.start + self.load.limit {
                break;
            }
            let due = (now.saturating_duration_since(self.start).as_secs_f64() * self.rate) as usize + 1;
            let due = due.min(self.load.order.len());
            if now >= self.start && due > open {
                gate.add_permits(due - open);
                open = due;
            }
            let wake = self.due(open);
            std::thread::sleep(
                wake.saturating_duration_since(Instant::now())
                    .clamp(Duration::from_micros(50), Duration::from_millis(50)),
            );
        }
        // What was let through is still served; then every connection comes once more and finds the end.
        self.end.store(open, Ordering::Relaxed);
        gate.add_permits(self.load.connections);
    }

    fn due(&self, delivery: usize) -> Instant {
        if self.rate > 0.0 { self.start + Duration::from_secs_f64(delivery as f64 / self.rate) } else { Instant::now() }
    }

    /// The place of the next delivery; `None` at the end.
    async fn next(&self) -> Option<usize> {
        if let Some(gate) = &self.gate {
            match gate.acquire().await {
                Ok(permit) => permit.forget(),
                Err(_) => return None,
            }
        } else if self.load.stop.is_set() || self.start.elapsed() > self.load.limit {
            return None;
        }
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        (place < self.end.load(Ordering::Relaxed)).then_some(place)
    }

    async fn drive(&self, number: usize) -> Outcome {
        let mut outcome = Outcome::default();
        let target = self.load.targets[number % self.load.targets.len()];
        let mut connection = None;
        while let Some(place) = self.next().await {
            if connection.is_none() {
                connection = self.connect(target).await;
            }
            let Some(open) = connection.as_mut() else {
                outcome.broken += 1;
                continue;
            };
            let delivery = self.load.order[place];
            let due = self.due(place);
            let request = self.load.corpus.request(delivery as usize);
            match tokio::time::timeout(self.load.patience, open.status(request)).await {
                Ok(Ok(status)) => {
                    outcome.latency.record(u64::try_from(due.elapsed().as_micros()).unwrap_or(u64::MAX));
                    if status == 200 {
                        outcome.acked.push(Ack { delivery, at: crate::clock::unix_micros() });
                    } else {
                        *outcome.refused.entry(status).or_default() += 1;
                    }
                }
                _ => {
                    outcome.broken += 1;
                    connection = None;
                }
            }
        }
        outcome
    }

    async fn connect(&self, target: SocketAddr) -> Option<Connection> {
        for _ in 0..20 {
            if let Ok(connection) = Connection::open(target).await {
                return Some(connection);
            }
            if self.load.stop.is_set() {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Channel, Plan};

    async fn server(delay: Duration) -> SocketAddr {
        crate::baseline::verify::serve_with("bench-app-secret".into(), delay).await.expect("a server")
    }

    fn corpus(deliveries: usize) -> Arc<Corpus> {
        Arc::new(Corpus::new(&Plan::new(1, deliveries, Channel::default())))
    }

    #[tokio::test]
    async fn a_closed_loop_delivers_each_once() {
        let load = Load::new(server(Duration::ZERO).await, &corpus(500), 0..500, 8);
        let mut outcome = load.closed().await;
        outcome.acked.sort_unstable_by_key(|ack| ack.delivery);
        assert!(outcome.acked.iter().map(|ack| ack.delivery).eq(0..500));
        assert_eq!((outcome.latency.count(), outcome.broken), (500, 0));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_open_loop_counts_from_when_it_should_have_begun() {
        // One connection, 20 ms a request, 100 requests a second: the queue grows and the latencies must show it.
        let load = Load::new(server(Duration::from_millis(20)).await, &corpus(50), 0..50, 1);
        let outcome = load.open(100.0).await;
        assert_eq!(outcome.acked.len(), 50);
        assert!(outcome.latency.max() > 300_000, "{}", outcome.latency.max());
    }
}
