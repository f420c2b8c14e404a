//! The doctor and the hourly probe against a scripted provider, on both databases.
#![allow(missing_docs, reason = "tests")]

use futures::future::BoxFuture;
use rapport_app::account::setup::{NewWorkspace, create_workspace};
use rapport_app::account::workspace::WorkspacePatch;
use rapport_app::auth::Caller;
use rapport_app::auth::password::Cost;
use rapport_app::channel::add::{self, NewChannel};
use rapport_app::channel::change::{self, ChannelPatch};
use rapport_app::channel::{number, tally, view};
use rapport_app::clock::{Ids, ManualClock, SystemIds};
use rapport_app::doctor::{self, Finding, State};
use rapport_app::jobs::Outcome;
use rapport_app::vault::{MasterKey, Vault};
use rapport_app::{App, Parts, Settings};
use rapport_connectors::http::{Executor, Failure, Request, Response, Streamed};
use rapport_core::{ChannelId, Ms, WorkspaceId};
use rapport_store::Backend;
use rapport_store::testing::{TestStore, execute};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWrite;

/// Answers by operation; what is not scripted cannot be reached.
#[derive(Default)]
struct Provider(Mutex<HashMap<&'static str, (u16, Value)>>);

impl Provider {
    fn says(&self, operation: &'static str, status: u16, body: Value) {
        self.0.lock().unwrap().insert(operation, (status, body));
    }
}

impl Executor for Provider {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        let known = self.0.lock().unwrap().get(request.operation).cloned();
        Box::pin(async move {
            let (status, body) = known.ok_or_else(|| Failure::NotSent("no route".to_owned()))?;
            Ok(Response::new(status, &[], body.to_string()))
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

struct World {
    db: TestStore,
    app: App,
    provider: Arc<Provider>,
    clock: Arc<ManualClock>,
    caller: Caller,
    _files: tempfile::TempDir,
}

impl World {
    async fn open(backend: Backend) -> Self {
        let db = TestStore::open(backend).await.unwrap();
        let clock = Arc::new(ManualClock::new(Ms(1_790_000_000_000)));
        let provider = Arc::new(Provider::default());
        let files = tempfile::tempdir().unwrap();
        let ids: Arc<dyn Ids> = Arc::new(SystemIds);
        let app = App::new(Parts {
            store: db.store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            http: provider.clone(),
            vault: Vault::new(MasterKey::from_bytes([7; 32]), ids),
            settings: Settings {
                public_url: "https://chat.shop.example".to_owned(),
                data_dir: files.path().to_owned(),
                max_media_bytes: 1 << 20,
                password_cost: Cost::cheapest(),
            },
            shutdown: tokio_util::sync::CancellationToken::new(),
        })
        .unwrap();
        let new = NewWorkspace {
            settings: WorkspacePatch::default(),
            owner_name: "Owner".to_owned(),
            owner_email: "owner@shop.example".to_owned(),
            owner_password: "a long enough passphrase".to_owned(),
        };
        let made = create_workspace(&app, new).await.unwrap();
        let caller = Caller::system(WorkspaceId(made.workspace.id));
        Self { db, app, provider, clock, caller, _files: files }
    }

    async fn channel(&self) -> ChannelId {
        let new = NewChannel {
            kind: "whatsapp".to_owned(),
            phone_number_id: "106".to_owned(),
            waba_id: "102".to_owned(),
            access_token: "token".to_owned(),
            app_secret: "secret".to_owned(),
            verify_token: "verify".to_owned(),
            ..NewChannel::default()
        };
        ChannelId(add::add(&self.app, &self.caller, new).await.unwrap().channel.id)
    }

    async fn findings(&self) -> Vec<Finding> {
        doctor::run(&self.app, &self.caller).await.unwrap()
    }

    async fn bad(&self) -> Vec<(&'static str, &'static str)> {
        // The clock of these tests stands still, the database server's does not; how full the disk is, is the machine's affair.
        let bad = |one: &&Finding| one.state != State::Ok && !["clock", "disk"].contains(&one.check);
        self.findings().await.iter().filter(bad).map(|one| (one.check, one.code)).collect()
    }
}

fn good_number(quality: &str) -> Value {
    json!({
        "id": "106", "display_phone_number": "+1 555-078-3881", "verified_name": "Dune & Thread",
        "quality_rating": quality, "status": "CONNECTED", "throughput": { "level": "HIGH" },
        "whatsapp_business_manager_messaging_limit": "TIER_10K",
    })
}

fn well(provider: &Provider) {
    provider.says("number", 200, good_number("GREEN"));
    let scopes = ["whatsapp_business_messaging", "whatsapp_business_management"];
    provider.says("debug_token", 200, json!({ "data": { "is_valid": true, "scopes": scopes, "expires_at": 0 } }));
    provider.says(
        "subscribed_apps",
        200,
        json!({ "data": [{ "whatsapp_business_api_data": { "id": "1", "name": "App" } }] }),
    );
}

async fn what_the_provider_says_is_found(backend: Backend) {
    let world = World::open(backend).await;
    well(&world.provider);
    let id = world.channel().await;
    let seen = view::get(&world.app, &world.caller, id).await.unwrap();
    assert_eq!((seen.name.as_str(), seen.display_phone.as_str()), ("Dune & Thread", "+1 555-078-3881"));
    assert_eq!((seen.throughput_per_second, seen.tier_limit), (1_000, Some(10_000)));

    let fresh = [("workers", "none"), ("channel.webhook", "not_verified"), ("channel.templates", "none")];
    let at_first = world.bad().await;
    assert_eq!(at_first.len(), fresh.len(), "{at_first:?}");
    assert!(fresh.iter().all(|one| at_first.contains(one)), "{at_first:?}");

    let expired =
        json!({ "error": { "message": "Error validating access token", "code": 190, "type": "OAuthException" } });
    world.provider.says("number", 401, expired);
    assert_eq!(world.bad().await[0], ("channel.token", "refused"));
    well(&world.provider);
    world.provider.says("debug_token", 200, json!({ "data": { "is_valid": true, "scopes": ["public_profile"] } }));
    assert_eq!(world.bad().await[0], ("channel.token", "scope"));
    well(&world.provider);
    world.provider.says("subscribed_apps", 200, json!({ "data": [] }));
    assert_eq!(world.bad().await[0], ("channel.webhook", "not_subscribed"));
    well(&world.provider);
    world.clock.advance(31 * 86_400_000);
    assert!(world.bad().await.contains(&("channel.token", "old")));
    assert!(!doctor::is_blocking(&world.findings().await));
    world.db.finish().await.unwrap();
}

async fn what_waits_is_found(backend: Backend) {
    let world = World::open(backend).await;
    well(&world.provider);
    let id = world.channel().await;
    let before = world.bad().await;
    let hex = |bytes: &[u8]| match backend {
        Backend::Sqlite => format!("x'{}'", hex(bytes)),
        Backend::Postgres => format!("'\\x{}'::bytea", hex(bytes)),
    };
    let uuid = |id: uuid::Uuid| match backend {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    };
    let (workspace, channel) = (uuid(world.caller.workspace.0), uuid(id.0));
    let now = world.app.now();
    for (n, state, error) in [(1_u8, 0, "NULL"), (2, 3, "'no channel has that number'")] {
        let row = format!(
            "INSERT INTO raw_event (workspace_id, id, channel_id, provider_key, lane, kind, received_at, state, attempts, body, error) \
             VALUES ({workspace}, {}, {channel}, {}, 0, 0, {}, {state}, 0, {}, {error})",
            uuid(world.app.store.new_id(now)),
            hex(&[n; 16]),
            now.plus(-3_600_000).0,
            hex(&[0]),
        );
        execute(&world.app.store, &row).await.unwrap();
    }
    let bad: Vec<_> = world.bad().await.into_iter().filter(|one| !before.contains(one)).collect();
    assert_eq!(bad, [("events", "stuck"), ("quarantine", "some")]);
    let findings = world.findings().await;
    let aside = findings.iter().find(|one| one.check == "quarantine").unwrap();
    assert!(aside.cause.contains("no channel has that number"), "{}", aside.cause);
    world.db.finish().await.unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn the_probe_notes_what_changes(backend: Backend) {
    let world = World::open(backend).await;
    well(&world.provider);
    let id = world.channel().await;
    let workspace = world.caller.workspace;
    world.provider.says("number", 200, good_number("RED"));
    let next = number::run(&world.app, workspace, id).await.unwrap();
    assert_eq!(next, Outcome::Again { at: world.app.now().plus(3_600_000) }, "every hour");
    assert_eq!(view::get(&world.app, &world.caller, id).await.unwrap().quality, "RED");

    world.provider.0.lock().unwrap().clear();
    let next = number::run(&world.app, workspace, id).await.unwrap();
    assert_eq!(next, Outcome::Again { at: world.app.now().plus(600_000) }, "sooner after a failure");
    let seen = view::get(&world.app, &world.caller, id).await.unwrap();
    assert!(seen.last_error.unwrap().contains("no route"));
    assert_eq!(seen.status, "active", "a network that is away is no reason to stop");
    well(&world.provider);
    number::run(&world.app, workspace, id).await.unwrap();
    assert_eq!(view::get(&world.app, &world.caller, id).await.unwrap().last_error, None);

    change::disconnect(&world.app, &world.caller, id).await.unwrap();
    assert_eq!(number::run(&world.app, workspace, id).await.unwrap(), Outcome::Done);
    world.db.finish().await.unwrap();
}

/// A channel that was added while the provider could not be asked.
async fn a_repaired_token_gives_the_channel_its_name(backend: Backend) {
    let world = World::open(backend).await;
    for (named, phone, verified, expected) in [
        (None, "+1 555-078-3881", Some("Dune & Thread"), "Dune & Thread"),
        (None, "+1 555-078-3881", None, "+1 555-078-3881"),
        (None, "", None, "WhatsApp"),
        (Some("Shop"), "+1 555-078-3881", Some("Dune & Thread"), "Shop"),
    ] {
        world.provider.0.lock().unwrap().clear();
        let id = world.channel().await;
        let seen = view::get(&world.app, &world.caller, id).await.unwrap();
        assert_eq!((seen.name.as_str(), seen.display_phone.as_str()), ("WhatsApp", ""));
        if let Some(name) = named {
            let patch = ChannelPatch { name: Some(name.to_owned()), ..ChannelPatch::default() };
            change::update(&world.app, &world.caller, id, patch).await.unwrap();
        }
        well(&world.provider);
        let mut number = good_number("GREEN");
        (number["display_phone_number"], number["verified_name"]) = (phone.into(), verified.into());
        world.provider.says("number", 200, number);
        let patch = ChannelPatch { access_token: Some("better".to_owned()), ..ChannelPatch::default() };
        let seen = change::update(&world.app, &world.caller, id, patch).await.unwrap();
        assert_eq!((seen.name.as_str(), seen.display_phone.as_str()), (expected, phone), "at once");
        assert_eq!((seen.quality.as_str(), seen.last_error), ("GREEN", None));
        change::disconnect(&world.app, &world.caller, id).await.unwrap();
    }
    world.db.finish().await.unwrap();
}

/// A channel from before it was kept whether its name is a person's: the next look at its number names it, unless the audit log
/// says that somebody called it so.
async fn a_look_names_what_was_never_named(backend: Backend) {
    let world = World::open(backend).await;
    let workspace = world.caller.workspace;
    let call = |name: &str| ChannelPatch { name: Some(name.to_owned()), ..ChannelPatch::default() };
    for (names, kept_since, expected) in [
        (vec![], false, "Dune & Thread"),
        (vec!["Shop"], false, "Shop"),
        (vec!["Shop", "WhatsApp"], false, "WhatsApp"),
        (vec!["WhatsApp"], false, "Dune & Thread"),
        (vec!["WhatsApp"], true, "WhatsApp"),
    ] {
        world.provider.0.lock().unwrap().clear();
        let id = world.channel().await;
        for name in &names {
            change::update(&world.app, &world.caller, id, call(name)).await.unwrap();
        }
        if !kept_since {
            execute(&world.app.store, "UPDATE channel SET settings = '{}'").await.unwrap();
        }
        well(&world.provider);
        for _ in 0..2 {
            number::run(&world.app, workspace, id).await.unwrap();
            let seen = view::get(&world.app, &world.caller, id).await.unwrap();
            assert_eq!(seen.name, expected, "{names:?} {kept_since}");
        }
        change::disconnect(&world.app, &world.caller, id).await.unwrap();
        execute(&world.app.store, "DELETE FROM audit_log").await.unwrap();
    }
    world.db.finish().await.unwrap();
}

/// Whoever lists channels sees that one does not work, without asking its provider.
async fn what_blocks_a_channel_is_kept_until_a_look_finds_it_gone(backend: Backend) {
    let world = World::open(backend).await;
    well(&world.provider);
    let id = world.channel().await;
    let expired = json!({ "error": { "message": "Error validating access token", "code": 190 } });
    let no_scope = json!({ "data": { "is_valid": true, "scopes": ["public_profile"] } });
    for (operation, status, body, blocked) in [
        ("number", 401, expired, vec!["channel.token/refused"]),
        ("debug_token", 200, no_scope, vec!["channel.token/scope"]),
        ("subscribed_apps", 200, json!({ "data": [] }), vec!["channel.webhook/not_subscribed"]),
    ] {
        world.provider.says(operation, status, body);
        number::run(&world.app, world.caller.workspace, id).await.unwrap();
        let seen = view::get(&world.app, &world.caller, id).await.unwrap();
        assert_eq!(
            (seen.status.as_str(), seen.blocked_by),
            ("active", blocked.into_iter().map(str::to_owned).collect())
        );
        let active = ("channel.status", "ok");
        let findings = world.findings().await;
        assert!(findings.iter().all(|one| (one.check, one.code) != active), "{operation}: it is not called well");
        well(&world.provider);
        number::run(&world.app, world.caller.workspace, id).await.unwrap();
        let seen = view::get(&world.app, &world.caller, id).await.unwrap();
        assert!(seen.blocked_by.is_empty(), "{operation}: {:?}", seen.blocked_by);
        let findings = world.findings().await;
        assert!(findings.iter().any(|one| (one.check, one.code) == active), "{operation}");
    }
    world.db.finish().await.unwrap();
}

/// What was wrong at our own door is looked at again once something comes through it.
async fn what_comes_in_brings_a_look_at_what_blocked_it(backend: Backend) {
    let world = World::open(backend).await;
    well(&world.provider);
    let id = world.channel().await;
    let workspace = world.caller.workspace;
    let due = async || {
        let text = "SELECT min(run_at) FROM job WHERE kind = 'refresh_channel' AND state = 'ready'";
        rapport_store::testing::number(&world.app.store, text).await.unwrap() - world.app.now().0
    };
    let hourly = due().await;
    world.app.tally.event(workspace, id, world.app.now());
    tally::flush(&world.app).await;
    assert_eq!(due().await, hourly, "nothing blocked it");
    world.provider.says("subscribed_apps", 200, json!({ "data": [] }));
    number::run(&world.app, workspace, id).await.unwrap();
    for (handshake, expected) in [(false, 60_000), (true, 0)] {
        let note = if handshake { tally::Tally::handshake } else { tally::Tally::event };
        note(&world.app.tally, workspace, id, world.app.now());
        tally::flush(&world.app).await;
        assert_eq!(due().await, expected);
    }
    world.db.finish().await.unwrap();
}

macro_rules! on_both {
    ($($name:ident),+) => {
        mod sqlite { $(#[tokio::test] async fn $name() { super::$name(rapport_store::Backend::Sqlite).await; })+ }
        mod postgres { $(#[tokio::test] async fn $name() { super::$name(rapport_store::Backend::Postgres).await; })+ }
    };
}

on_both!(
    what_the_provider_says_is_found,
    what_waits_is_found,
    the_probe_notes_what_changes,
    a_repaired_token_gives_the_channel_its_name,
    a_look_names_what_was_never_named,
    what_blocks_a_channel_is_kept_until_a_look_finds_it_gone,
    what_comes_in_brings_a_look_at_what_blocked_it
);
