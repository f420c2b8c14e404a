//! The way between the product and the stand-in: calls without sockets, and what goes wrong with them by the seed.
//!
//! One thing happens at a time, so that a seed always gives the same story. What in the world happens at once - a
//! person who edits while a batch is under way, a second job - happens here while a call is on its way: before it
//! arrives, or before its answer is back.

use super::clock::Time;
use super::stand::{Call, READS, Stand};
use super::world::World;
use crate::Result;
use bytes::Bytes;
use futures::future::BoxFuture;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rapport_app::clock::Clock;
use rapport_connectors::http::{Body, Executor, Failure, Request, Response, Streamed};
use rapport_core::Ms;
use rapport_sandbox::{Answer, Handle};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::io::AsyncWrite;
use tokio::sync::Notify;

/// How much goes wrong, each of a thousand calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weather {
    /// Refusals, limits, lost answers, refused tokens.
    pub faults: u32,
    /// The process dies during the call.
    pub deaths: u32,
    /// Something else happens meanwhile.
    pub meanwhile: u32,
}

/// What the product asked for, counted.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// Calls by what they are for.
    pub calls: BTreeMap<&'static str, u64>,
    /// Calls that write records.
    pub writes: u64,
    /// Refusals for too many calls that nobody ordered.
    pub too_many: u64,
    /// Faults that were ordered.
    pub faults: u64,
}

impl Counts {
    /// All calls.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }
}

/// The executor of a simulated product.
pub struct Wire {
    crm: Arc<Handle>,
    stand: &'static Stand,
    time: Arc<Time>,
    rng: Mutex<StdRng>,
    weather: Mutex<Weather>,
    counts: Mutex<Counts>,
    /// Told when the process is to die.
    pub death: Notify,
    /// Nothing is answered at all.
    pub is_down: AtomicBool,
    depth: AtomicU32,
    /// Writes that come back as echoes, when they were made; `None` where there are no echoes.
    echoes: Mutex<Option<Vec<(Ms, Request)>>>,
    world: Mutex<Weak<World>>,
}

/// An echo comes so long after its write, at the earliest. Milliseconds.
const ECHO: i64 = 20_000;

enum Plan {
    Well,
    NotSent,
    Fault(Value),
    Death { before: bool },
}

impl Wire {
    /// A way on which nothing goes wrong yet.
    pub fn new(crm: Arc<Handle>, stand: &'static Stand, time: Arc<Time>, seed: u64) -> Arc<Self> {
        Arc::new(Self {
            crm,
            stand,
            time,
            rng: Mutex::new(StdRng::seed_from_u64(seed ^ 0x57_49_52_45)),
            weather: Mutex::default(),
            counts: Mutex::default(),
            death: Notify::new(),
            is_down: AtomicBool::new(false),
            depth: AtomicU32::new(0),
            echoes: Mutex::default(),
            world: Mutex::default(),
        })
    }

    /// Who does what happens meanwhile.
    pub fn belongs_to(&self, world: &Arc<World>) {
        *lock(&self.world) = Arc::downgrade(world);
    }

    /// From now on so much goes wrong.
    pub async fn weather(&self, weather: Weather) -> Result<()> {
        *lock(&self.weather) = weather;
        if weather.faults == 0 {
            self.control("DELETE", "/_sandbox/faults", &Value::Null).await?;
        }
        Ok(())
    }

    /// What was counted so far.
    pub fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// From now on what is written is written once more when the records are next read.
    pub fn echoes(&self, on: bool) {
        *lock(&self.echoes) = on.then(Vec::new);
    }

    /// Nobody is under way any more: the process that was is gone.
    pub fn abandoned(&self) {
        self.depth.store(0, Ordering::SeqCst);
    }

    /// A call of the control, or of somebody else than the product.
    pub async fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { json!({}) } else { body.clone() };
        self.call(&Call { method: word(method), path: path.to_owned(), headers: Vec::new(), body }).await
    }

    /// The same with everything chosen.
    pub async fn call(&self, call: &Call) -> Result<Value> {
        let mut headers = call.headers.clone();
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
        let body = if call.method == "GET" { Bytes::new() } else { Bytes::from(call.body.to_string()) };
        let answer = self.crm.ask(call.method, &call.path, &headers, body).await.ok_or("the stand-in cut a call")?;
        if !(200..300).contains(&answer.status) {
            let text = String::from_utf8_lossy(&answer.body);
            return Err(format!("{} {}: {} {text}", call.method, call.path, answer.status).into());
        }
        Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    fn plan(&self) -> (Plan, bool, bool) {
        let weather = *lock(&self.weather);
        let mut rng = lock(&self.rng);
        let mut chance = |share: u32| rng.random_range(0..1_000) < share;
        let (fault, death, before, after) =
            (chance(weather.faults), chance(weather.deaths), chance(weather.meanwhile), chance(weather.meanwhile));
        let pick = rng.random_range(0..10);
        let plan = if death {
            Plan::Death { before: pick < 3 }
        } else if fault {
            match pick {
                0 => Plan::NotSent,
                1..3 => Plan::Fault(json!({ "kind": "drop_response" })),
                3 => Plan::Fault(json!({ "kind": "cut_before" })),
                4 => Plan::Fault(json!({ "kind": "status", "status": 500, "after": true })),
                5..7 => Plan::Fault(json!({ "kind": "status", "status": 429 })),
                7 => Plan::Fault(json!({ "kind": "status", "status": 401 })),
                other => Plan::Fault(json!({ "kind": "status", "status": if other == 8 { 502 } else { 503 } })),
            }
        } else {
            Plan::Well
        };
        (plan, before, after)
    }

    async fn carry(&self, request: Request) -> std::result::Result<Response, Failure> {
        let path = path(&request.url);
        let (plan, before, after) = self.plan();
        // Whoever fetches a token makes all others wait: nothing can happen meanwhile that needs one.
        let is_free = request.operation != "token";
        let travel = lock(&self.rng).random_range(5..120);
        self.time.advance(travel);
        self.breathe().await;
        let say = |what: &str| {
            if let Some(world) = lock(&self.world).upgrade() {
                world.say(|| format!("  {} {what}", request.operation));
            }
        };
        if self.is_down.load(Ordering::SeqCst) {
            return Err(Failure::NotSent("connection refused".to_owned()));
        }
        let lost = || Failure::Ambiguous("the connection was closed".to_owned());
        let dies = matches!(plan, Plan::Death { .. });
        match plan {
            Plan::Death { before: true } => return self.die().await,
            Plan::NotSent => return Err(Failure::NotSent("connection refused".to_owned())),
            Plan::Fault(mut fault) => {
                say(&format!("meets {fault}"));
                fault["target"] = self.stand.kind.into();
                fault["times"] = 1.into();
                self.control("POST", "/_sandbox/faults", &fault)
                    .await
                    .map_err(|error| Failure::NotSent(error.to_string()))?;
                lock(&self.counts).faults += 1;
            }
            _ => {}
        }
        if before && is_free {
            self.meanwhile().await;
        }
        let answer = self.ask(&request, &path).await;
        say(&format!(
            "{} is answered {:?}",
            request.json().map_or_else(String::new, |body| format!("{body:.600}")),
            answer.as_ref().map(|answer| answer.status)
        ));
        if dies {
            return self.die().await;
        }
        if after && is_free {
            self.meanwhile().await;
        }
        self.time.advance(travel);
        self.breathe().await;
        let Some(Answer { status, headers, body }) = answer else { return Err(lost()) };
        Ok(Response { status, headers, body })
    }

    async fn breathe(&self) {
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }

    async fn ask(&self, request: &Request, path: &str) -> Option<Answer> {
        let writes = request.method.as_str() != "GET" && !READS.iter().any(|part| path.contains(part));
        let due = |(at, _): &mut (Ms, Request)| self.time.now().since(*at) > ECHO;
        let again: Vec<(Ms, Request)> = lock(&self.echoes)
            .as_mut()
            .filter(|_| !writes)
            .map(|all| all.extract_if(.., due).collect())
            .unwrap_or_default();
        for (_, echo) in again {
            self.hand_over(&echo, &self::path(&echo.url)).await;
            lock(&self.counts).writes += 1;
        }
        if let (true, Some(all)) = (writes, lock(&self.echoes).as_mut()) {
            all.push((self.time.now(), request.clone()));
        }
        let ordered = lock(&self.weather).faults > 0;
        let answer = self.hand_over(request, path).await;
        let mut counts = lock(&self.counts);
        *counts.calls.entry(request.operation).or_default() += 1;
        counts.writes += u64::from(writes);
        counts.too_many += u64::from(!ordered && answer.as_ref().is_some_and(|answer| answer.status == 429));
        answer
    }

    async fn hand_over(&self, request: &Request, path: &str) -> Option<Answer> {
        let mut headers: Vec<(String, String)> =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        headers.extend(request.named.iter().cloned());
        let bearer = request.bearer.as_ref().map(|token| format!("Bearer {}", token.expose()));
        headers.extend(bearer.map(|bearer| ("authorization".to_owned(), bearer)));
        let body = if let Body::Bytes(bytes) = &request.body { bytes.clone() } else { Bytes::new() };
        self.crm.ask(request.method.as_str(), path, &headers, body).await
    }

    /// The process dies here: whoever runs the job hears of it and drops it.
    async fn die(&self) -> std::result::Result<Response, Failure> {
        self.death.notify_one();
        std::future::pending().await
    }

    /// Something else happens now; not while something else happens.
    async fn meanwhile(&self) {
        let Some(world) = lock(&self.world).upgrade() else { return };
        if self.depth.fetch_add(1, Ordering::SeqCst) == 0 {
            let pick = lock(&self.rng).random_range(0..4);
            Box::pin(world.meanwhile(pick)).await;
        }
        self.depth.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Executor for Wire {
    fn run(&self, request: Request) -> BoxFuture<'_, std::result::Result<Response, Failure>> {
        Box::pin(self.carry(request))
    }

    fn stream<'a>(
        &'a self,
        _: Request,
        _: &'a mut (dyn AsyncWrite + Unpin + Send),
        _: u64,
    ) -> BoxFuture<'a, std::result::Result<Streamed, Failure>> {
        Box::pin(async { Err(Failure::Blocked("no files are fetched in a simulation".to_owned())) })
    }
}

/// What is left of an address without scheme and host.
fn path(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |at| rest[at..].to_owned())
}

fn word(method: &str) -> &'static str {
    match method {
        "POST" => "POST",
        "DELETE" => "DELETE",
        _ => "GET",
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
