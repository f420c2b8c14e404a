//! `TestApp`: the real router without a socket, a database of its own, a clock that stands still, no outside world.
//! Every answer is checked against the OpenAPI document: an attribute can contradict its handler.

mod client;
mod document;
mod shop;

pub use client::{Client, Reply};
pub use document::{Document, Endpoint};
pub use shop::{Heard, PNG, Shop};

use axum::Router;
use futures::future::BoxFuture;
use rapport_app::account::setup::{self, NewWorkspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::password::Cost;
use rapport_app::clock::{ManualClock, SeededIds};
use rapport_app::vault::{MasterKey, Vault};
use rapport_app::{App, Parts, Settings};
use rapport_connectors::http::{Executor, Failure, Request, Response, Streamed};
use rapport_core::Ms;
use rapport_server::http;
use rapport_store::{Options, Store};
use serde_json::json;
use std::sync::Arc;
use tokio::io::AsyncWrite;

/// The password of everybody in these tests.
pub const PASSWORD: &str = "correct horse battery";

/// An application under test.
pub struct TestApp {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub document: Arc<Document>,
    pub router: Router,
    folder: Arc<tempfile::TempDir>,
}

/// A workspace with its owner.
pub struct Workspace {
    pub id: String,
    pub owner_id: String,
    pub email: String,
    pub token: String,
    pub token_id: String,
}

/// Nobody is out there.
struct Nowhere;

impl Executor for Nowhere {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move { Err(Failure::Blocked(format!("a test called {}", request.operation))) })
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        _: &'a mut (dyn AsyncWrite + Unpin + Send),
        _: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        Box::pin(async move { Err(Failure::Blocked(format!("a test called {}", request.operation))) })
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::calling(Arc::new(Nowhere)).await
    }

    /// The same with somebody out there.
    pub async fn calling(outside: Arc<dyn Executor>) -> Self {
        Self::reached_at(outside, "https://chat.shop.example").await
    }

    /// The same, reached by others at this address.
    pub async fn reached_at(outside: Arc<dyn Executor>, public_url: &str) -> Self {
        // Shown with a failing test only. A second call is refused; the first stays.
        let _ = tracing_subscriber::fmt().with_test_writer().with_max_level(tracing::Level::WARN).try_init();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        let store = Store::open(&Options::new(url)).await.unwrap();
        store.migrate().await.unwrap();
        let clock = Arc::new(ManualClock::new(Ms(1_790_000_000_000)));
        let ids = Arc::new(SeededIds::new(1));
        let settings = Settings {
            public_url: public_url.to_owned(),
            data_dir: folder.path().to_owned(),
            max_media_bytes: 1 << 20,
            password_cost: Cost::cheapest(),
        };
        let app = App::new(Parts {
            store,
            clock: clock.clone(),
            vault: Vault::new(MasterKey::from_bytes([7; 32]), ids.clone()),
            ids,
            http: outside,
            settings,
            shutdown: tokio_util::sync::CancellationToken::new(),
        })
        .unwrap();
        let router = http::router(app.clone(), http::Settings::default()).unwrap();
        Self { app, clock, document: Arc::new(Document::read()), router, folder: Arc::new(folder) }
    }

    /// An application with one workspace, and its owner's token as client.
    pub async fn with_owner() -> (Self, Client) {
        let test = Self::new().await;
        let workspace = test.workspace("a").await;
        let client = test.bearer(&workspace.token);
        (test, client)
    }

    /// Makes a workspace whose people's addresses end in `@<name>.example`.
    pub async fn workspace(&self, name: &str) -> Workspace {
        let new = NewWorkspace {
            settings: WorkspacePatch { name: Some(format!("Shop {name}")), ..WorkspacePatch::default() },
            owner_name: format!("Owner {name}"),
            owner_email: format!("owner@{name}.example"),
            owner_password: PASSWORD.to_owned(),
        };
        let made = setup::create_workspace(&self.app, new).await.unwrap();
        Workspace {
            id: made.workspace.id.to_string(),
            owner_id: made.owner.id.to_string(),
            email: made.owner.email,
            token: made.token.secret,
            token_id: made.token.token.id.to_string(),
        }
    }

    /// A client of another router over the same application.
    pub fn nobody_at(&self, router: Router) -> Client {
        Client::new(router, self.document.clone(), self.folder.clone())
    }

    /// A client that nobody knows.
    pub fn nobody(&self) -> Client {
        Client::new(self.router.clone(), self.document.clone(), self.folder.clone())
    }

    /// A client with an API token.
    pub fn bearer(&self, token: &str) -> Client {
        self.nobody().with("authorization", format!("Bearer {token}"))
    }

    /// A browser that has signed in.
    pub async fn browser(&self, email: &str) -> Client {
        let reply = self.nobody().post("/api/v1/session", json!({ "email": email, "password": PASSWORD })).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        self.nobody().with("cookie", reply.cookies()).with("x-rapport-csrf", "1")
    }

    /// Adds a user of a role; their address is `<role>@a.example`.
    pub async fn user(&self, owner: &Client, role: &str) -> String {
        let body = json!({ "name": role, "email": format!("{role}@a.example"), "role": role, "password": PASSWORD });
        let reply = owner.post("/api/v1/users", body).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        reply.text("/id")
    }
}
