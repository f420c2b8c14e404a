//! A workspace with two numbers at a scripted provider that keeps count of what each was asked to send.

use bytes::Bytes;
use futures::future::BoxFuture;
use rapport_app::account::setup::{NewWorkspace, create_workspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::password::Cost;
use rapport_app::channel::Secrets;
use rapport_app::clock::{Ids, ManualClock, SystemIds};
use rapport_app::services::Services;
use rapport_app::vault::{MasterKey, Place, Vault};
use rapport_app::{App, Parts, Settings};
use rapport_connectors::http::{Executor, Failure, Request, Response, Streamed};
use rapport_connectors::whatsapp::{RawKind, split};
use rapport_core::id::lane_of;
use rapport_core::inbox::{Actor, Context, Draft, Policy, outbound};
use rapport_core::message::Content;
use rapport_core::{ChannelId, ConversationId, MessageId, Ms, WorkspaceId};
use rapport_store::channel::ChannelRow;
use rapport_store::raw::{Kind, NewRawEvent};
use rapport_store::route::RouteRow;
use rapport_store::send::{NewSend, Priority};
use rapport_store::testing::{TestStore, number};
use rapport_store::{Backend, Store};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWrite;
use tokio_util::sync::CancellationToken;

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
pub const START: Ms = Ms(1_790_000_000_000);
/// An answer that takes longer is slow here: real time is dear in tests.
pub const SLOW_MS: i64 = 400;

fn phone(number: &str) -> &'static str {
    if number == TWO { "+1 555-078-3882" } else { "+1 555-078-3881" }
}

pub struct World {
    pub db: TestStore,
    pub app: App,
    pub services: Option<Services>,
    pub provider: Arc<Provider>,
    pub clock: Arc<ManualClock>,
    pub workspace: WorkspaceId,
    pub one: ChannelId,
    pub two: ChannelId,
    /// Whether the two share one sending limit.
    pub portfolios: (&'static str, &'static str),
    _files: tempfile::TempDir,
}

fn build(store: Store, clock: &Arc<ManualClock>, provider: &Arc<Provider>, files: &std::path::Path) -> App {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    App::new(Parts {
        store,
        clock: clock.clone(),
        ids: ids.clone(),
        http: provider.clone(),
        vault: Vault::new(MasterKey::from_bytes([7; 32]), ids),
        settings: Settings {
            public_url: "http://127.0.0.1".to_owned(),
            data_dir: files.to_owned(),
            max_media_bytes: 1 << 20,
            password_cost: Cost::cheapest(),
        },
        shutdown: CancellationToken::new(),
    })
    .unwrap()
}

impl World {
    /// Two numbers; the second is the standby of the first. `customers` have written to both just now.
    pub async fn open(backend: Backend, portfolios: (&'static str, &'static str), customers: usize) -> Self {
        let db = TestStore::open(backend).await.unwrap();
        let clock = Arc::new(ManualClock::new(START));
        let provider = Arc::new(Provider::default());
        let files = tempfile::tempdir().unwrap();
        let app = build(db.store.clone(), &clock, &provider, files.path());
        let made = create_workspace(
            &app,
            NewWorkspace {
                settings: WorkspacePatch::default(),
                owner_name: "Owner".to_owned(),
                owner_email: "owner@shop.example".to_owned(),
                owner_password: "a long enough passphrase".to_owned(),
            },
        )
        .await
        .unwrap();
        let workspace = WorkspaceId(made.workspace.id);
        let one = add_channel(&app, workspace, ONE, portfolios.0).await;
        let two = add_channel(&app, workspace, TWO, portfolios.1).await;
        let mut world =
            Self { db, app, services: None, provider, clock, workspace, one, two, portfolios, _files: files };
        world.start().await;
        for customer in 0..customers {
            world.hear(world.one, ONE, customer).await;
        }
        for customer in 0..customers {
            world.hear(world.two, TWO, customer).await;
        }
        world.until("events are processed", "SELECT count(*) FROM raw_event WHERE state = 0", 0).await;
        // A number that is taken over waits one whole window before its first message.
        world.clock.advance(3_200);
        world
    }

    /// The standby of the first number: probed every second while something is wrong.
    pub async fn stand_by(&self) {
        let tx = self.app.store.workspace(self.workspace).write().await.unwrap();
        let row = RouteRow {
            workspace_id: self.workspace.0,
            channel_id: self.one.0,
            standby_id: Some(self.two.0),
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
        self.probed(2).await;
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

    pub async fn start(&mut self) {
        self.services = Some(Services::start(&self.app).await.unwrap());
    }

    /// Ends this process as a stop would, and begins another one on the same database.
    pub async fn restart(&mut self) {
        self.app.shutdown.cancel();
        if let Some(services) = self.services.take() {
            services.join(&self.app).await;
        }
        let files = self._files.path().to_owned();
        let store = self.db.another_node().await.unwrap();
        self.app = build(store, &self.clock, &self.provider, &files);
        self.start().await;
    }

    async fn hear(&self, channel: ChannelId, number: &str, customer: usize) {
        let seconds = self.app.now().0 / 1_000;
        self.deliver(channel, &text(number, customer, &format!("wamid.IN.{number}.{customer}"), seconds)).await;
    }

    /// Another process on the same database with the same provider, and its running services.
    pub async fn second(&self) -> (App, Services) {
        let store = self.db.another_node().await.unwrap();
        let app = build(store, &self.clock, &self.provider, self._files.path());
        let services = Services::start(&app).await.unwrap();
        (app, services)
    }

    pub async fn deliver(&self, channel: ChannelId, body: &Value) {
        let raw = body.to_string();
        let now = self.app.now();
        let events = split(raw.as_bytes()).unwrap().items.into_iter().map(|item| NewRawEvent {
            workspace: self.workspace,
            channel,
            key: item.key,
            lane: lane_of(self.workspace, &item.lane_key),
            kind: match item.kind {
                RawKind::Message => Kind::Message,
                RawKind::Status => Kind::Status,
                RawKind::Echo => Kind::Echo,
                RawKind::Other => Kind::Other,
            },
            received_at: now,
            body: rapport_store::codec::pack_event(&item.body),
        });
        self.app.acceptor.get().unwrap().accept(events.collect()).await.unwrap();
    }

    pub async fn number(&self, sql: &str) -> i64 {
        number(&self.app.store, sql).await.unwrap()
    }

    pub async fn until(&self, what: &str, sql: &str, expected: i64) {
        let mut found = -1;
        for _ in 0..600 {
            found = self.number(sql).await;
            if found == expected {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{what}: expected {expected}, found {found}; {}", self.route().await);
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

    /// A content by an agent, as the use case stores it.
    pub async fn say(&self, conversation: ConversationId, content: Content) -> MessageId {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.workspace).write().await.unwrap();
        let mut book = rapport_store::ingest::load_conversations(&tx, &[conversation]).await.unwrap();
        let known = book.conversation(conversation).unwrap().clone();
        tx.lock_lane(known.lane).await.unwrap();
        let policy = Policy::default();
        let context = Context {
            channel_id: self.one,
            workspace_id: self.workspace,
            lane: known.lane,
            locked: &|_| true,
            received_at: now,
            wait_until: None,
            now,
            policy: &policy,
        };
        let draft = Draft { client_id: None, content, reply_to: None, media_id: None };
        let actor = Actor { kind: "user".to_owned(), id: None, name: Some("Lea".to_owned()) };
        let id = self.app.store.new_id(now);
        let decision = outbound(&known, draft, &actor, &context, &mut || id);
        book.apply(decision.changes);
        rapport_store::ingest::save(&tx, &book.drain(), now).await.unwrap();
        let send = NewSend {
            message: MessageId(id),
            channel: self.one,
            contact: known.contact_id,
            portfolio_key: self.portfolios.0.to_owned(),
            priority: Priority::Reply,
            run_at: now,
        };
        rapport_store::send::enqueue(&tx, &[send], now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.bells.send.ring();
        MessageId(id)
    }

    pub async fn write(&self, conversation: ConversationId, body: &str) -> MessageId {
        self.say(conversation, Content::Text { body: body.to_owned(), preview_url: None }).await
    }

    pub async fn finish(mut self) {
        self.app.shutdown.cancel();
        if let Some(services) = self.services.take() {
            services.join(&self.app).await;
        }
        drop(self.app);
        self.db.finish().await.unwrap();
    }
}

async fn add_channel(app: &App, workspace: WorkspaceId, number: &str, portfolio: &str) -> ChannelId {
    let now = app.now();
    let id = app.store.new_id(now);
    let secrets = Secrets {
        access_token: "token".to_owned().into(),
        app_secrets: vec!["secret".to_owned().into()],
        verify_token: "verify".to_owned().into(),
    };
    let key = app.key(workspace).await.unwrap();
    let tx = app.store.workspace(workspace).write().await.unwrap();
    let row = ChannelRow {
        workspace_id: workspace.0,
        id,
        kind: "whatsapp".to_owned(),
        provider: "meta".to_owned(),
        name: format!("Number {number}"),
        phone_number_id: number.to_owned(),
        waba_id: portfolio.to_owned(),
        portfolio_key: portfolio.to_owned(),
        display_phone: phone(number).to_owned(),
        base_url: "https://graph.example".to_owned(),
        secret: key.seal(Place::new("channel", "secret", id), &secrets.write().unwrap()).unwrap(),
        status: "active".to_owned(),
        status_reason: None,
        quality: "GREEN".to_owned(),
        tier_limit: Some(100_000),
        throughput: 1_000,
        daily_limit: None,
        last_event_at: None,
        last_error: None,
        token_set_at: now.0,
        settings: json!({}),
        created_at: now.0,
        updated_at: now.0,
    };
    rapport_store::channel::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    ChannelId(id)
}

fn envelope(number: &str, mut value: Value) -> Value {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = json!({ "display_phone_number": "15550783881", "phone_number_id": number });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "waba", "changes": [{ "field": "messages", "value": value }] }] })
}

pub fn customer(n: usize) -> String {
    format!("1650555{n:04}")
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
