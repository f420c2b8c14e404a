//! Webhook deliveries: signed, in order per customer, retried with growing pauses for up to seven days of
//! sandbox time.

use crate::{
    bounded::Ring,
    fault::{Kind, Target, Traffic},
    handle::Hook,
    timers::Task,
    world::World,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::Value;
use sha1::Sha1;
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
    /// 360dialog: Meta's bytes with the headers the business asked for, not signed.
    Dialog360 {
        /// The raw body.
        body: Bytes,
        /// Names and values.
        headers: Vec<(String, String)>,
    },
    /// Twilio: a form, `X-Twilio-Signature`.
    Twilio {
        /// Names and values.
        form: Vec<(String, String)>,
        /// The auth token.
        token: String,
    },
    /// Zendesk: one event, `X-Zendesk-Webhook-Signature`.
    Zendesk {
        /// The raw body.
        body: Bytes,
        /// The webhook's signing secret.
        secret: String,
    },
    /// Freshdesk: what the author of a rule wrote, not signed but for a header of theirs.
    Freshdesk {
        /// The raw body.
        body: Bytes,
        /// Name and value.
        header: (String, String),
    },
    /// Zoho: one operation, not signed; the channel's token stands in it.
    Zoho {
        /// The raw body.
        body: Bytes,
    },
    /// Intercom: one event, `X-Hub-Signature`; `delivery_attempts` grows with each try.
    Intercom {
        /// The event.
        event: Value,
        /// The client secret.
        secret: String,
    },
    /// A company's own CRM: a body, and a header that proves it.
    Rest {
        /// The raw body.
        body: Bytes,
        /// Name and value.
        header: (String, String),
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
    /// Answered with 2xx (Meta: with 200).
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
            Some(_) => {
                let soon = world.clock.until(world.clock.now() + 500);
                let soon = soon.clamp(Duration::from_millis(5), Duration::from_millis(500));
                tokio::time::timeout(soon, lane.recv()).await.unwrap_or(None)
            }
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
                Payload::HubSpot { .. } => Target::HubspotWebhook,
                Payload::Zendesk { .. } => Target::ZendeskWebhook,
                Payload::Zoho { .. } => Target::ZohoWebhook,
                Payload::Freshdesk { .. } => Target::FreshdeskWebhook,
                Payload::Intercom { .. } => Target::IntercomWebhook,
                Payload::Rest { .. } => Target::RestWebhook,
                _ => Target::WhatsappWebhook,
            },
            path: &job.url,
            method: "POST",
            to: &job.lane,
            kind: "",
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
    match pause(&job, &outcome).filter(|pause| now + pause - job.first_at <= last_try(&job.payload)) {
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

/// Pause before the next try. Meta and 360dialog: at once, then ever longer; Twilio: once more when there was no
/// connection; HubSpot: ten tries in all; Zendesk: three more, and only when the receiver asks for it.
fn pause(job: &Job, outcome: &Outcome) -> Option<i64> {
    match (&job.payload, job.attempts) {
        (Payload::Meta { .. } | Payload::Dialog360 { .. }, 1) => Some(0),
        (Payload::Meta { .. } | Payload::Dialog360 { .. }, n) => {
            Some((2_000_i64 << (n.saturating_sub(2)).min(20)).min(6 * 3_600_000))
        }
        (Payload::Twilio { .. }, n) => (n == 1 && outcome.status.is_none()).then_some(0),
        (Payload::Zendesk { .. }, n) => (n <= 3 && matches!(outcome.status, Some(409 | 429 | 503))).then_some(1_000),
        (Payload::Freshdesk { .. }, n) => (n < 48).then_some(1_800_000),
        (Payload::Intercom { .. }, n) => (n == 1 && outcome.status != Some(410)).then_some(60_000),
        // Whether it tries again is said nowhere.
        (Payload::Zoho { .. } | Payload::Rest { .. }, _) => None,
        (Payload::HubSpot { .. }, n) if n >= 10 => None,
        (Payload::HubSpot { .. }, n) => Some((60_000_i64 << n.min(9)).min(5 * 3_600_000)),
    }
}

/// Age at which a webhook is dropped (whatsapp-cloud-api.md §2: 7 days; crm-apis.md §1: 24 h).
fn last_try(payload: &Payload) -> i64 {
    match payload {
        Payload::Meta { .. } | Payload::Dialog360 { .. } => 7 * 86_400_000,
        Payload::Twilio { .. }
        | Payload::HubSpot { .. }
        | Payload::Zendesk { .. }
        | Payload::Freshdesk { .. }
        | Payload::Zoho { .. }
        | Payload::Rest { .. }
        | Payload::Intercom { .. } => 86_400_000,
    }
}

fn hubspot(world: &World, job: &Job, events: &[Value], secret: &str) -> reqwest::RequestBuilder {
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
    world
        .http
        .post(&job.url)
        .header("content-type", "application/json")
        .header("user-agent", "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client)")
        .header("x-hubspot-request-timestamp", &at)
        .header("x-hubspot-signature-version", "v3")
        .header("x-hubspot-signature-v3", STANDARD.encode(hmac(secret, &parts)))
        .body(body)
}

fn request(world: &World, job: &Job) -> reqwest::RequestBuilder {
    let request = world.http.post(&job.url);
    match &job.payload {
        Payload::Meta { body, secret, wrong_signature } => {
            let key = if *wrong_signature { "not-the-app-secret" } else { secret };
            request
                .header("content-type", "application/json")
                .header("user-agent", "facebookexternalua")
                .header("x-hub-signature-256", format!("sha256={}", hex::encode(hmac(key, &[body]))))
                .body(body.clone())
        }
        Payload::Dialog360 { body, headers } => {
            let request = request.header("content-type", "application/json");
            headers.iter().fold(request, |request, (name, value)| request.header(name, value)).body(body.clone())
        }
        Payload::Twilio { form, token } => request
            .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
            .header("user-agent", "TwilioProxy/1.1")
            .header("x-twilio-signature", twilio_signature(&job.url, form, token))
            .body(encoded(form)),
        Payload::Zoho { body } => request.header("content-type", "application/json").body(body.clone()),
        Payload::HubSpot { events, secret } => hubspot(world, job, events, secret),
        Payload::Intercom { event, secret } => crate::intercom::webhooks::signed(request, job.attempts, event, secret),
        Payload::Freshdesk { body, header: (name, value) } | Payload::Rest { body, header: (name, value) } => {
            request.header("content-type", "application/json").header(name, value).body(body.clone())
        }
        Payload::Zendesk { body, secret } => {
            let at = crate::zendesk::state::iso(world.clock.now());
            let signature = STANDARD.encode(hmac(secret, &[at.as_bytes(), body]));
            request
                .header("content-type", "application/json")
                .header("user-agent", "Zendesk Webhook")
                .header("x-zendesk-webhook-signature-timestamp", at)
                .header("x-zendesk-webhook-signature", signature)
                .body(body.clone())
        }
    }
}

/// Gives a webhook to whoever takes them instead of its receiver; false when nobody does.
fn taken(world: &World, job: &Job) -> bool {
    let taker = world.taker.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(taker) = taker.as_ref() else { return false };
    let Ok(request) = request(world, job).build() else { return false };
    let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let hook = Hook {
        url: job.url.clone(),
        headers: request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: request.body().and_then(|body| body.as_bytes()).map(Bytes::copy_from_slice).unwrap_or_default(),
    };
    taker.send(hook).is_ok()
}

async fn post(world: &World, job: &Job) -> Outcome {
    if taken(world, job) {
        return Outcome { delivered: true, status: Some(200), error: None, attempt: job.attempts };
    }
    match request(world, job).send().await {
        Ok(response) => {
            let status = response.status();
            // Reading the body to its end lets the connection be used again.
            let _ = response.bytes().await;
            let delivered = match job.payload {
                Payload::Meta { .. } => status == 200,
                _ => status.is_success(),
            };
            Outcome { delivered, status: Some(status.as_u16()), error: None, attempt: job.attempts }
        }
        Err(error) => Outcome { delivered: false, status: None, error: Some(error.to_string()), attempt: job.attempts },
    }
}

/// `a=b&c=d` as forms write it.
pub fn encoded(form: &[(String, String)]) -> String {
    let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
    url.query_pairs_mut().extend_pairs(form);
    url.query().unwrap_or_default().to_owned()
}

/// HMAC-SHA1 over the address and each field, sorted by name, name and value in a row.
pub fn twilio_signature(url: &str, form: &[(String, String)], token: &str) -> String {
    let mut sorted: Vec<&(String, String)> = form.iter().collect();
    sorted.sort();
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

/// HMAC-SHA256 over the parts in a row.
pub fn hmac(key: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_twilio_documents_it() {
        // The worked example of Twilio's security page.
        let form: Vec<(String, String)> = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675309"),
            ("Digits", "1234"),
            ("From", "+14158675309"),
            ("To", "+18005551212"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        assert_eq!(twilio_signature(url, &form, "12345"), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        assert!(encoded(&form).contains("Caller=%2B14158675309&Digits=1234"));
    }
}
