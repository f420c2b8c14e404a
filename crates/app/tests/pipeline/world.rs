//! A workspace with one WhatsApp number and a scripted provider.

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
use rapport_store::send::{NewSend, Priority};
use rapport_store::testing::{TestStore, number};
use rapport_store::{Backend, Store};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWrite;
use tokio_util::sync::CancellationToken;

pub const NUMBER: &str = "106540352242922";

/// Answers sends as the test wants and keeps what it was asked.
#[derive(Default)]
pub struct Provider {
    pub asked: Mutex<Vec<Value>>,
    pub requests: Mutex<Vec<Request>>,
    pub script: Mutex<Vec<Result<Response, Failure>>>,
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
        } else {
            Ok(Response::new(200, &[], Bytes::from_static(b"{\"success\":true}")))
        };
        Box::pin(async move { answer })
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
    pub db: TestStore,
    pub app: App,
    pub services: Option<Services>,
    pub provider: Arc<Provider>,
    pub clock: Arc<ManualClock>,
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
    _files: tempfile::TempDir,
}

pub const START: Ms = Ms(1_790_000_000_000);

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
    pub async fn open(backend: Backend) -> Self {
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
        let channel = add_channel(&app, workspace).await;
        let mut world = Self { db, app, services: None, provider, clock, workspace, channel, _files: files };
        world.start().await;
        world
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

    pub async fn deliver(&self, body: &Value) {
        let raw = body.to_string();
        let now = self.app.now();
        let events = split(raw.as_bytes()).unwrap().items.into_iter().map(|item| NewRawEvent {
            workspace: self.workspace,
            channel: self.channel,
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

    /// Waits until nothing is pending.
    pub async fn settle(&self) {
        self.until("events are processed", "SELECT count(*) FROM raw_event WHERE state = 0", 0).await;
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
        panic!("{what}: expected {expected}, found {found}");
    }

    /// A text by an agent, as the use case stores it.
    pub async fn write(&self, conversation: ConversationId, body: &str) -> MessageId {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.workspace).write().await.unwrap();
        let mut book = rapport_store::ingest::load_conversations(&tx, &[conversation]).await.unwrap();
        let known = book.conversation(conversation).unwrap().clone();
        tx.lock_lane(known.lane).await.unwrap();
        let policy = Policy::default();
        let context = Context {
            channel_id: self.channel,
            workspace_id: self.workspace,
            lane: known.lane,
            locked: &|_| true,
            received_at: now,
            wait_until: None,
            now,
            policy: &policy,
        };
        let draft = Draft {
            client_id: None,
            content: Content::Text { body: body.to_owned(), preview_url: None },
            reply_to: None,
            media_id: None,
        };
        let actor = Actor { kind: "user".to_owned(), id: None, name: Some("Lea".to_owned()) };
        let id = self.app.store.new_id(now);
        let decision = outbound(&known, draft, &actor, &context, &mut || id);
        book.apply(decision.changes);
        rapport_store::ingest::save(&tx, &book.drain(), now).await.unwrap();
        let send = NewSend {
            message: MessageId(id),
            channel: self.channel,
            contact: known.contact_id,
            portfolio_key: "portfolio".to_owned(),
            priority: Priority::Reply,
            run_at: now,
        };
        rapport_store::send::enqueue(&tx, &[send], now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.bells.send.ring();
        MessageId(id)
    }

    pub async fn only_conversation(&self) -> ConversationId {
        let page = rapport_store::testing::text(&self.app.store, "SELECT id FROM conversation LIMIT 1").await.unwrap();
        ConversationId(page.parse().unwrap())
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

async fn add_channel(app: &App, workspace: WorkspaceId) -> ChannelId {
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
        name: "Shop".to_owned(),
        phone_number_id: NUMBER.to_owned(),
        waba_id: "waba".to_owned(),
        portfolio_key: "portfolio".to_owned(),
        display_phone: "+1 555-078-3881".to_owned(),
        base_url: "https://graph.example".to_owned(),
        secret: key.seal(Place::new("channel", "secret", id), &secrets.write().unwrap()).unwrap(),
        status: "active".to_owned(),
        status_reason: None,
        quality: "GREEN".to_owned(),
        tier_limit: Some(100_000),
        throughput: 80,
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

pub fn envelope(value: Value) -> Value {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "waba", "changes": [{ "field": "messages", "value": value }] }] })
}

fn metadata() -> Value {
    json!({ "display_phone_number": "15550783881", "phone_number_id": NUMBER })
}

pub fn customer(n: usize) -> String {
    format!("1650555{n:04}")
}

pub fn text(n: usize, id: &str, seconds: i64, body: &str) -> Value {
    envelope(json!({
        "messaging_product": "whatsapp", "metadata": metadata(),
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
    envelope(json!({ "messaging_product": "whatsapp", "metadata": metadata(), "statuses": [one] }))
}
