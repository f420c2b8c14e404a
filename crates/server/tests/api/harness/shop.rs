//! A workspace with a connected number and customers who write.

use super::{Client, Reply, TestApp, Workspace};
use rapport_core::cost::Price;
use rapport_core::inbound::{Customer, Event, EventKind, InboundMessage, StatusUpdate};
use rapport_core::inbox::{Change, Context, Needs, Outcome, decide, needs};
use rapport_core::message::{Content, Status};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::send::Due;
use rapport_store::template::TemplateRow;
use rapport_store::{Scope, ingest};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The smallest picture.
pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

/// A shop on one number.
pub struct Shop {
    pub workspace: WorkspaceId,
    pub channel: ChannelId,
    app: rapport_app::App,
    clock: Arc<rapport_app::clock::ManualClock>,
    count: AtomicU64,
}

/// What a customer's message became.
#[derive(Debug, Clone)]
pub struct Heard {
    pub contact: String,
    pub conversation: String,
    pub message: String,
    /// The provider's id.
    pub wamid: String,
}

impl Shop {
    /// An application with a shop, and its owner's token as client.
    pub async fn open() -> (TestApp, Self, Client) {
        Self::open_in(TestApp::new().await).await
    }

    /// The same in an application that is there already.
    pub async fn open_in(test: TestApp) -> (TestApp, Self, Client) {
        let workspace = test.workspace("a").await;
        let client = test.bearer(&workspace.token);
        let shop = Self::in_workspace(&test, &workspace, &client).await;
        (test, shop, client)
    }

    /// Connects a number in a workspace.
    pub async fn in_workspace(test: &TestApp, workspace: &Workspace, client: &Client) -> Self {
        let body = json!({
            "kind": "whatsapp", "name": "Shop", "phone_number_id": "100", "waba_id": "200",
            "access_token": "token", "app_secret": "secret", "verify_token": "verify",
        });
        let reply = client.post("/api/v1/channels", body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        let id = reply.body.pointer("/id").or(reply.body.pointer("/channel/id")).and_then(Value::as_str).unwrap();
        Self {
            workspace: WorkspaceId(workspace.id.parse().unwrap()),
            channel: ChannelId(id.parse().unwrap()),
            app: test.app.clone(),
            clock: test.clock.clone(),
            count: AtomicU64::new(0),
        }
    }

    pub fn scope(&self) -> Scope {
        self.app.store.workspace(self.workspace)
    }

    /// A customer writes, as a lane worker would store it.
    pub async fn hear(&self, wa_id: &str, name: &str, text: &str) -> Heard {
        self.hear_content(wa_id, name, Content::Text { body: text.to_owned(), preview_url: None }).await
    }

    pub async fn hear_content(&self, wa_id: &str, name: &str, content: Content) -> Heard {
        let wamid = format!("wamid.{}.{}", self.channel, self.count.fetch_add(1, Ordering::SeqCst));
        let customer = Customer { wa_id: Some(wa_id.to_owned()), name: Some(name.to_owned()), ..Customer::default() };
        let message = InboundMessage {
            id: wamid.clone(),
            customer,
            content,
            reply_to: None,
            forwarded: false,
            referral: None,
            group_id: None,
        };
        let changes = self.play(EventKind::Message(Box::new(message))).await;
        let line = changes.iter().find_map(|change| match change {
            Change::InsertMessage(line) if line.provider_id.as_deref() == Some(wamid.as_str()) => Some(line),
            _ => None,
        });
        let line = line.expect("a line");
        Heard {
            contact: line.contact_id.to_string(),
            conversation: line.conversation_id.to_string(),
            message: line.id.to_string(),
            wamid,
        }
    }

    /// The provider reports about a message.
    pub async fn report(&self, wamid: &str, status: Status) {
        let update = StatusUpdate {
            id: wamid.to_owned(),
            status,
            customer: Customer::default(),
            callback: None,
            failure: None,
            pricing: None,
        };
        self.play(EventKind::Status(Box::new(update))).await;
    }

    /// The provider reports about a message of ours (by our id) and says what it charges.
    pub async fn charge(&self, message: &str, status: Status, category: &str, kind: &str) {
        let update = StatusUpdate {
            id: format!("wamid.out.{message}"),
            status,
            customer: Customer::default(),
            callback: Some(format!("rpt:{message}:1")),
            failure: None,
            pricing: Some(Price { category: category.to_owned(), kind: kind.to_owned() }),
        };
        self.play(EventKind::Status(Box::new(update))).await;
    }

    async fn play(&self, kind: EventKind) -> Vec<Change> {
        let now = self.app.now();
        let event = Event { phone_number_id: "100".to_owned(), at: Some(now), kind };
        let mut wanted = Needs::default();
        needs(&event, self.channel, &mut wanted);
        let policy = self.app.channels.policy(self.workspace).await.unwrap();
        let tx = self.scope().write().await.unwrap();
        let mut book = ingest::load(&tx, &wanted).await.unwrap();
        let decision = {
            let context = Context {
                channel_id: self.channel,
                workspace_id: self.workspace,
                lane: 1,
                locked: &|_| true,
                received_at: now,
                wait_until: None,
                now,
                policy: &policy,
            };
            decide(&book, &context, &event, &mut || tx.new_id(now))
        };
        assert!(!matches!(decision.outcome, Outcome::Quarantine(_)), "{:?}", decision.outcome);
        book.apply(decision.changes.clone());
        ingest::save(&tx, &book.drain(), now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.feeds.wake();
        decision.changes
    }

    /// A try at a message ends so, as its sender stores it.
    pub async fn try_to_send(
        &self,
        message: &str,
        verdict: rapport_store::send::Verdict,
        step: rapport_core::inbox::Step,
    ) {
        let id = rapport_core::MessageId(message.parse().unwrap());
        let now = self.app.now();
        let tx = self.scope().write().await.unwrap();
        let started = rapport_store::send::start(&tx, &[id], 1, now).await.unwrap();
        rapport_store::send::finish(&tx, started[0], &verdict, now).await.unwrap();
        for step in [rapport_core::inbox::Step::Started, step] {
            let mut book = ingest::load_contacts(&tx, &[], &[id]).await.unwrap();
            let known = book.message(id).cloned().unwrap();
            book.apply(rapport_core::inbox::step(&known, None, &step, now));
            ingest::save(&tx, &book.drain(), now).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// What waits to be sent.
    pub async fn queue(&self) -> Vec<Due> {
        let read = self.scope().read();
        let row = rapport_store::channel::get(&read, self.channel).await.unwrap().unwrap();
        let later = self.app.now().plus(400 * DAY);
        self.app.store.send_queue().due(&[row.portfolio_key], later, 100, &[]).await.unwrap()
    }

    /// An approved template with one placeholder in its body.
    pub async fn template(&self, name: &str, category: &str) {
        let components = json!([
            { "type": "BODY", "text": "Hello {{1}}, your order is ready.", "example": { "body_text": [["Amal"]] } },
            { "type": "FOOTER", "text": "The shop" }
        ]);
        self.template_of(name, category, components).await;
    }

    /// An approved template.
    pub async fn template_of(&self, name: &str, category: &str, components: Value) {
        let now = self.app.now();
        let row = TemplateRow {
            workspace_id: self.workspace.0,
            id: self.app.store.new_id(now),
            channel_id: self.channel.0,
            waba_id: "200".to_owned(),
            provider_id: "1".to_owned(),
            name: name.to_owned(),
            language: "en".to_owned(),
            category: category.to_owned(),
            status: "APPROVED".to_owned(),
            quality: "GREEN".to_owned(),
            parameter_format: "POSITIONAL".to_owned(),
            components,
            rejected_reason: None,
            updated_at: now.0,
            ttl_seconds: None,
            fillings: None,
        };
        let tx = self.scope().write().await.unwrap();
        rapport_store::template::upsert(&tx, vec![row]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Uploads a file.
    pub async fn upload(&self, client: &Client, name: &str, bytes: &[u8]) -> Reply {
        self.upload_as(client, "", name, "application/octet-stream", bytes).await
    }

    /// Uploads a file; `query` follows the path.
    pub async fn upload_as(&self, client: &Client, query: &str, name: &str, mime: &str, bytes: &[u8]) -> Reply {
        let head = format!(
            "--frame\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {mime}\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--frame--\r\n"].concat();
        let path = format!("/api/v1/media{query}");
        client.raw(axum::http::Method::POST, &path, Some("multipart/form-data; boundary=frame"), body).await
    }

    /// Moves the clock.
    pub fn wait(&self, ms: i64) -> Ms {
        self.clock.advance(ms);
        self.app.now()
    }
}
