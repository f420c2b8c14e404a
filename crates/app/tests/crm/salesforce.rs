//! Contacts in step with Salesforce, and access tokens that end: renewed once, kept when they change, and said when
//! nobody gives another.

use crate::world::World;
use rapport_app::connection::{self, ConnectionPatch, NewConnection};
use rapport_app::doctor::State;
use rapport_connectors::http::Method;
use rapport_core::ConnectionId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn new(world: &World) -> NewConnection {
    let credentials = [("client_id", "sf-client"), ("client_secret", "sf-secret"), ("refresh_token", "sf-refresh-one")];
    NewConnection {
        kind: "salesforce".to_owned(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        base_url: Some(format!("{}/salesforce", world.crm.base_url())),
        ..NewConnection::default()
    }
}

/// Connected, and through the first synchronisation.
async fn connected(mut world: World, new: NewConnection) -> World {
    let view = connection::add(&world.app, &world.caller, new).await.unwrap();
    assert_eq!((view.kind.as_str(), view.name.as_str()), ("salesforce", "Salesforce"));
    world.connection = ConnectionId(view.id);
    world.live().await;
    world
}

async fn limits(world: &World, limits: Value) {
    world.control(Method::Post, "/limits", Some(json!({ "salesforce": limits }))).await;
}

async fn all(world: &World) -> Vec<Value> {
    let all = world.control(Method::Get, "/salesforce/contacts", None).await;
    all["items"].as_array().unwrap().iter().filter(|record| record["archived"] == false).cloned().collect()
}

async fn record(world: &World, id: &str) -> Value {
    all(world).await.into_iter().find(|record| record["id"] == id).unwrap_or_default()
}

async fn person(world: &World, contact: Value) -> String {
    let made = world.control(Method::Post, "/salesforce/contacts", Some(contact)).await;
    made["id"].as_str().unwrap().to_owned()
}

/// Tokens given out so far.
async fn grants(world: &World) -> u64 {
    world.control(Method::Get, "/salesforce/requests?limit=1", None).await["grants"].as_u64().unwrap()
}

async fn end_sessions(world: &World) {
    world.control(Method::Delete, "/salesforce/sessions", None).await;
}

async fn writes(world: &World) -> usize {
    let all = world.control(Method::Get, "/salesforce/requests?method=PATCH&limit=10000", None).await;
    all["items"].as_array().unwrap().len()
}

/// Everything this process knows of the line, as after a restart.
fn restart(world: &World) {
    world.app.lines.forget(world.connection);
}

#[tokio::test]
async fn contacts_stay_in_step() {
    let world = World::bare().await;
    let ours = world.contact("Ana López", "+4915112345678").await;
    let theirs = person(&world, json!({ "LastName": "Bo", "Phone": "+49 (151) 2222222" })).await;
    let twin = world.contact("", "+4915133333333").await;
    let known =
        person(&world, json!({ "LastName": "Cem", "MobilePhone": "+49 151 33333333", "Email": "c@shop.example" }))
            .await;
    let new = new(&world);
    let world = connected(world, new).await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    let id = world.in_step(ours).await;
    let there = record(&world, &id).await;
    assert_eq!(there["Rapport_Id__c"], json!(ours.to_string()), "the field was made, and shown to the user");
    assert_eq!((&there["FirstName"], &there["LastName"]), (&json!("Ana"), &json!("López")));
    let bo = world.who("+491512222222").await.expect("came over");
    assert_eq!(world.in_step(bo).await, theirs);
    assert_eq!(world.in_step(twin).await, known, "found by its number, however it is written");
    // Both ways.
    world.edit(ours, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
    world.until("there", async || record(&world, &id).await["Email"] == "ana@shop.example").await;
    let path = format!("/salesforce/contacts/{id}");
    world.control(Method::Post, &path, Some(json!({ "FirstName": "Ana María" }))).await;
    world.until("here", async || world.row(ours).await.name == "Ana María López").await;
    // Neither side hears its own echo.
    world.rest().await;
    let before = writes(&world).await;
    world.rest().await;
    assert_eq!(writes(&world).await, before, "it ends");
    // A merge over there tells where the contact lives on; a deletion lets it go.
    world.control(Method::Post, &format!("/salesforce/contacts/{known}/merge_into/{id}"), None).await;
    world.until("let go", async || world.link(twin).await.is_some_and(|link| link.deleted_at.is_some())).await;
    assert!(world.link(twin).await.unwrap().error.unwrap().contains("one person"), "two contacts here, one there");
    assert_eq!(world.in_step(ours).await, id);
    let double = person(&world, json!({ "LastName": "Double" })).await;
    world.control(Method::Post, &format!("/salesforce/contacts/{theirs}/merge_into/{double}"), None).await;
    world.until("moved on", async || world.link(bo).await.is_some_and(|link| link.remote_id == double)).await;
    world.control(Method::Delete, &path, None).await;
    world.until("let go", async || world.link(ours).await.is_some_and(|link| link.deleted_at.is_some())).await;
    world.finish().await;
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed_once_for_all() {
    let world = World::bare().await;
    let new = new(&world);
    let world = connected(world, new).await;
    let before = grants(&world).await;
    let people: Vec<(String, String)> = (0..90).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let mut ids = Vec::new();
    for part in people.chunks(30) {
        ids.extend(world.contacts(part).await);
        // Batches, single writes and the look for changes all meet it.
        end_sessions(&world).await;
        world.rest().await;
    }
    for id in &ids {
        world.in_step(*id).await;
    }
    assert_eq!(all(&world).await.len(), 90, "nobody twice");
    let renewed = grants(&world).await - before;
    assert_eq!(renewed, 3, "once for each end, however many calls were refused");
    let view = world.view().await;
    assert_eq!((view.status.as_str(), view.failed), ("active", 0));
    // A call that is refused although its token is new is no reason to fetch tokens without end.
    world
        .fault(
            json!({ "target": "salesforce", "kind": "status", "status": 401, "match": { "path": "/services/data" } }),
        )
        .await;
    world.until("refused", async || world.view().await.status == "error").await;
    assert!(grants(&world).await - before <= 3 + 12, "{} tokens", grants(&world).await - before);
    world.control(Method::Delete, "/faults", None).await;
    world.clock.advance(6_000);
    world.app.bells.jobs.ring();
    world.until("repaired", async || world.view().await.status == "active").await;
    world.finish().await;
}

#[tokio::test]
async fn a_refused_refresh_token_asks_for_a_new_sign_in() {
    let world = World::bare().await;
    let new = new(&world);
    let world = connected(world, new).await;
    limits(&world, json!({ "revoked_tokens": ["sf-refresh-one"] })).await;
    end_sessions(&world).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.until("refused", async || world.view().await.status == "error").await;
    let view = world.view().await;
    assert!(view.status_reason.as_ref().unwrap().contains("Sign in again"), "{:?}", view.status_reason);
    assert_eq!((view.backlog, view.failed), (1, 0), "changes wait, none is given up");
    let patch = |token: &str| ConnectionPatch {
        credentials: BTreeMap::from([("refresh_token".to_owned(), token.to_owned())]),
        ..ConnectionPatch::default()
    };
    let refused = connection::change(&world.app, &world.caller, world.connection, patch("nonsense")).await.unwrap_err();
    assert!(matches!(&refused, rapport_app::Error::Invalid { field, .. } if field == "refresh_token"), "{refused}");
    let view = connection::change(&world.app, &world.caller, world.connection, patch("sf-refresh-two")).await.unwrap();
    assert_eq!((view.status.as_str(), view.status_reason), ("active", None));
    world.in_step(ana).await;
    assert_eq!(all(&world).await.len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn a_refresh_token_that_changes_with_each_use_is_kept() {
    let world = World::bare().await;
    limits(&world, json!({ "rotate_refresh_tokens": true })).await;
    let new = new(&world);
    let world = connected(world, new).await;
    for n in 0..3 {
        let contact = world.contact("Ana", &format!("+491511234567{n}")).await;
        world.in_step(contact).await;
        end_sessions(&world).await;
        restart(&world);
    }
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    assert!(grants(&world).await >= 4, "each restart fetched one with the token that was kept");
    let plain = hex::encode("sf-refresh");
    let sql = format!("SELECT count(*) FROM connection WHERE lower(hex(secret)) LIKE '%{plain}%'");
    assert_eq!(world.count(&sql).await, 0, "sealed");
    // The answer with the next one is lost: nothing is left to ask with, and a person is told.
    world
        .fault(
            json!({ "target": "salesforce", "kind": "drop_response", "times": 1, "match": { "path": "oauth2/token" } }),
        )
        .await;
    end_sessions(&world).await;
    world.until("refused", async || world.view().await.status == "error").await;
    assert!(world.view().await.status_reason.unwrap().contains("Sign in again"));
    world.finish().await;
}

#[tokio::test]
async fn an_app_may_sign_in_for_itself_and_credentials_are_tried() {
    let world = World::bare().await;
    let with = |name: &str, value: &str| {
        let mut new = new(&world);
        new.credentials.insert(name.to_owned(), value.to_owned());
        new
    };
    let without = |name: &str| {
        let mut new = new(&world);
        new.credentials.remove(name);
        new
    };
    limits(&world, json!({ "client_credentials": false })).await;
    for (new, field) in [
        (with("client_id", "nonsense"), "client_id"),
        (with("client_secret", "nonsense"), "client_secret"),
        (with("refresh_token", "nonsense"), "refresh_token"),
        (without("refresh_token"), "refresh_token"),
        (without("client_secret"), "client_secret"),
        (with("colour", "red"), "credentials"),
        (NewConnection { base_url: None, ..new(&world) }, "base_url"),
    ] {
        match connection::add(&world.app, &world.caller, new).await {
            Err(rapport_app::Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    limits(&world, json!({ "client_credentials": true, "may_customise": false })).await;
    match connection::add(&world.app, &world.caller, new(&world)).await {
        Err(rapport_app::Error::Invalid { detail, .. }) => assert!(detail.contains("Object Manager"), "{detail}"),
        other => panic!("the field cannot be made: {other:?}"),
    }
    limits(&world, json!({ "may_customise": true })).await;
    let new = without("refresh_token");
    let world = connected(world, new).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    world.finish().await;
}

#[tokio::test]
async fn lost_answers_locks_and_a_lost_field_double_nothing() {
    let world = World::bare().await;
    limits(&world, json!({ "batch_size": 50 })).await;
    let new = new(&world);
    let world = connected(world, new).await;
    let lost = json!({ "target": "salesforce", "kind": "drop_response", "times": 3, "match": { "path": "composite/sobjects" } });
    world.fault(lost).await;
    let people: Vec<(String, String)> = (0..120).map(|n| (format!("P {n}"), format!("+4915112346{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    for id in &ids {
        world.in_step(*id).await;
    }
    assert_eq!(all(&world).await.len(), 120, "nobody twice");
    let remote = world.in_step(ids[0]).await;
    world.control(Method::Post, &format!("/salesforce/contacts/{remote}/lock"), Some(json!({ "times": 2 }))).await;
    world.edit(ids[0], "name", |row| row.name = "Ana López".to_owned()).await;
    world.until("written once it is free", async || record(&world, &remote).await["LastName"] == "López").await;
    // An address that is another contact's there is left out; the rest goes over.
    person(&world, json!({ "LastName": "Other", "Email": "taken@shop.example" })).await;
    world.edit(ids[1], "email", |row| row.email = Some("taken@shop.example".to_owned())).await;
    world.until("told", async || world.link(ids[1]).await.unwrap().error.is_some()).await;
    let link = world.link(ids[1]).await.unwrap();
    assert!(link.state == "in_step" && link.error.unwrap().contains("e-mail"));
    // Somebody removes the field of our key: it is made anew, and who is known stays known.
    world.control(Method::Delete, "/salesforce/fields/Rapport_Id__c", None).await;
    let late = world.contact("Late", "+4915112349999").await;
    let remote = world.in_step(late).await;
    assert_eq!(record(&world, &remote).await["Rapport_Id__c"], json!(late.to_string()));
    world.edit(ids[2], "name", |row| row.name = "Changed Name".to_owned()).await;
    let remote = world.in_step(ids[2]).await;
    world.until("written", async || record(&world, &remote).await["FirstName"] == "Changed").await;
    assert_eq!(all(&world).await.len(), 122);
    world.finish().await;
}
