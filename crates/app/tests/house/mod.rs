//! What worlds without a network have in common: an installation with one workspace on a database of its own, a clock
//! that is moved by hand, a provider that the test scripts, and the roads in and out.

use rapport_app::account::setup::{NewWorkspace, create_workspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::password::Cost;
use rapport_app::channel::Secrets;
use rapport_app::clock::{Ids, ManualClock, SystemIds};
use rapport_app::services::Services;
use rapport_app::vault::{MasterKey, Place, Vault};
use rapport_app::{App, Parts, Settings};
use rapport_connectors::http::Executor;
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
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// When every story begins.
pub const START: Ms = Ms(1_790_000_000_000);

/// An installation whose provider is a `P`.
pub struct House<P> {
    db: TestStore,
    pub app: App,
    services: Option<Services>,
    pub provider: Arc<P>,
    pub clock: Arc<ManualClock>,
    pub workspace: WorkspaceId,
    files: tempfile::TempDir,
}

/// A number to connect.
pub struct Number<'a> {
    /// Its name.
    pub name: &'a str,
    /// The provider's id of it.
    pub id: &'a str,
    /// As people write it.
    pub phone: &'a str,
    /// The account at the provider.
    pub account: &'a str,
    /// What shares one sending limit.
    pub portfolio: &'a str,
    /// Messages a second.
    pub throughput: i32,
}

fn build(store: Store, clock: &Arc<ManualClock>, http: Arc<dyn Executor>, files: &std::path::Path) -> App {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    App::new(Parts {
        store,
        clock: clock.clone(),
        ids: ids.clone(),
        http,
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

impl<P: Executor + Default + 'static> House<P> {
    /// A new installation; nothing of it runs yet.
    pub async fn open(backend: Backend) -> Self {
        let db = TestStore::open(backend).await.unwrap();
        let clock = Arc::new(ManualClock::new(START));
        let provider = Arc::new(P::default());
        let files = tempfile::tempdir().unwrap();
        let app = build(db.store.clone(), &clock, provider.clone(), files.path());
        let new = NewWorkspace {
            settings: WorkspacePatch::default(),
            owner_name: "Owner".to_owned(),
            owner_email: "owner@shop.example".to_owned(),
            owner_password: "a long enough passphrase".to_owned(),
        };
        let workspace = WorkspaceId(create_workspace(&app, new).await.unwrap().workspace.id);
        Self { db, app, services: None, provider, clock, workspace, files }
    }

    /// Begins its work.
    pub async fn start(&mut self) {
        self.services = Some(Services::start(&self.app).await.unwrap());
    }

    async fn stop(&mut self) {
        self.app.shutdown.cancel();
        if let Some(services) = self.services.take() {
            services.join(&self.app).await;
        }
    }

    /// Ends this process as a stop would, and begins another one on the same database.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.app = self.twin().await;
        self.start().await;
    }

    /// Another process on the same database with the same provider.
    pub async fn twin(&self) -> App {
        build(self.db.another_node().await.unwrap(), &self.clock, self.provider.clone(), self.files.path())
    }

    /// Ends it, and looks whether the database is left as it should be.
    pub async fn finish(mut self) {
        self.stop().await;
        drop(self.app);
        self.db.finish().await.unwrap();
    }

    /// Connects a number.
    pub async fn connect(&self, number: &Number<'_>) -> ChannelId {
        let now = self.app.now();
        let id = self.app.store.new_id(now);
        let secrets = Secrets::new("token".into(), Some("secret".into()), "verify".into());
        let key = self.app.key(self.workspace).await.unwrap();
        let row = ChannelRow {
            workspace_id: self.workspace.0,
            id,
            kind: "whatsapp".to_owned(),
            provider: "meta".to_owned(),
            name: number.name.to_owned(),
            phone_number_id: number.id.to_owned(),
            waba_id: number.account.to_owned(),
            portfolio_key: number.portfolio.to_owned(),
            display_phone: number.phone.to_owned(),
            base_url: "https://graph.example".to_owned(),
            secret: key.seal(Place::new("channel", "secret", id), &secrets.write().unwrap()).unwrap(),
            status: "active".to_owned(),
            status_reason: None,
            quality: "GREEN".to_owned(),
            tier_limit: Some(100_000),
            throughput: number.throughput,
            daily_limit: None,
            last_event_at: None,
            last_error: None,
            token_set_at: now.0,
            settings: json!({}),
            created_at: now.0,
            updated_at: now.0,
        };
        let tx = self.app.store.workspace(self.workspace).write().await.unwrap();
        rapport_store::channel::insert(&tx, row).await.unwrap();
        tx.commit().await.unwrap();
        ChannelId(id)
    }

    /// A delivery that was found sound at the door.
    pub async fn deliver_to(&self, channel: ChannelId, body: &Value) {
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

    /// Waits until nothing is pending.
    pub async fn settle(&self) {
        self.until("events are processed", "SELECT count(*) FROM raw_event WHERE state = 0", 0).await;
    }

    /// What a statement counts.
    pub async fn number(&self, sql: &str) -> i64 {
        number(&self.app.store, sql).await.unwrap()
    }

    /// Waits, without moving the clock, until a statement gives this number.
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

    /// A content by an agent over a channel, as the use case stores it.
    pub async fn say_over(&self, channel: ChannelId, conversation: ConversationId, content: Content) -> MessageId {
        self.queue_over(channel, conversation, content, Priority::Reply).await
    }

    /// The same with a place of its own in the order of sending.
    pub async fn queue_over(
        &self,
        channel: ChannelId,
        conversation: ConversationId,
        content: Content,
        priority: Priority,
    ) -> MessageId {
        let now = self.app.now();
        let scope = self.app.store.workspace(self.workspace);
        let portfolio_key = rapport_store::channel::get(&scope.read(), channel).await.unwrap().unwrap().portfolio_key;
        let tx = scope.write().await.unwrap();
        let mut book = rapport_store::ingest::load_conversations(&tx, &[conversation]).await.unwrap();
        let known = book.conversation(conversation).unwrap().clone();
        tx.lock_lane(known.lane).await.unwrap();
        let policy = Policy::default();
        let context = Context {
            channel_id: channel,
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
            channel,
            contact: known.contact_id,
            portfolio_key,
            priority,
            run_at: now,
        };
        rapport_store::send::enqueue(&tx, &[send], now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.bells.send.ring();
        MessageId(id)
    }
}

/// One `messages` change, as Meta delivers it: of this number, unless it names another.
pub fn envelope(number: &str, mut value: Value) -> Value {
    value["messaging_product"] = json!("whatsapp");
    if value["metadata"].is_null() {
        value["metadata"] = json!({ "display_phone_number": "15550783881", "phone_number_id": number });
    }
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "waba", "changes": [{ "field": "messages", "value": value }] }] })
}

/// The number of a customer.
pub fn customer(n: usize) -> String {
    format!("1650555{n:04}")
}
