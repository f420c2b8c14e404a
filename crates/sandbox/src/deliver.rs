//! Webhook deliveries: signed, in order per customer, retried with growing pauses for days of sandbox time.

use crate::{
    bounded::Ring,
    fault::{Kind, Target, Traffic},
    timers::Task,
    world::World,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::Value;
use sha2::Sha256;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};

/// What is posted and how it is signed.
#[derive(Clone)]
pub enum Payload {
    /// Meta: fixed bytes, `X-Hub-Signature-256`.
    Meta {
        /// The raw body.
        body: Bytes,
        /// The app secret.
        secret: String,
        /// Sign with another secret on purpose.
        wrong_signature: bool,
    },
    /// HubSpot: a list of events, `X-HubSpot-Signature-v3`; `attemptNumber` grows with each try.
    HubSpot {
        /// The events.
        events: Vec<Value>,
        /// The client secret.
        secret: String,
    },
}

/// One webhook on its way.
pub struct Job {
    /// Full address.
    pub url: String,
    /// Content and signature.
    pub payload: Payload,
    /// What keeps its order (the customer).
    pub lane: String,
    /// For the log: `messages`, `statuses`, ...
    pub label: String,
    /// Tries made so far.
    pub attempts: u32,
    /// When it was first due (sandbox time).
    pub first_at: i64,
    /// Told the outcome of the first try.
    pub done: Option<oneshot::Sender<Outcome>>,
}

/// What became of one try.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// Answered with 2xx (HubSpot) or 200 (Meta).
    pub delivered: bool,
    /// HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// Why there was none.
    pub error: Option<String>,
    /// Which try it was.
    pub attempt: u32,
}

/// One line of the delivery log.
#[derive(Clone, Debug, Serialize)]
pub struct Logged {
    /// Sandbox time.
    pub at: i64,
    /// Receiver.
    pub url: String,
    /// Kind of content.
    pub label: String,
    /// Customer.
    pub lane: String,
    /// What happened.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// Counters of all deliveries.
#[derive(Default)]
pub struct Counts {
    /// Webhooks created.
    pub created: AtomicU64,
    /// Webhooks accepted by the receiver.
    pub delivered: AtomicU64,
    /// Tries that failed.
    pub failed_tries: AtomicU64,
    /// Webhooks given up (too old, or too many waiting).
    pub dropped: AtomicU64,
    /// Extra copies sent on purpose.
    pub duplicated: AtomicU64,
}

/// The delivery lanes and their log.
pub struct Deliverer {
    lanes: Vec<mpsc::UnboundedSender<Job>>,
    /// Webhooks queued or waiting for a retry.
    pub pending: AtomicUsize,
    /// Counters.
    pub counts: Counts,
    /// The newest tries.
    pub log: Mutex<Ring<Logged>>,
    cap: usize,
}

/// Receiving ends of the lanes, for [`start`].
pub type Lanes = Vec<mpsc::UnboundedReceiver<Job>>;

impl Deliverer {
    /// Creates the lanes; [`start`] makes them run.
    pub fn new(lanes: usize, cap: usize) -> (Self, Lanes) {
        let (senders, receivers) = (0..lanes.max(1)).map(|_| mpsc::unbounded_channel()).unzip();
        let deliverer = Self {
            lanes: senders,
            pending: AtomicUsize::new(0),
            counts: Counts::default(),
            log: Mutex::new(Ring::new(cap)),
            cap,
        };
        (deliverer, receivers)
    }

    /// Takes a new webhook, or refuses it when too many wait.
    pub fn submit(&self, job: Job) {
        self.counts.created.fetch_add(1, Ordering::Relaxed);
        if self.pending.fetch_add(1, Ordering::Relaxed) >= self.cap {
            self.give_up();
            return;
        }
        self.enqueue(job);
    }

    /// Puts a webhook (back) into its lane.
    pub fn enqueue(&self, job: Job) {
        let hash = job.lane.bytes().fold(0usize, |h, b| h.wrapping_mul(31).wrapping_add(b.into()));
        // A lane only ends with the sandbox itself.
        let _ = self.lanes[hash % self.lanes.len()].send(job);
    }

    fn give_up(&self) {
        self.pending.fetch_sub(1, Ordering::Relaxed);
        self.counts.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Runs one worker per lane.
pub fn start(world: &Arc<World>, lanes: Lanes) {
    for lane in lanes {
        let world = world.clone();
        tokio::spawn(async move {
            let stop = world.stop.clone();
            tokio::select! {
                () = work(&world, lane) => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

async fn work(world: &Arc<World>, mut lane: mpsc::UnboundedReceiver<Job>) {
    let mut held: Option<Job> = None;
    loop {
        let next = match held {
            None => lane.recv().await,
            // Reordering needs a successor; without one soon, the held webhook goes alone.
            Some(_) => tokio::time::timeout(Duration::from_millis(500), lane.recv()).await.unwrap_or(None),
        };
        let Some(job) = next else {
            match held.take() {
                Some(job) => attempt(world, job, false).await,
                None => return,
            }
            continue;
        };
        let fault = world.faults.hit(&Traffic {
            target: match job.payload {
                Payload::Meta { .. } => Target::WhatsappWebhook,
                Payload::HubSpot { .. } => Target::HubspotWebhook,
            },
            path: &job.url,
            method: "POST",
            to: &job.lane,
        });
        match fault.as_ref().map(|fault| fault.kind) {
            Some(Kind::Reorder) if held.is_none() => {
                held = Some(job);
                continue;
            }
            Some(Kind::Delay) => {
                let ms = fault.and_then(|fault| fault.delay_ms).unwrap_or(1_000);
                tokio::time::sleep(Duration::from_millis(ms)).await;
                attempt(world, job, false).await;
            }
            Some(Kind::Duplicate) => attempt(world, job, true).await,
            _ => attempt(world, job, false).await,
        }
        if let Some(job) = held.take() {
            attempt(world, job, false).await;
        }
    }
}

async fn attempt(world: &Arc<World>, mut job: Job, twice: bool) {
    job.attempts += 1;
    let outcome = post(world, &job).await;
    if twice {
        world.deliverer.counts.duplicated.fetch_add(1, Ordering::Relaxed);
        post(world, &job).await;
    }
    record(world, &job, &outcome);
    if let Some(done) = job.done.take() {
        // The caller may have stopped waiting.
        let _ = done.send(outcome.clone());
    }
    let counts = &world.deliverer.counts;
    if outcome.delivered {
        counts.delivered.fetch_add(1, Ordering::Relaxed);
        world.deliverer.pending.fetch_sub(1, Ordering::Relaxed);
        return;
    }
    counts.failed_tries.fetch_add(1, Ordering::Relaxed);
    let now = world.clock.now();
    match pause(&job.payload, job.attempts).filter(|pause| now + pause - job.first_at <= last_try(&job.payload)) {
        Some(pause) => world.timers.at(now + pause, Task::Deliver(Box::new(job))),
        None => world.deliverer.give_up(),
    }
}

fn record(world: &World, job: &Job, outcome: &Outcome) {
    let line = Logged {
        at: world.clock.now(),
        url: job.url.clone(),
        label: job.label.clone(),
        lane: job.lane.clone(),
        outcome: outcome.clone(),
    };
    world.deliverer.log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
}

/// Pause before the next try. Meta: at once, then ever longer; HubSpot: ten tries in all.
fn pause(payload: &Payload, attempts: u32) -> Option<i64> {
    match payload {
        Payload::Meta { .. } if attempts == 1 => Some(0),
        Payload::Meta { .. } => Some((2_000_i64 << (attempts - 2).min(20)).min(6 * 3_600_000)),
        Payload::HubSpot { .. } if attempts >= 10 => None,
        Payload::HubSpot { .. } => Some((60_000_i64 << attempts.min(9)).min(5 * 3_600_000)),
    }
}

/// Age at which a webhook is dropped (whatsapp-cloud-api.md §2: 7 days; crm-apis.md §1: 24 h).
fn last_try(payload: &Payload) -> i64 {
    match payload {
        Payload::Meta { .. } => 7 * 86_400_000,
        Payload::HubSpot { .. } => 86_400_000,
    }
}

async fn post(world: &World, job: &Job) -> Outcome {
    let request = world.http.post(&job.url).header("content-type", "application/json");
    let request = match &job.payload {
        Payload::Meta { body, secret, wrong_signature } => {
            let key = if *wrong_signature { "not-the-app-secret" } else { secret };
            request
                .header("user-agent", "facebookexternalua")
                .header("x-hub-signature-256", format!("sha256={}", hex::encode(hmac(key, &[body]))))
                .body(body.clone())
        }
        Payload::HubSpot { events, secret } => {
            let events: Vec<Value> = events
                .iter()
                .map(|event| {
                    let mut event = event.clone();
                    event["attemptNumber"] = (job.attempts - 1).into();
                    event
                })
                .collect();
            let body = Value::Array(events).to_string();
            let at = world.clock.now().to_string();
            let parts: [&[u8]; 4] = [b"POST", job.url.as_bytes(), body.as_bytes(), at.as_bytes()];
            request
                .header(
                    "user-agent",
                    "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client)",
                )
                .header("x-hubspot-request-timestamp", &at)
                .header("x-hubspot-signature-version", "v3")
                .header("x-hubspot-signature-v3", STANDARD.encode(hmac(secret, &parts)))
                .body(body)
        }
    };
    match request.send().await {
        Ok(response) => {
            let status = response.status();
            // Reading the body to its end lets the connection be used again.
            let _ = response.bytes().await;
            let delivered = match job.payload {
                Payload::Meta { .. } => status == 200,
                Payload::HubSpot { .. } => status.is_success(),
            };
            Outcome { delivered, status: Some(status.as_u16()), error: None, attempt: job.attempts }
        }
        Err(error) => Outcome { delivered: false, status: None, error: Some(error.to_string()), attempt: job.attempts },
    }
}

/// HMAC-SHA256 over the parts in a row.
pub fn hmac(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}
