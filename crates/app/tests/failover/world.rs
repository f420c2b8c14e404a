//! A workspace with two numbers at a scripted provider that keeps count of what each was asked to send.

use crate::house::{House, Number, envelope};
use bytes::Bytes;
use futures::future::BoxFuture;
use rapport_app::App;
use rapport_app::services::Services;
use rapport_connectors::http::{Executor, Failure, Request, Response, Streamed};
use rapport_core::message::Content;
use rapport_core::{ChannelId, ConversationId, MessageId};
use rapport_store::Backend;
use rapport_store::route::RouteRow;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Mutex;
use std::time::Duration;
use tokio::io::AsyncWrite;

pub use crate::house::{START, customer};

/// What a number's provider does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Answers at once.
    Well,
    /// Answers after this long.
    Slow(u64),
    /// Takes no connection.
    Down,
    /// Answers 500 to everything; of messages it may have taken some before.
    Broken,
    /// Takes the message, then cuts the connection.
    Cut,
    /// Answers questions, but takes no connection for messages.
    Deaf,
}

/// A message that reached a provider: over which number, and its callback text.
pub type Taken = (String, String, Value);

/// The provider of both numbers. Its paths begin with the number's id.
#[derive(Default)]
pub struct Provider {
    moods: Mutex<HashMap<String, Mood>>,
    pub taken: Mutex<Vec<Taken>>,
}

impl Provider {
    pub fn is(&self, number: &str, mood: Mood) {
        self.moods.lock().unwrap().insert(number.to_owned(), mood);
    }

    /// How often each message was taken, by its id.
    pub fn times(&self) -> HashMap<String, usize> {
        let mut times = HashMap::new();
        for (_, callback, _) in self.taken.lock().unwrap().iter() {
            let id = callback.split(':').nth(1).unwrap().to_owned();
            *times.entry(id).or_insert(0) += 1;
        }
        times
    }

    /// How many messages were taken over a number.
    pub fn over(&self, number: &str) -> usize {
        self.taken.lock().unwrap().iter().filter(|(over, ..)| over == number).count()
    }

    fn take(&self, number: &str, body: Value) -> String {
        let mut taken = self.taken.lock().unwrap();
        let callback = body["biz_opaque_callback_data"].as_str().unwrap_or_default().to_owned();
        taken.push((number.to_owned(), callback, body));
        format!("wamid.{number}.{}", taken.len())
    }
}

fn json_answer(status: u16, body: &Value) -> Response {
    Response::new(status, &[], Bytes::from(body.to_string()))
}

impl Executor for Provider {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        let url = request.url.to_string();
        let number = [ONE, TWO].into_iter().find(|number| url.contains(*number)).unwrap_or_default();
        let mood = self.moods.lock().unwrap().get(number).copied().unwrap_or(Mood::Well);
        let sends = request.operation == "send";
        let body = request.json().unwrap_or(Value::Null);
        Box::pin(async move {
            match mood {
                Mood::Down => return Err(Failure::NotSent("connection refused".to_owned())),
                Mood::Broken if sends && self.taken.lock().unwrap().len().is_multiple_of(2) => {
                    self.take(number, body);
                    return Ok(json_answer(500, &json!({})));
                }
                Mood::Broken => return Ok(json_answer(500, &json!({}))),
                Mood::Cut if sends => {
                    self.take(number, body);
                    return Err(Failure::Ambiguous("connection reset".to_owned()));
                }
                Mood::Cut => return Err(Failure::Ambiguous("connection reset".to_owned())),
                Mood::Slow(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                Mood::Deaf if sends => return Err(Failure::NotSent("connection refused".to_owned())),
                Mood::Well | Mood::Deaf => {}
            }
            if sends {
                let id = self.take(number, body);
                let answer = json!({ "messages": [{ "id": id }], "contacts": [{ "input": "x", "wa_id": "x" }] });
                return Ok(json_answer(200, &answer));
            }
            let answer = json!({ "id": number, "display_phone_number": phone(number), "verified_name": "Shop",
                "quality_rating": "GREEN", "status": "CONNECTED", "success": true, "data": [] });
            Ok(json_answer(200, &answer))
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

pub const ONE: &str = "1001001001";
pub const TWO: &str = "2002002002";
/// An answer that takes longer is slow here: real time is dear in tests.
pub const SLOW_MS: i64 = 400;

fn phone(number: &str) -> &'static str {
    if number == TWO { "+1 555-078-3882" } else { "+1 555-078-3881" }
}

pub struct World {
    house: House<Provider>,
    pub one: ChannelId,
    pub two: ChannelId,
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
    /// Two numbers; the second is the standby of the first. `portfolios`: whether they share one sending limit.
    /// `customers` have written to both just now.
    pub async fn open(backend: Backend, portfolios: (&'static str, &'static str), customers: usize) -> Self {
        let mut house = House::open(backend).await;
        let number = |id: &'static str, portfolio: &'static str| Number {
            name: id,
            id,
            phone: phone(id),
            account: portfolio,
            portfolio,
            throughput: 1_000,
        };
        let one = house.connect(&number(ONE, portfolios.0)).await;
        let two = house.connect(&number(TWO, portfolios.1)).await;
        house.start().await;
        let world = Self { house, one, two };
        for customer in 0..customers {
            world.hear(world.one, ONE, customer).await;
        }
        for customer in 0..customers {
            world.hear(world.two, TWO, customer).await;
        }
        world.settle().await;
        // A number that is taken over waits one whole window before its first message.
        world.clock.advance(3_200);
        world
    }

    /// The standby of the first number: probed every second while something is wrong.
    pub async fn stand_by(&self) {
        self.stands_by_for(self.one, self.two).await;
        self.probed(2).await;
    }

    /// Makes a channel another one's standby.
    pub async fn stands_by_for(&self, primary: ChannelId, standby: ChannelId) {
        let tx = self.app.store.workspace(self.workspace).write().await.unwrap();
        let row = RouteRow {
            workspace_id: self.workspace.0,
            channel_id: primary.0,
            standby_id: Some(standby.0),
            slow_ms: SLOW_MS,
            every_ms: 3_600_000,
            soon_ms: 1_000,
            active: "primary".to_owned(),
            state: json!({}),
            revision: 0,
            updated_at: self.app.now().0,
        };
        rapport_store::route::put(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Waits until both sides were probed, each `times` altogether at least.
    pub async fn probed(&self, wanted: usize) {
        for _ in 0..400 {
            if self.route().await["recent"].as_array().is_some_and(|seen| seen.len() >= wanted) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("not probed: {}", self.route().await);
    }

    /// The stored state of the route.
    pub async fn route(&self) -> Value {
        let read = self.app.store.workspace(self.workspace).read();
        rapport_store::route::get(&read, self.one).await.unwrap().map_or(Value::Null, |row| row.state)
    }

    async fn hear(&self, channel: ChannelId, number: &str, customer: usize) {
        let seconds = self.app.now().0 / 1_000;
        self.deliver_to(channel, &text(number, customer, &format!("wamid.IN.{number}.{customer}"), seconds)).await;
    }

    /// Time passes until the route is this way.
    pub async fn turns(&self, to: &str) {
        let sql = format!("SELECT count(*) FROM channel_route WHERE active = '{to}'");
        for _ in 0..400 {
            if self.number(&sql).await == 1 {
                return;
            }
            self.clock.advance(500);
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        panic!("never over the {to}: {}", self.route().await);
    }

    /// Time passes until the statement gives this number.
    pub async fn comes_to(&self, what: &str, sql: &str, expected: i64) {
        let mut found = -1;
        for _ in 0..600 {
            found = self.number(sql).await;
            if found == expected {
                return;
            }
            self.clock.advance(300);
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        panic!("{what}: expected {expected}, found {found}; {}", self.route().await);
    }

    /// The conversations of a number, by customer.
    pub async fn conversations(&self, number: &str, customers: usize) -> Vec<ConversationId> {
        let mut found = Vec::with_capacity(customers);
        for place in 0..customers {
            let sql = format!(
                "SELECT id FROM conversation WHERE channel_id = (SELECT id FROM channel WHERE phone_number_id = '{number}') \
                 ORDER BY id LIMIT 1 OFFSET {place}"
            );
            let id = rapport_store::testing::text(&self.app.store, &sql).await.unwrap();
            found.push(ConversationId(id.parse().unwrap()));
        }
        found
    }

    pub async fn deliver(&self, channel: ChannelId, body: &Value) {
        self.deliver_to(channel, body).await;
    }

    /// A content by an agent, as the use case stores it.
    pub async fn say(&self, conversation: ConversationId, content: Content) -> MessageId {
        self.say_over(self.one, conversation, content).await
    }

    pub async fn write(&self, conversation: ConversationId, body: &str) -> MessageId {
        self.say(conversation, Content::Text { body: body.to_owned(), preview_url: None }).await
    }

    /// Another process on the same database with the same provider, and its running services.
    pub async fn second(&self) -> (App, Services) {
        let app = self.twin().await;
        let services = Services::start(&app).await.unwrap();
        (app, services)
    }

    pub async fn finish(self) {
        self.house.finish().await;
    }
}

pub fn text(number: &str, n: usize, id: &str, seconds: i64) -> Value {
    envelope(
        number,
        json!({
            "contacts": [{ "profile": { "name": format!("Customer {n}") }, "wa_id": customer(n) }],
            "messages": [{ "from": customer(n), "id": id, "timestamp": seconds.to_string(), "type": "text", "text": { "body": "hello" } }]
        }),
    )
}

pub fn status(number: &str, n: usize, id: &str, word: &str, seconds: i64, callback: &str) -> Value {
    envelope(
        number,
        json!({ "statuses": [{ "id": id, "status": word, "timestamp": seconds.to_string(),
        "recipient_id": customer(n), "biz_opaque_callback_data": callback }] }),
    )
}
