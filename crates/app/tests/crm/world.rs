//! A workspace connected to the CRM stand-in of this process.

use futures::future::BoxFuture;
use rapport_app::account::setup::{NewWorkspace, create_workspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::Caller;
use rapport_app::auth::password::Cost;
use rapport_app::clock::{Clock, Ids, SystemClock, SystemIds};
use rapport_app::connection::{self, ConnectionView, NewConnection};
use rapport_app::jobs::{Job, Runner};
use rapport_app::vault::{MasterKey, Vault};
use rapport_app::{App, Parts, Settings};
use rapport_connectors::http::{
    AllowList, Client, Config as HttpConfig, Executor, Failure, Method, Request, Response, Streamed,
};
use rapport_core::contact::identity::Identity;
use rapport_core::{ConnectionId, ContactId, Ms, WorkspaceId};
use rapport_sandbox::{Config, Handle, Sandbox};
use rapport_store::link::LinkRow;
use rapport_store::sync_contact::{self, ContactRow};
use rapport_store::testing::{TestStore, number};
use rapport_store::{Backend, audit_log, job, link};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::AsyncWrite;
use tokio_util::sync::CancellationToken;

/// The machine's clock, moved.
#[derive(Default)]
pub struct Shifted(AtomicI64);

impl Shifted {
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for Shifted {
    fn now(&self) -> Ms {
        SystemClock.now().plus(self.0.load(Ordering::SeqCst))
    }
}

type Meddle = Box<dyn FnMut(&Request, Response) -> Response + Send>;

/// The real client, with answers changed on their way as a test wants.
pub struct Meddler {
    client: Client,
    meddle: Mutex<Option<Meddle>>,
}

impl Meddler {
    pub fn meddle(&self, change: impl FnMut(&Request, Response) -> Response + Send + 'static) {
        *self.meddle.lock().unwrap() = Some(Box::new(change));
    }
}

impl Executor for Meddler {
    fn may_call(&self, url: &str) -> Result<(), String> {
        self.client.may_call(url)
    }

    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move {
            let response = self.client.run(request.clone()).await?;
            match self.meddle.lock().unwrap().as_mut() {
                Some(meddle) => Ok(meddle(&request, response)),
                None => Ok(response),
            }
        })
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        sink: &'a mut (dyn AsyncWrite + Unpin + Send),
        cap: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        self.client.stream(request, sink, cap)
    }
}

pub struct World {
    pub app: App,
    pub crm: Handle,
    pub clock: Arc<Shifted>,
    pub caller: Caller,
    pub connection: ConnectionId,
    pub http: Arc<Meddler>,
    db: TestStore,
    runner: Runner,
    _files: tempfile::TempDir,
}

/// How long something may take: a line that failed often rests up to a minute, in the time of the machine.
const PATIENCE: Duration = Duration::from_secs(100);

/// What HubSpot's write calls end with.
const WRITES: [&str; 4] = ["batch/upsert", "batch/create", "batch/update", "contacts/{id}"];

impl World {
    /// Connected, and through the first synchronisation.
    pub async fn connected() -> Self {
        let mut world = Self::bare().await;
        world.connect().await;
        world
    }

    /// Not connected yet.
    pub async fn bare() -> Self {
        Self::on(Backend::Sqlite).await
    }

    /// Not connected yet, on this database.
    pub async fn on(backend: Backend) -> Self {
        let crm = Sandbox::start(Config::default()).await.unwrap();
        let db = TestStore::open(backend).await.unwrap();
        let clock = Arc::new(Shifted::default());
        let files = tempfile::tempdir().unwrap();
        let client =
            Client::new(HttpConfig { allow: AllowList::parse(["127.0.0.1"]).unwrap(), ..HttpConfig::default() })
                .unwrap();
        let http = Arc::new(Meddler { client, meddle: Mutex::default() });
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let app = App::new(Parts {
            store: db.store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            http: http.clone(),
            vault: Vault::new(MasterKey::from_bytes([7; 32]), ids),
            settings: Settings {
                public_url: "https://chat.shop.example".to_owned(),
                data_dir: files.path().to_owned(),
                max_media_bytes: 1 << 20,
                password_cost: Cost::cheapest(),
            },
            shutdown: CancellationToken::new(),
        })
        .unwrap();
        let caller = workspace(&app, "owner@shop.example").await;
        let runner = Runner::start(&app);
        let connection = ConnectionId(uuid::Uuid::nil());
        let world = Self { app, crm, clock, caller, connection, http, db, runner, _files: files };
        // Tests ask more often than people: the stand-in's own limits are tested where they matter.
        world.limits(json!({ "search_per_second": 1_000, "burst_per_10s": 100_000 })).await;
        world
    }

    /// Somebody of another workspace.
    pub async fn stranger(&self) -> Caller {
        workspace(&self.app, "owner@other.example").await
    }

    pub fn new_connection(&self) -> NewConnection {
        NewConnection {
            kind: "hubspot".to_owned(),
            access_token: Some("pat-one".to_owned()),
            base_url: Some(format!("{}/hubspot", self.crm.base_url())),
            client_secret: Some("hook-secret".to_owned()),
            ..NewConnection::default()
        }
    }

    pub async fn connect(&mut self) {
        let view = connection::add(&self.app, &self.caller, self.new_connection()).await.unwrap();
        self.connection = ConnectionId(view.id);
        self.live().await;
    }

    /// A connection like this one cannot be made, because of this field.
    pub async fn refuses(&self, new: NewConnection, field: &str) {
        match connection::add(&self.app, &self.caller, new).await {
            Err(rapport_app::Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }

    pub async fn view(&self) -> ConnectionView {
        connection::get(&self.app, &self.caller, self.connection).await.unwrap()
    }

    /// Waits for the end of the first synchronisation.
    pub async fn live(&self) {
        self.until("live", async || {
            let view = self.view().await;
            view.progress.phase == "live" && view.backlog == 0
        })
        .await;
    }

    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let began = Instant::now();
        while !holds().await {
            if began.elapsed() > PATIENCE {
                let jobs = number(&self.app.store, "SELECT count(*) FROM job").await.unwrap();
                panic!("waited in vain: {what}; {jobs} jobs; {:?}; {:#?}", self.view().await, self.requests("").await);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Long enough for an echo to come round.
    pub async fn rest(&self) {
        tokio::time::sleep(Duration::from_millis(2_500)).await;
    }

    // The CRM's side.

    pub async fn control(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        self.ask(Request::new("sandbox", "control", method, format!("{}/_sandbox{path}", self.crm.base_url())), body)
            .await
    }

    pub async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = Request::new("sandbox", "api", method, format!("{}/hubspot/crm/v3{path}", self.crm.base_url()));
        self.ask(request.with_bearer(&"pat-person".into()), body).await
    }

    async fn ask(&self, mut request: Request, body: Option<Value>) -> Value {
        if let Some(body) = body {
            request = request.with_json(&body);
        }
        let response = self.http.client.run(request).await.unwrap();
        assert!(response.ok(), "{} {}", response.status, String::from_utf8_lossy(&response.body));
        serde_json::from_slice(&response.body).unwrap_or(Value::Null)
    }

    pub async fn limits(&self, hubspot: Value) {
        self.control(Method::Post, "/limits", Some(json!({ "hubspot": hubspot }))).await;
    }

    pub async fn fault(&self, fault: Value) {
        self.control(Method::Post, "/faults", Some(fault)).await;
    }

    /// A person makes a record in the CRM.
    pub async fn record(&self, properties: Value) -> String {
        let made = self.control(Method::Post, "/hubspot/contacts", Some(properties)).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// A person edits a record in the CRM.
    pub async fn edit_record(&self, id: &str, properties: Value) {
        self.control(Method::Post, &format!("/hubspot/contacts/{id}"), Some(properties)).await;
    }

    /// Records that are not deleted.
    pub async fn records(&self) -> Vec<Value> {
        let all = self.control(Method::Get, "/hubspot/contacts", None).await;
        all["items"].as_array().unwrap().iter().filter(|record| record["archived"] != true).cloned().collect()
    }

    pub async fn record_of(&self, id: &str) -> Value {
        self.records().await.into_iter().find(|record| record["id"] == id).unwrap_or_default()
    }

    pub async fn requests(&self, part: &str) -> Vec<String> {
        let all = self.control(Method::Get, &format!("/hubspot/requests?limit=10000&path={part}"), None).await;
        let line = |entry: &Value| {
            format!("{} {} {}", entry["method"].as_str().unwrap(), entry["path"].as_str().unwrap(), entry["status"])
        };
        all["items"].as_array().unwrap().iter().map(line).collect()
    }

    /// Writing calls so far.
    pub async fn writes(&self) -> u64 {
        let all = self.control(Method::Get, "/hubspot/requests?limit=1", None).await;
        let counts = all["counts"].as_object().unwrap();
        let is_write = |shape: &str| !shape.starts_with("GET") && WRITES.iter().any(|end| shape.ends_with(end));
        counts.iter().filter(|(shape, _)| is_write(shape)).map(|(_, count)| count.as_u64().unwrap()).sum()
    }

    // Our side.

    /// Somebody wrote for the first time: a contact, with the jobs it brings.
    pub async fn contact(&self, name: &str, phone: &str) -> ContactId {
        self.contacts(&[(name, phone)]).await[0]
    }

    pub async fn contacts(&self, people: &[(&str, &str)]) -> Vec<ContactId> {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.caller.workspace).write().await.unwrap();
        let mut ids = Vec::new();
        for (name, phone) in people {
            let id = ContactId(tx.new_id(now));
            let row = row(self.caller.workspace, id, name, phone, now);
            sync_contact::insert(&tx, row).await.unwrap();
            assert!(sync_contact::add_identity(&tx, id, &Identity::phone(phone, "").unwrap(), now).await.unwrap());
            ids.push(id);
        }
        let connections = self.app.channels.connections(self.caller.workspace).await.unwrap();
        let jobs = ids.iter().flat_map(|contact_id| {
            connections.iter().map(|id| Job::PushContact { connection_id: *id, contact_id: *contact_id }.row(now))
        });
        job::enqueue(&tx, jobs.collect(), now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.bells.jobs.ring();
        ids
    }

    /// Somebody edits a contact here.
    pub async fn edit(&self, id: ContactId, field: &str, change: impl FnOnce(&mut ContactRow)) {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.caller.workspace).write().await.unwrap();
        let mut row = sync_contact::get_for_write(&tx, &[id]).await.unwrap().remove(0);
        change(&mut row);
        row.field_stamps[field] = now.0.into();
        row.updated_at = now.0;
        sync_contact::update(&tx, &row).await.unwrap();
        let connections = self.app.channels.connections(self.caller.workspace).await.unwrap();
        let jobs = connections
            .iter()
            .map(|connection| Job::PushContact { connection_id: *connection, contact_id: id }.row(now));
        job::enqueue(&tx, jobs.collect(), now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.bells.jobs.ring();
    }

    /// Two contacts turn out to be one person.
    pub async fn join(&self, keep: ContactId, gone: ContactId) {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.caller.workspace).write().await.unwrap();
        job::enqueue(&tx, vec![Job::MergeContacts { keep, gone }.row(now)], now).await.unwrap();
        tx.commit().await.unwrap();
        self.app.bells.jobs.ring();
        self.until("merged", async || self.row(gone).await.merged_into == Some(keep.0)).await;
    }

    pub async fn row(&self, id: ContactId) -> ContactRow {
        let read = self.app.store.workspace(self.caller.workspace).read();
        sync_contact::get(&read, &[id]).await.unwrap().remove(0)
    }

    pub async fn link(&self, id: ContactId) -> Option<LinkRow> {
        let read = self.app.store.workspace(self.caller.workspace).read();
        link::of_contact(&read, id).await.unwrap().pop()
    }

    /// The contact with this number.
    pub async fn who(&self, phone: &str) -> Option<ContactId> {
        let tx = self.app.store.workspace(self.caller.workspace).write().await.unwrap();
        let identity = Identity::phone(phone, "").unwrap();
        let found = sync_contact::owners(&tx, &[identity]).await.unwrap();
        tx.rollback().await.unwrap();
        found.first().map(|(_, id)| *id)
    }

    /// Waits until a contact is in step, and returns its record's id.
    pub async fn in_step(&self, id: ContactId) -> String {
        self.until("in step", async || self.link(id).await.is_some_and(|link| link.state == "in_step")).await;
        self.link(id).await.unwrap().remote_id
    }

    /// Actions in the audit log about a contact, newest first, with what they say.
    pub async fn audit(&self, id: ContactId) -> Vec<(String, Value, Value, String)> {
        let read = self.app.store.workspace(self.caller.workspace).read();
        let filter = audit_log::Filter {
            target_kind: Some("contact".to_owned()),
            target_id: Some(id.to_string()),
            actor_id: None,
        };
        let lines = audit_log::page(&read, &filter, None, 100).await.unwrap();
        lines
            .into_iter()
            .map(|line| (line.action, line.before.unwrap_or_default(), line.after.unwrap_or_default(), line.source))
            .collect()
    }

    pub async fn count(&self, sql: &str) -> i64 {
        number(&self.app.store, sql).await.unwrap()
    }

    pub async fn finish(self) {
        self.app.shutdown.cancel();
        self.runner.join().await;
        drop(self.app);
        self.crm.shutdown().await;
        self.db.finish().await.unwrap();
    }
}

async fn workspace(app: &App, owner: &str) -> Caller {
    let new = NewWorkspace {
        settings: WorkspacePatch::default(),
        owner_name: "Owner".to_owned(),
        owner_email: owner.to_owned(),
        owner_password: "a long enough passphrase".to_owned(),
    };
    Caller::system(WorkspaceId(create_workspace(app, new).await.unwrap().workspace.id))
}

fn row(workspace: WorkspaceId, id: ContactId, name: &str, phone: &str, now: Ms) -> ContactRow {
    ContactRow {
        workspace_id: workspace.0,
        id: id.0,
        lane: i16::try_from(rapport_core::id::lane_of(workspace, phone)).unwrap(),
        name: name.to_owned(),
        phone: Some(phone.to_owned()),
        email: None,
        username: None,
        language: None,
        country: None,
        timezone: None,
        lifecycle: "lead".to_owned(),
        source: None,
        owner_id: None,
        fields: json!({}),
        field_stamps: json!({}),
        marketing_consent: "unknown".to_owned(),
        first_inbound_at: None,
        last_inbound_at: None,
        merged_into: None,
        version: 1,
        created_at: now.0,
        updated_at: now.0,
    }
}
