//! A sandbox, a webhook receiver, and short forms of calls for the tests.
#![allow(dead_code)] // each test binary uses its own part

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use rapport_sandbox::{Clock, Config, Handle, NumberConfig, Sandbox, StatusDelays};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// The default number.
pub const P: &str = "106540352242922";
/// Its account.
pub const W: &str = "102290129340398";

/// A delivered webhook.
#[derive(Clone)]
pub struct Hook {
    pub headers: HashMap<String, String>,
    pub raw: Vec<u8>,
    pub body: Value,
}

#[derive(Default)]
struct Inbox {
    hooks: Vec<Hook>,
    refuse: u32,
}

/// Receives webhooks.
#[derive(Clone, Default)]
pub struct Receiver(Arc<Mutex<Inbox>>);

impl Receiver {
    pub fn refuse_next(&self, times: u32) {
        self.0.lock().unwrap().refuse = times;
    }

    pub fn all(&self) -> Vec<Hook> {
        self.0.lock().unwrap().hooks.clone()
    }

    pub fn clear(&self) {
        self.0.lock().unwrap().hooks.clear();
    }

    /// Values of all `messages` changes that have `key`.
    pub fn items(&self, key: &str) -> Vec<Value> {
        self.all()
            .iter()
            .filter_map(|hook| hook.body.pointer(&format!("/entry/0/changes/0/value/{key}/0")).cloned())
            .collect()
    }

    /// Waits until `enough` holds (5 s at most).
    pub async fn until(&self, enough: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !enough(self) {
            assert!(
                start.elapsed() < Duration::from_secs(5),
                "timed out; got {:#?}",
                self.all().iter().map(|h| h.body.to_string()).collect::<Vec<_>>()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mut inbox = receiver.0.lock().unwrap();
    if inbox.refuse > 0 {
        inbox.refuse -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let headers = headers.iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap_or("").to_owned())).collect();
    let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    inbox.hooks.push(Hook { headers, raw: body.to_vec(), body: value });
    StatusCode::OK
}

async fn shake(Query(query): Query<HashMap<String, String>>) -> Result<String, StatusCode> {
    if query.get("hub.verify_token").is_some_and(|token| token == "sandbox-verify") {
        Ok(query["hub.challenge"].clone())
    } else {
        Err(StatusCode::FORBIDDEN)
    }
}

/// A sandbox with a receiver for its webhooks.
pub struct Bench {
    pub sandbox: Handle,
    pub receiver: Receiver,
    pub hook_url: String,
    pub http: reqwest::Client,
}

/// Starts both; the clock stands almost still unless `speed` is given.
pub async fn bench_with(config: Config) -> Bench {
    let receiver = Receiver::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr: SocketAddr = listener.local_addr().unwrap();
    let app = Router::new().route("/hook", get(shake).post(take)).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let hook_url = format!("http://{addr}/hook");
    let numbers = vec![NumberConfig { callback_url: Some(hook_url.clone()), ..NumberConfig::default() }];
    let sandbox = Sandbox::start(Config { numbers, ..config }).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Bench { sandbox, receiver, hook_url, http }
}

pub async fn bench() -> Bench {
    let delays = StatusDelays { sent_ms: 10, delivered_ms: 20, read_ms: 30, read_ratio: 1.0 };
    bench_with(Config { delays, review_ms: 10, clock: Clock::new(Some(1_795_000_000_000), 1.0), ..Config::default() })
        .await
}

impl Bench {
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let token = if path.starts_with("/hubspot") { "pat-na1-test" } else { "sandbox-token" };
        let mut request = self.http.request(method, format!("{}{path}", self.sandbox.base_url())).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub async fn send(&self, extra: Value) -> (u16, Value) {
        let mut body = json!({"messaging_product": "whatsapp", "to": "+491511234567"});
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        self.call("POST", &format!("/v23.0/{P}/messages"), Some(body)).await
    }

    pub async fn control(&self, path: &str, body: Value) -> Value {
        let (status, value) = self.call("POST", &format!("/_sandbox{path}"), Some(body)).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    pub async fn customer_writes(&self, text: &str) -> Value {
        self.control("/whatsapp/inbound", json!({"from": "+491511234567", "name": "Ana Grün", "text": text})).await
    }
}
