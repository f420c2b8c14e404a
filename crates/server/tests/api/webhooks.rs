//! Webhooks over real sockets: a receiver of this test checks every signature itself, and refuses, is gone, points inwards
//! or never answers; and the API around them.

use crate::harness::{Client, Shop, TestApp};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response as Answer};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use hmac::{Hmac, KeyInit, Mac};
use rapport_app::services::Services;
use rapport_connectors::http::{self, AllowList, Executor, Failure, Request, Response, Streamed};
use rapport_core::time::SECOND;
use serde_json::{Value, json};
use sha2::Sha256;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::AsyncWrite;
use tokio::net::TcpListener;

const HOOKS: &str = "/api/v1/webhooks";

/// Reaches the receiver and nobody else.
struct OnlyHooks(http::Client);

impl Executor for OnlyHooks {
    fn may_call(&self, url: &str) -> Result<(), String> {
        self.0.may_call(url)
    }

    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        if request.vendor == "webhook" {
            return self.0.run(request);
        }
        Box::pin(async move { Err(Failure::Blocked(format!("a test called {}", request.operation))) })
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        sink: &'a mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        self.0.stream(request, sink, cap)
    }
}

fn outside(allow: AllowList) -> http::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    http::Client::new(http::Config { allow, ..http::Config::default() }).unwrap()
}

/// A company's program.
#[derive(Clone, Default)]
struct Receiver {
    /// What came, by path, with whether it was the first under its id.
    came: Arc<Mutex<Vec<(String, String, Value)>>>,
    /// Secrets by path.
    secrets: Arc<Mutex<HashMap<String, String>>>,
}

impl Receiver {
    async fn start() -> (Self, String) {
        let own = Self::default();
        let router = Router::new().route("/{behaviour}", post(take)).with_state(own.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (own, base)
    }

    fn knows(&self, behaviour: &str, secret: String) {
        self.secrets.lock().unwrap().insert(behaviour.to_owned(), secret);
    }

    fn came(&self, behaviour: &str) -> Vec<(String, Value)> {
        let came = self.came.lock().unwrap();
        came.iter().filter(|(path, _, _)| path == behaviour).map(|(_, id, body)| (id.clone(), body.clone())).collect()
    }
}

/// By the words of the Standard Webhooks convention, with nothing of ours.
fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.", text("webhook-id"), text("webhook-timestamp")).as_bytes());
    mac.update(body);
    let expected = STANDARD.encode(mac.finalize().into_bytes());
    text("webhook-signature").split(' ').any(|one| one.strip_prefix("v1,") == Some(&expected))
}

async fn take(State(own): State<Receiver>, Path(behaviour): Path<String>, headers: HeaderMap, body: Bytes) -> Answer {
    let secret = own.secrets.lock().unwrap().get(&behaviour).cloned();
    // What comes before the secret is known is no lesson.
    let signed = secret.is_some_and(|secret| is_signed(&secret, &headers, &body));
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let times = {
        let mut came = own.came.lock().unwrap();
        came.push((behaviour.clone(), id.clone(), serde_json::from_slice(&body).unwrap()));
        came.iter().filter(|(path, known, _)| *path == behaviour && *known == id).count()
    };
    if !signed {
        return (StatusCode::UNAUTHORIZED, "the signature does not fit").into_response();
    }
    match behaviour.as_str() {
        "flaky" if times == 1 => (StatusCode::INTERNAL_SERVER_ERROR, "try\u{0} again").into_response(),
        "busy" if times == 1 => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]).into_response(),
        "gone" => StatusCode::GONE.into_response(),
        "inwards" => (StatusCode::FOUND, [("location", "http://169.254.169.254/latest/meta-data")]).into_response(),
        "silent" => std::future::pending().await,
        "chatty" => "x".repeat(9 << 20).into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

struct Town {
    test: TestApp,
    shop: Shop,
    owner: Client,
    receiver: Receiver,
    base: String,
    services: Services,
}

impl Town {
    async fn open() -> Self {
        let (receiver, base) = Receiver::start().await;
        let allow = AllowList::parse(["127.0.0.1"]).unwrap();
        let http = outside(allow);
        let (test, shop, owner) = Shop::open_in(TestApp::calling(Arc::new(OnlyHooks(http))).await).await;
        let services = Services::start(&test.app).await.unwrap();
        Self { test, shop, owner, receiver, base, services }
    }

    /// Subscribes a program that behaves like this; its webhook's path.
    async fn subscribe(&self, behaviour: &str, mut body: Value) -> String {
        body["target_url"] = json!(format!("{}/{behaviour}", self.base));
        let made = self.owner.post(HOOKS, body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        self.receiver.knows(behaviour, made.text("/secret"));
        format!("{HOOKS}/{}", made.text("/id"))
    }

    async fn until(&self, what: &str, path: &str, step: i64, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        for _ in 0..600 {
            last = self.owner.get(path).await.body;
            if wanted(&last) {
                return last;
            }
            self.test.clock.advance(step);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what}: {last}");
    }

    async fn close(self) {
        self.test.app.shutdown.cancel();
        self.services.join(&self.test.app).await;
    }
}

fn tries(deliveries: &Value, at: usize) -> Vec<(Value, Value)> {
    let tries = deliveries["items"][at]["tries"].as_array().unwrap();
    tries.iter().map(|one| (one["status"].clone(), one["code"].clone())).collect()
}

fn is_delivered(deliveries: &Value) -> bool {
    deliveries["items"][0]["state"] == "delivered"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receivers_get_what_they_subscribed_to_whatever_they_do() {
    let town = Town::open().await;
    let event = json!({ "event": "message.received" });
    let mut hooks = HashMap::new();
    for behaviour in ["well", "flaky", "busy", "gone", "inwards", "chatty", "silent"] {
        hooks.insert(behaviour, town.subscribe(behaviour, event.clone()).await);
    }
    let log = |behaviour: &str| format!("{}/deliveries", hooks[behaviour]);
    let began = Instant::now();
    town.shop.hear("971500000001", "أمل", "hello \u{1f44b}").await;
    // One that never answers holds nobody up.
    town.until("well", &log("well"), 0, is_delivered).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let (id, body) = town.receiver.came("well").remove(0);
    assert_eq!((&body["type"], &body["id"]), (&json!("message.received"), &json!(id)));
    assert_eq!(body["data"]["message"]["text"], "hello \u{1f44b}");
    assert_eq!(body["data"]["contact"]["name"], "أمل");
    let sample = town.owner.get(&format!("{HOOKS}/samples/message.received")).await.body[0].clone();
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for part in ["", "/data", "/data/message", "/data/contact", "/data/conversation"] {
        assert_eq!(members(body.pointer(part).unwrap()), members(sample.pointer(part).unwrap()), "{part}");
    }
    town.until("chatty", &log("chatty"), 0, is_delivered).await;
    let flaky = town.until("flaky", &log("flaky"), SECOND, is_delivered).await;
    assert_eq!(tries(&flaky, 0), [(json!(500), json!("failed")), (json!(204), json!(""))]);
    assert_eq!(flaky["items"][0]["tries"][0]["answer"], "try  again");
    let busy = town.until("busy", &log("busy"), SECOND, is_delivered).await;
    let [first, second] = [0, 1].map(|at| busy["items"][0]["tries"][at]["at"].as_i64().unwrap());
    assert!(second - first >= 7 * SECOND, "as it asked: {first} {second}");
    town.until("gone", &hooks["gone"], 0, |hook| hook["status"] == "ended").await;
    let inwards = town.until("inwards", &log("inwards"), 0, |all| all["items"][0]["attempts"] != 0).await;
    assert_eq!(tries(&inwards, 0)[0], (json!(302), json!("redirect")), "not followed");
    let silent = town.until("silent", &log("silent"), 0, |all| all["items"][0]["attempts"] != 0).await;
    assert_eq!(tries(&silent, 0)[0], (Value::Null, json!("no_answer")));
    // A message under one id, however often it came.
    for behaviour in ["flaky", "busy"] {
        let came = town.receiver.came(behaviour);
        assert_eq!((came.len(), &came[0]), (2, &came[1]), "{behaviour}");
    }
    assert_eq!(town.receiver.came("well").len(), 1);
    town.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trial_says_what_was_answered_and_replays_send_again() {
    let town = Town::open().await;
    let well = town.subscribe("well", json!({ "events": ["contact.created"], "name": "Billing" })).await;
    let trial = town.owner.post(&format!("{well}/test"), json!({ "event": "order.changed" })).await;
    assert_eq!((trial.status, trial.text("/state")), (200, "delivered".to_owned()));
    assert_eq!(trial.body["tries"][0]["status"], 204);
    assert_eq!(town.receiver.came("well")[0].1["data"]["order"]["number"], "10021");
    // Paused: a trial goes all the same, and what happens waits.
    let paused = town.owner.patch(&well, json!({ "status": "paused" })).await;
    assert_eq!((paused.text("/status"), paused.text("/reason")), ("paused".to_owned(), "person".to_owned()));
    assert_eq!(town.owner.post(&format!("{well}/test"), json!({})).await.text("/event"), "webhook.test");
    town.shop.hear("971500000001", "Amal", "hello").await;
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(town.receiver.came("well").len(), 2);
    town.owner.patch(&well, json!({ "status": "active" })).await;
    let log = format!("{well}/deliveries?event=contact.created");
    let rows = town.until("what waited follows", &log, 0, is_delivered).await;
    let one = format!("{well}/deliveries/{}", rows["items"][0]["id"].as_str().unwrap());
    assert_eq!(town.owner.get(&one).await.body["body"]["data"]["contact"]["name"], "Amal");
    assert_eq!(town.owner.post(&format!("{one}/replay"), json!(null)).await.body, json!({ "replayed": 1 }));
    town.until("again", &one, 0, |row| row["state"] == "delivered" && row["tries"][1]["status"] == 204).await;
    let came = town.receiver.came("well");
    assert_eq!((came.len(), &came[2]), (4, &came[3]), "under the id it has");
    // A receiver with another secret says so, and the trial shows its words; it does not count against the webhook.
    town.receiver.knows("well", "whsec_bm90IHRoZSBzZWNyZXQ=".to_owned());
    let refused = town.owner.post(&format!("{well}/test"), json!({})).await;
    let last = &refused.body["tries"][0];
    assert_eq!((refused.text("/state"), &last["status"]), ("dead".to_owned(), &json!(401)));
    assert_eq!(last["answer"], "the signature does not fit");
    assert_eq!(town.owner.get(&well).await.body["failures"], 0);
    let listed = town.owner.get(&format!("{well}/deliveries?state=dead")).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    // With the right one again, everything that was given up is made again.
    let replaced = town.owner.post(&format!("{well}/secret"), json!({ "keep_minutes": 0 })).await;
    town.receiver.knows("well", replaced.text("/secret"));
    assert_eq!(town.owner.post(&format!("{well}/replay"), json!(null)).await.body["replayed"], 1);
    town.until("all", &format!("{well}/deliveries?state=dead"), 0, |all| all["items"] == json!([])).await;
    town.close().await;
}

#[tokio::test]
async fn what_cannot_be_a_webhook_is_refused() {
    let (test, owner) = TestApp::with_owner().await;
    let new = |url: &str, events: Value| json!({ "url": url, "events": events });
    for (body, field) in [
        (new("", json!([])), "url"),
        (new("ftp://shop.example/x", json!([])), "url"),
        (new("https://shop.example/a b", json!([])), "url"),
        (new(&format!("https://shop.example/{}", "x".repeat(2_000)), json!([])), "url"),
        (new("https://shop.example/x", json!(["message.recieved"])), "events"),
        (json!({ "url": "https://shop.example/x", "event": "webhook.test" }), "events"),
        (json!({ "url": "https://shop.example/x", "name": "\u{7}" }), "name"),
        (json!({ "url": "https://shop.example/x", "channels": ["00000000-0000-7000-8000-000000000000"] }), "channels"),
    ] {
        let reply = owner.post(HOOKS, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}");
    }
    assert_eq!(owner.post(HOOKS, json!({ "url": "https://x.example", "secret": "x" })).await.status, 400);
    let once = owner.with("idempotency-key", "zap-1");
    let body = new("https://shop.example/x", json!(["message.received", "message.received"]));
    let (made, again) = (once.post(HOOKS, body.clone()).await, once.post(HOOKS, body.clone()).await);
    assert_eq!((made.status, &made.body), (201, &again.body), "a repeated subscription is the same");
    assert_eq!((made.text("/name"), &made.body["events"]), ("shop.example".to_owned(), &json!(["message.received"])));
    assert!(made.text("/secret").starts_with("whsec_"));
    let listed = owner.get(HOOKS).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    assert!(!String::from_utf8(listed.bytes).unwrap().contains("whsec_"), "a secret is shown once");
    for _ in 1..50 {
        assert_eq!(owner.post(HOOKS, body.clone()).await.status, 201);
    }
    assert_eq!(owner.post(HOOKS, body).await.problem(), (422, "too_many".to_owned()));
    let path = format!("{HOOKS}/{}", made.text("/id"));
    assert_eq!(owner.patch(&path, json!({ "url": "https://", "name": "x" })).await.status, 422);
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
    assert_eq!(owner.get(&format!("{HOOKS}/samples/nothing")).await.status, 404);
    let kinds = owner.get(&format!("{HOOKS}/events")).await;
    assert!(kinds.body.as_array().unwrap().len() > 10);
    let agent = owner.post("/api/v1/tokens", json!({ "name": "x", "role": "agent" })).await.text("/secret");
    assert_eq!(test.bearer(&agent).get(HOOKS).await.status, 403);
}

#[tokio::test]
async fn nothing_inside_the_house_can_be_told() {
    let http = outside(AllowList::none());
    let test = TestApp::calling(Arc::new(OnlyHooks(http))).await;
    let workspace = test.workspace("a").await;
    let owner = test.bearer(&workspace.token);
    for url in [
        "http://shop.example/x",
        "https://127.0.0.1/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://2130706433/x",
        "https://user:word@shop.example/x",
        "file:///etc/passwd",
    ] {
        let reply = owner.post(HOOKS, json!({ "url": url, "event": "message.received" })).await;
        assert_eq!((reply.status, reply.text("/field")), (422, "url".to_owned()), "{url}");
    }
    // A name that leads inwards is found out at the call.
    let made = owner.post(HOOKS, json!({ "url": "https://localhost/x" })).await;
    let trial = owner.post(&format!("{HOOKS}/{}/test", made.text("/id")), json!({})).await;
    assert_eq!(trial.body["tries"][0]["code"], "blocked");
}

#[tokio::test]
async fn a_program_learns_who_it_is() {
    let (test, owner) = TestApp::with_owner().await;
    let made = owner.post("/api/v1/tokens", json!({ "name": "Zapier", "role": "agent" })).await;
    let me = test.bearer(&made.text("/secret")).get("/api/v1/whoami").await;
    assert_eq!((me.text("/kind"), me.text("/name")), ("api".to_owned(), "Zapier".to_owned()));
    assert_eq!((me.text("/role"), me.text("/workspace_name")), ("agent".to_owned(), "Shop a".to_owned()));
    assert!(me.body["permissions"].as_array().unwrap().contains(&json!("inbox.write")));
    assert_eq!(test.browser("owner@a.example").await.get("/api/v1/whoami").await.text("/kind"), "user");
    assert_eq!(test.nobody().get("/api/v1/whoami").await.status, 401);
}
