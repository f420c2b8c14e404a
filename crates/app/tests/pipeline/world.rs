//! A workspace with one WhatsApp number and a scripted provider.

use crate::house::{self, House, Number};
use bytes::Bytes;
use futures::future::BoxFuture;
use rapport_connectors::http::{Executor, Failure, Request, Response, Streamed};
use rapport_core::message::Content;
use rapport_core::{ChannelId, ConversationId, MessageId};
use rapport_store::Backend;
use rapport_store::send::Priority;
use serde_json::{Value, json};
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::AsyncWrite;

pub use crate::house::{START, customer};

pub const NUMBER: &str = "106540352242922";

/// Answers sends as the test wants and keeps what it was asked.
#[derive(Default)]
pub struct Provider {
    pub asked: Mutex<Vec<Value>>,
    pub requests: Mutex<Vec<Request>>,
    pub script: Mutex<Vec<Result<Response, Failure>>>,
    /// How long the answers to the next sends take, by turns; then none.
    pub slow: Mutex<Vec<Duration>>,
    /// What push services were asked.
    pub pushes: Mutex<Vec<Request>>,
    /// What they answer next; then 201.
    pub push_answers: Mutex<Vec<u16>>,
    /// What webhooks were told.
    pub hooks: Mutex<Vec<Request>>,
    /// What their targets answer next; then 200.
    pub hook_answers: Mutex<Vec<Result<Response, Failure>>>,
}

impl Provider {
    pub fn sends(&self) -> Vec<Value> {
        self.asked.lock().unwrap().clone()
    }

    pub fn answer(&self, one: Result<Response, Failure>) {
        self.script.lock().unwrap().push(one);
    }
}

pub fn refusal(status: u16, code: i64) -> Response {
    let body = json!({ "error": { "message": "no", "code": code, "error_data": { "details": "scripted" } } });
    Response::new(status, &[], Bytes::from(body.to_string()))
}

impl Executor for Provider {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        let body = request.json().unwrap_or(Value::Null);
        let mut slow = self.slow.lock().unwrap();
        let wait = if request.operation == "send" && !slow.is_empty() { slow.remove(0) } else { Duration::ZERO };
        drop(slow);
        let answer = if request.operation == "send" {
            self.requests.lock().unwrap().push(request);
            let mut asked = self.asked.lock().unwrap();
            asked.push(body);
            let mut script = self.script.lock().unwrap();
            if script.is_empty() {
                let id = format!("wamid.OUT{}", asked.len());
                let body = json!({ "messages": [{ "id": id }], "contacts": [{ "input": "x", "wa_id": "x" }] });
                Ok(Response::new(200, &[], Bytes::from(body.to_string())))
            } else {
                script.remove(0)
            }
        } else if request.vendor == "push" {
            self.pushes.lock().unwrap().push(request);
            let mut answers = self.push_answers.lock().unwrap();
            let status = if answers.is_empty() { 201 } else { answers.remove(0) };
            Ok(Response::new(status, &[], Bytes::new()))
        } else if request.vendor == "webhook" {
            self.hooks.lock().unwrap().push(request);
            let mut answers = self.hook_answers.lock().unwrap();
            if answers.is_empty() { Ok(Response::new(200, &[], "ok")) } else { answers.remove(0) }
        } else if request.operation == "content" {
            let mut requests = self.requests.lock().unwrap();
            requests.push(request);
            let body = json!({ "sid": format!("HX{}", requests.len()) });
            Ok(Response::new(201, &[], Bytes::from(body.to_string())))
        } else {
            Ok(Response::new(200, &[], Bytes::from_static(b"{\"success\":true}")))
        };
        Box::pin(async move {
            tokio::time::sleep(wait).await;
            answer
        })
    }

    fn stream<'a>(
        &'a self,
        _: Request,
        _: &'a mut (dyn AsyncWrite + Unpin + Send),
        _: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        Box::pin(async { Err(Failure::NotSent("no files in this test".to_owned())) })
    }
}

pub struct World {
    house: House<Provider>,
    pub channel: ChannelId,
}

impl Deref for World {
    type Target = House<Provider>;

    fn deref(&self) -> &Self::Target {
        &self.house
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.house
    }
}

impl World {
    pub async fn open(backend: Backend) -> Self {
        let mut house = House::open(backend).await;
        let number = Number {
            name: "Shop",
            id: NUMBER,
            phone: "+1 555-078-3881",
            account: "waba",
            portfolio: "portfolio",
            throughput: 80,
        };
        let channel = house.connect(&number).await;
        house.start().await;
        Self { house, channel }
    }

    pub async fn deliver(&self, body: &Value) {
        self.deliver_to(self.channel, body).await;
    }

    /// A text by an agent, as the use case stores it.
    pub async fn write(&self, conversation: ConversationId, body: &str) -> MessageId {
        self.say(conversation, Content::Text { body: body.to_owned(), preview_url: None }).await
    }

    /// A text that goes as a notice.
    pub async fn notify(&self, conversation: ConversationId, body: &str) -> MessageId {
        let content = Content::Text { body: body.to_owned(), preview_url: None };
        self.queue_over(self.channel, conversation, content, Priority::Service).await
    }

    /// Any content by an agent.
    pub async fn say(&self, conversation: ConversationId, content: Content) -> MessageId {
        self.say_over(self.channel, conversation, content).await
    }

    pub async fn only_conversation(&self) -> ConversationId {
        let page = rapport_store::testing::text(&self.app.store, "SELECT id FROM conversation LIMIT 1").await.unwrap();
        ConversationId(page.parse().unwrap())
    }

    pub async fn finish(self) {
        self.house.finish().await;
    }
}

pub fn envelope(value: Value) -> Value {
    house::envelope(NUMBER, value)
}

pub fn text(n: usize, id: &str, seconds: i64, body: &str) -> Value {
    envelope(json!({
        "contacts": [{ "profile": { "name": format!("Customer {n}") }, "wa_id": customer(n), "user_id": format!("US.{n}") }],
        "messages": [{ "from": customer(n), "from_user_id": format!("US.{n}"), "id": id, "timestamp": seconds.to_string(),
                       "type": "text", "text": { "body": body } }]
    }))
}

pub fn status(n: usize, id: &str, word: &str, seconds: i64, callback: Option<&str>) -> Value {
    let mut one = json!({ "id": id, "status": word, "timestamp": seconds.to_string(), "recipient_id": customer(n) });
    if let Some(callback) = callback {
        one["biz_opaque_callback_data"] = json!(callback);
    }
    envelope(json!({ "statuses": [one] }))
}
