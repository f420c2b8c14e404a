//! The same sync with companies' own CRMs, each as its owner describes it.

use crate::world::World;
use rapport_app::connection::{self, ConnectionPatch, NewConnection, NewTrial};
use rapport_connectors::http::Method;
use rapport_core::ConnectionId;
use rapport_sandbox::Make;
use serde_json::{Value, json};

const FLAT: &str = "/rest/flat/contacts";
const NESTED: &str = "/rest/nested/contacts";

fn new(world: &World, make: Make) -> NewConnection {
    let credentials = match make {
        Make::Flat => vec![("token", "own-key"), ("hook_secret", "hook-secret")],
        Make::Nested => {
            vec![("client_id", "own-client"), ("client_secret", "own-secret"), ("hook_secret", "hook-secret")]
        }
    };
    NewConnection {
        kind: "rest".to_owned(),
        credentials: credentials.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        base_url: Some(format!("{}/rest", world.crm.base_url())),
        description: Some(make.description()),
        ..NewConnection::default()
    }
}

/// Connected, and through the first synchronisation.
async fn connected(mut world: World, make: Make) -> World {
    world.control(Method::Post, "/limits", Some(json!({ "rest": { "calls_per_second": 100_000 } }))).await;
    let view = connection::add(&world.app, &world.caller, new(&world, make)).await.unwrap();
    assert_eq!((view.kind.as_str(), view.name.as_str()), ("rest", "Own CRM (REST)"));
    world.connection = ConnectionId(view.id);
    world.live().await;
    world
}

async fn record(world: &World, path: &str, id: &str) -> Value {
    let all = world.control(Method::Get, path, None).await;
    all["items"].as_array().unwrap().iter().find(|one| one["id"] == id).cloned().unwrap_or_default()
}

async fn writes(world: &World) -> usize {
    let all = world.control(Method::Get, "/rest/requests?limit=10000", None).await;
    let is_write = |line: &&Value| line["method"] != "GET" && line["path"] != "/nested/oauth/token";
    all["items"].as_array().unwrap().iter().filter(is_write).count()
}

#[tokio::test]
async fn contacts_stay_in_step_with_either_make_and_changes_do_not_echo() {
    for (make, path) in [(Make::Flat, FLAT), (Make::Nested, NESTED)] {
        let world = World::bare().await;
        let ours = world.contact("Ana", "+4915112345678").await;
        let theirs = json!({ "name": "Bo", "phone": "+491512222222", "email": "bo@shop.example" });
        let theirs = world.control(Method::Post, path, Some(theirs)).await["id"].as_str().unwrap().to_owned();
        let world = connected(world, make).await;
        let id = world.in_step(ours).await;
        assert_eq!(record(&world, path, &id).await["key"], json!(ours.to_string()));
        let bo = world.who("+491512222222").await.expect("came over");
        assert_eq!(world.in_step(bo).await, theirs);
        world.edit(ours, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
        world.until("there", async || record(&world, path, &id).await["email"] == "ana@shop.example").await;
        world.control(Method::Post, &format!("{path}/{id}"), Some(json!({ "name": "Ana López" }))).await;
        world.until("here", async || world.row(ours).await.name == "Ana López").await;
        world.rest().await;
        let before = writes(&world).await;
        world.rest().await;
        assert_eq!(writes(&world).await, before, "it ends");
        // Who is deleted there is let go.
        world.control(Method::Delete, &format!("{path}/{theirs}"), None).await;
        let is_gone = async || world.link(bo).await.is_some_and(|link| link.deleted_at.is_some());
        if make == Make::Flat {
            world.until("let go", is_gone).await;
        }
        world.finish().await;
    }
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_made_once_and_found_again() {
    for (make, path, part) in [(Make::Flat, FLAT, "/api/customers"), (Make::Nested, NESTED, "/v2/people")] {
        let world = connected(World::bare().await, make).await;
        for kind in ["drop_response", "status"] {
            let lost = json!({ "target": "rest", "kind": kind, "status": 500, "after": kind == "status", "times": 1,
                "match": { "path": part, "method": "POST" } });
            world.fault(lost).await;
            let phone = if kind == "status" { "+4915112345678" } else { "+4915112345679" };
            let before = writes(&world).await;
            let ana = world.contact("Ana", phone).await;
            world.until("asked", async || writes(&world).await > before).await;
            // A look finds it by our key; what was put off is tried again when its time has come.
            world.clock.advance(600_000);
            world.app.bells.jobs.ring();
            world.in_step(ana).await;
        }
        let all = world.control(Method::Get, path, None).await;
        assert_eq!(all["total"], 2, "{make:?}");
        world.finish().await;
    }
}

#[tokio::test]
async fn a_description_is_tried_before_anything_moves() {
    let world = World::bare().await;
    for (name, phone) in [("Ana", "+4915112345678"), ("Odd", "call me")] {
        let person = json!({ "name": name, "phone": phone, "email": format!("{name}@shop.example") });
        world.control(Method::Post, FLAT, Some(person)).await;
    }
    let tried = async |description: Value| {
        let NewConnection { credentials, base_url, .. } = new(&world, Make::Flat);
        let new = NewTrial { base_url, credentials, description, connection_id: None };
        connection::trial(&world.app, &world.caller, new).await.unwrap()
    };
    let good = tried(Make::Flat.description()).await;
    let text = format!("{:?}", good.problems);
    assert!(good.problems.is_empty() && good.read == 2 && good.records.len() == 2, "{text}");
    assert!(
        good.fields.iter().any(|field| field.name == "city")
            && good.fields.iter().all(|field| field.name != "external_ref")
    );
    let odd =
        good.records.iter().flat_map(|record| &record.values).find(|value| value.value.as_deref() == Some("call me"));
    assert_eq!(odd.and_then(|value| value.problem), Some("not_phone"));
    for (change, place, code) in [
        (json!(["record", "id", "uuid"]), "call", "refused"),
        (json!(["list", "items", "rows"]), "call", "refused"),
        (json!(["record", "modified", "changed"]), "record.modified", "no_moment"),
        (json!(["read", "url", "/flat/api/people/{id}"]), "read.url", "not_found"),
        (json!(["record", "id", ""]), "record.id", "missing"),
    ] {
        let mut said = Make::Flat.description();
        said[change[0].as_str().unwrap()][change[1].as_str().unwrap()] = change[2].clone();
        let view = tried(said).await;
        assert!(
            view.problems.iter().any(|one| one.place == place && one.code == code),
            "{change}: {:?}",
            view.problems
        );
    }
    assert_eq!(writes(&world).await, 0);
    // What makes no sense is not connected.
    let mut bad = new(&world, Make::Flat);
    bad.description = None;
    world.refuses(bad.clone(), "description").await;
    bad.description = Some(json!({ "list": { "url": "no" } }));
    world.refuses(bad.clone(), "description").await;
    bad = new(&world, Make::Flat);
    bad.credentials.remove("token");
    world.refuses(bad.clone(), "token").await;
    bad.credentials.insert("token".to_owned(), "nonsense".to_owned());
    world.refuses(bad, "token").await;
    world.finish().await;
}

#[tokio::test]
async fn webhooks_are_believed_by_the_described_proof() {
    let world = connected(World::bare().await, Make::Nested).await;
    let id = world.control(Method::Post, NESTED, Some(json!({ "name": "Bo", "phone": "+491512222222" }))).await["id"]
        .clone();
    let path = format!("/webhooks/rest/{}", world.connection);
    let body = json!({ "changes": [{ "person": id }] }).to_string();
    let call = async |secret: &str| {
        let headers = [("content-type", "application/json"), ("x-own-secret", secret)];
        let delivery =
            connection::hook::Delivery { kind: "rest", path: &path, body: body.as_bytes(), headers: &headers };
        connection::hook::receive(&world.app, world.connection, &delivery).await
    };
    assert!(matches!(call("another").await, Err(rapport_app::Error::Unauthenticated)));
    assert_eq!(call("hook-secret").await.unwrap(), 1);
    world.until("here", async || world.who("+491512222222").await.is_some()).await;
    world.finish().await;
}

#[tokio::test]
async fn a_stored_secret_is_not_led_elsewhere_in_two_steps() {
    let mut world = World::bare().await;
    let mut new = new(&world, Make::Flat);
    new.credentials.extend(
        [("client_id", "own-client"), ("client_secret", "own-secret")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    world.connection = ConnectionId(connection::add(&world.app, &world.caller, new).await.unwrap().id);
    let change = async |description: &Value| {
        let patch = ConnectionPatch { description: Some(description.clone()), ..ConnectionPatch::default() };
        connection::change(&world.app, &world.caller, world.connection, patch).await
    };
    let tried = async |description: &Value| {
        let new = NewTrial {
            connection_id: Some(world.connection.0),
            base_url: Some("https://evil.example/api".to_owned()),
            description: description.clone(),
            ..NewTrial::default()
        };
        connection::trial(&world.app, &world.caller, new).await
    };
    // An address that no tokens come from is taken, and nothing is sent to it.
    let mut said = Make::Flat.description();
    said["auth"]["token_url"] = "https://evil.example/token".into();
    change(&said).await.unwrap();
    said["auth"]["by"] = "oauth".into();
    let is_refused = |error: Option<rapport_app::Error>| matches!(error, Some(rapport_app::Error::Invalid { field, .. }) if field == "client_secret");
    assert!(is_refused(change(&said).await.err()) && is_refused(tried(&said).await.err()));
    // A trial with what is stored asks the connection's own address, whichever was given.
    world.control(Method::Post, FLAT, Some(json!({ "name": "Ana", "phone": "+4915112345678" }))).await;
    let good = tried(&Make::Flat.description()).await.unwrap();
    assert!(good.problems.is_empty() && good.read == 1, "{:?}", good.problems);
    // Nor can the address itself be changed below what is stored.
    let moved = json!({ "base_url": "https://evil.example/api" });
    assert!(serde_json::from_value::<ConnectionPatch>(moved).is_err());
    world.finish().await;
}

#[tokio::test]
async fn another_description_is_tried_and_secrets_go_nowhere_else() {
    let world = connected(World::bare().await, Make::Nested).await;
    let change = async |description: Value, secret: Option<&str>| {
        let credentials = secret.map(|secret| ("client_secret".to_owned(), secret.to_owned())).into_iter().collect();
        let patch = ConnectionPatch { description: Some(description), credentials, ..ConnectionPatch::default() };
        connection::change(&world.app, &world.caller, world.connection, patch).await
    };
    let mut said = Make::Nested.description();
    said["auth"]["token_url"] = "https://evil.example/token".into();
    let refused = change(said.clone(), None).await;
    assert!(
        matches!(&refused, Err(rapport_app::Error::Invalid { field, .. }) if field == "client_secret"),
        "{refused:?}"
    );
    said = Make::Nested.description();
    said["list"]["items"] = "nowhere".into();
    let refused = change(said, None).await;
    assert!(
        matches!(&refused, Err(rapport_app::Error::Invalid { field, .. }) if field == "description"),
        "{refused:?}"
    );
    let mut said = Make::Nested.description();
    said["limits"]["look_s"] = 60.into();
    change(said, None).await.unwrap();
    let shown = connection::description(&world.app, &world.caller, world.connection).await.unwrap();
    assert_eq!((&shown["limits"]["look_s"], &shown["list"]["first"]), (&json!(60), &json!(1)));
    // Tokens end in the middle of it all, and nobody notices.
    world.control(Method::Post, "/rest/tokens", None).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    world.finish().await;
}
