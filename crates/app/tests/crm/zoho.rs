//! Contacts in step with Zoho CRM: rows judged for themselves, tokens that end, stamps of whole seconds, notifications.

use crate::world::World;
use rapport_app::connection::{self, NewConnection};
use rapport_app::doctor::State;
use rapport_connectors::http::Method;
use rapport_core::ConnectionId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn new(world: &World) -> NewConnection {
    let credentials = [
        ("client_id", "1000.sandbox"),
        ("client_secret", "zoho-secret"),
        ("refresh_token", "1000.refresh-one"),
        ("hook_token", "hook-secret"),
    ];
    NewConnection {
        kind: "zoho".to_owned(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        base_url: Some(format!("{}/zoho", world.crm.base_url())),
        ..NewConnection::default()
    }
}

/// Connected, and through the first synchronisation.
async fn connected(mut world: World) -> World {
    let view = connection::add(&world.app, &world.caller, new(&world)).await.unwrap();
    assert_eq!((view.kind.as_str(), view.name.as_str()), ("zoho", "Zoho CRM"));
    world.connection = ConnectionId(view.id);
    world.live().await;
    world
}

async fn all(world: &World) -> Vec<Value> {
    let all = world.control(Method::Get, "/zoho/contacts", None).await;
    all["items"].as_array().unwrap().clone()
}

async fn record(world: &World, id: &str) -> Value {
    all(world).await.into_iter().find(|record| record["id"] == id).unwrap_or_default()
}

async fn person(world: &World, contact: Value) -> String {
    let made = world.control(Method::Post, "/zoho/contacts", Some(contact)).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn asked(world: &World, part: &str, method: &str) -> Vec<Value> {
    let method = if method.is_empty() { String::new() } else { format!("&method={method}") };
    let path = format!("/zoho/requests?limit=10000&path={part}{method}");
    world.control(Method::Get, &path, None).await["items"].as_array().unwrap().clone()
}

/// Writing calls so far.
async fn writes(world: &World) -> usize {
    asked(world, "/crm/v8/Contacts/upsert", "POST").await.len() + asked(world, "/crm/v8/Contacts", "PUT").await.len()
}

#[tokio::test]
async fn contacts_stay_in_step() {
    let world = World::bare().await;
    let ours = world.contact("Ana López", "+4915112345678").await;
    let nameless = world.contact("", "+4915144444444").await;
    let theirs = person(&world, json!({ "Last_Name": "Bo", "Phone": "+49 (151) 2222222" })).await;
    let twin = world.contact("", "+4915133333333").await;
    let known = person(&world, json!({ "Last_Name": "Cem", "Other_Phone": "+49 151 33333333" })).await;
    let world = connected(world).await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    // One of ours went over, one of theirs came, and who is on both sides was found.
    let id = world.in_step(ours).await;
    let there = record(&world, &id).await;
    assert_eq!(there["Rapport_Contact_ID"], json!(ours.to_string()));
    assert_eq!((&there["First_Name"], &there["Last_Name"]), (&json!("Ana"), &json!("López")));
    assert_eq!(world.in_step(twin).await, known);
    assert_eq!(world.row(twin).await.name, "Cem");
    let bo = world.who("+491512222222").await.expect("came over");
    assert_eq!(world.in_step(bo).await, theirs);
    assert_eq!(
        record(&world, &theirs).await["Phone"],
        "+49 (151) 2222222",
        "a number of theirs stays as it is written"
    );
    // Who has no name here is called by number there, and has no name here all the same.
    let bare = world.in_step(nameless).await;
    assert_eq!(record(&world, &bare).await["Last_Name"], "+4915144444444");
    assert_eq!(world.row(nameless).await.name, "");
    // Both ways.
    world.edit(ours, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
    world.until("there", async || record(&world, &id).await["Email"] == "ana@shop.example").await;
    let path = format!("/zoho/contacts/{id}");
    world.control(Method::Post, &path, Some(json!({ "Last_Name": "López García" }))).await;
    world.until("here", async || world.row(ours).await.name == "Ana López García").await;
    world.rest().await;
    let before = writes(&world).await;
    world.rest().await;
    assert_eq!(writes(&world).await, before, "it ends");
    assert_eq!(all(&world).await.len(), 4, "nobody twice");
    // Merged or deleted over there: who is gone is let go, with the reason.
    world.control(Method::Post, &format!("/zoho/contacts/{bare}/merge_into/{known}"), None).await;
    world.control(Method::Delete, &path, None).await;
    for gone in [nameless, ours] {
        world.until("let go", async || world.link(gone).await.is_some_and(|link| link.deleted_at.is_some())).await;
        assert!(world.link(gone).await.unwrap().error.unwrap().contains("merged into another one, in Zoho CRM"));
    }
    world.finish().await;
}

#[tokio::test]
async fn a_refused_row_harms_no_other_and_fields_are_written_in_their_shape() {
    let world = World::bare().await;
    let people: Vec<(String, String)> = (0..40).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    world.edit(ids[7], "email", |row| row.email = Some("ana@nowhere".to_owned())).await;
    world.edit(ids[8], "name", |row| row.name = format!("Ours {}", "x".repeat(90))).await;
    for n in [11, 12] {
        world.edit(ids[n], "email", |row| row.email = Some("one@shop.example".to_owned())).await;
    }
    let world = connected(world).await;
    for id in &ids {
        world.in_step(*id).await;
    }
    assert_eq!(all(&world).await.len(), 40, "nobody twice");
    let mixed = asked(&world, "upsert", "POST").await.iter().filter(|line| line["status"] == 207).count();
    assert!(mixed > 0, "good and bad rows came in one answer");
    let error = async |n: usize| world.link(ids[n]).await.unwrap().error.unwrap_or_default();
    assert!(error(7).await.contains("Email") && error(8).await.contains("Last_Name"), "{}", error(8).await);
    let refused = [error(11).await, error(12).await];
    assert_eq!(refused.iter().filter(|error| error.contains("e-mail address already")).count(), 1, "{refused:?}");
    // Numbers and lists are no text over there.
    let mut rows = connection::mappings(&world.app, &world.caller, world.connection).await.unwrap();
    for (local, remote) in [("fields.orders", "Orders"), ("fields.taste", "Interests")] {
        rows.push(connection::MappingView {
            local_field: local.to_owned(),
            remote_field: remote.to_owned(),
            direction: "both".to_owned(),
            default_value: None,
            enabled: true,
            prefer: None,
        });
    }
    connection::set_mappings(&world.app, &world.caller, world.connection, rows).await.unwrap();
    world.edit(ids[9], "orders", |row| row.fields["orders"] = json!(12)).await;
    world.edit(ids[9], "taste", |row| row.fields["taste"] = json!("Tea;Cups")).await;
    world.edit(ids[10], "orders", |row| row.fields["orders"] = json!("many")).await;
    let id = world.in_step(ids[9]).await;
    world
        .until("in their shape", async || {
            let there = record(&world, &id).await;
            there["Orders"] == 12 && there["Interests"] == json!(["Tea", "Cups"])
        })
        .await;
    world.until("said", async || error(10).await.contains("Orders")).await;
    world.finish().await;
}

#[tokio::test]
async fn tokens_that_end_and_answers_that_are_lost_make_nobody_twice() {
    let world = World::bare().await;
    let world = connected(world).await;
    let grants = async || asked(&world, "/oauth/v2/token", "POST").await.len();
    let before = grants().await;
    world.fault(json!({ "target": "zoho", "kind": "drop_response", "times": 1, "match": { "path": "upsert" } })).await;
    world.fault(json!({ "target": "zoho", "kind": "status", "status": 500, "after": true, "times": 1, "match": { "path": "upsert" } })).await;
    world.control(Method::Delete, "/zoho/tokens", None).await;
    let people: Vec<(String, String)> = (0..150).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    world.until("some", async || !all(&world).await.is_empty()).await;
    world.control(Method::Delete, "/zoho/tokens", None).await;
    for id in &ids {
        world.in_step(*id).await;
    }
    assert_eq!(all(&world).await.len(), 150, "nobody twice");
    let renewed = grants().await - before;
    assert!((1..=4).contains(&renewed), "{renewed} tokens for two that ended");
    let refused = async || asked(&world, "/crm/", "").await.iter().filter(|line| line["status"] == 401).count();
    let tried = refused().await;
    assert!(tried > 0, "one was refused");
    // After its hour a token is refused once, and renewed.
    world.clock.advance(3_700_000);
    world.control(Method::Post, "/clock", Some(json!({ "advance_ms": 3_700_000 }))).await;
    let late = world.contact("Late", "+4915199999999").await;
    world.in_step(late).await;
    assert!(refused().await - tried <= 3, "it was renewed and not asked again and again");
    // Whose refresh token is withdrawn is told so, and comes back with a new one.
    world.control(Method::Post, "/limits", Some(json!({ "zoho": { "invalid_tokens": ["1000.refresh-one"] } }))).await;
    world.control(Method::Delete, "/zoho/tokens", None).await;
    world.until("refused", async || world.view().await.status == "error").await;
    assert!(world.view().await.status_reason.unwrap().contains("invalid_code"));
    let credentials = BTreeMap::from([("refresh_token".to_owned(), "1000.refresh-two".to_owned())]);
    let patch = connection::ConnectionPatch { credentials, ..connection::ConnectionPatch::default() };
    connection::change(&world.app, &world.caller, world.connection, patch).await.unwrap();
    let later = world.contact("Later", "+4915188888888").await;
    world.in_step(later).await;
    world.finish().await;
}

#[tokio::test]
async fn a_thousand_who_share_a_second_all_come_over() {
    let world = World::bare().await;
    world.control(Method::Post, "/clock", Some(json!({ "speed": 0.001 }))).await;
    for n in 0..1_000 {
        person(&world, json!({ "Last_Name": format!("Name {n}"), "Mobile": format!("+49151{n:07}") })).await;
    }
    let stamps: std::collections::BTreeSet<String> =
        all(&world).await.iter().map(|record| record["Modified_Time"].to_string()).collect();
    assert!(stamps.len() <= 2 && stamps.iter().all(|stamp| stamp.contains("+05:30")), "{stamps:?}");
    world.control(Method::Post, "/clock", Some(json!({ "speed": 1 }))).await;
    let world = connected(world).await;
    assert_eq!(world.count("SELECT count(*) FROM contact").await, 1_000);
    assert_eq!(all(&world).await.len(), 1_000, "nobody was made twice over there");
    world.finish().await;
}

#[tokio::test]
async fn credentials_are_tried_and_notifications_must_carry_their_token() {
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
    for (new, field) in [
        (with("refresh_token", "nonsense"), "refresh_token"),
        (with("client_secret", "nonsense"), "client_secret"),
        (with("colour", "red"), "credentials"),
        (without("client_id"), "client_id"),
        (NewConnection { base_url: None, ..new(&world) }, "base_url"),
    ] {
        match connection::add(&world.app, &world.caller, new).await {
            Err(rapport_app::Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    let world = connected(world).await;
    let watches = world.control(Method::Get, "/zoho/watches", None).await;
    let url = format!("https://chat.shop.example/webhooks/zoho/{}", world.connection);
    assert_eq!((watches["items"].as_array().unwrap().len(), &watches["items"][0]["url"]), (1, &json!(url)));
    // A day later the same channel has been renewed.
    let until = watches["items"][0]["until"].as_i64().unwrap();
    world.clock.advance(86_400_000);
    world.control(Method::Post, "/clock", Some(json!({ "advance_ms": 86_400_000 }))).await;
    world
        .until("renewed", async || {
            let watches = world.control(Method::Get, "/zoho/watches", None).await;
            watches["items"].as_array().unwrap().len() == 1 && watches["items"][0]["until"].as_i64().unwrap() > until
        })
        .await;
    // Queries are refused: only the notification can tell.
    let queries = json!({ "target": "zoho", "kind": "status", "status": 429, "match": { "path": "coql" } });
    world.fault(queries).await;
    let id = person(&world, json!({ "Last_Name": "Ana", "Mobile": "+4915112345678" })).await;
    let path = format!("/webhooks/zoho/{}", world.connection);
    let deliver = async |token: &str, kind: &str| {
        let body = json!({ "module": "Contacts", "operation": "insert", "ids": [id], "token": token }).to_string();
        let delivery = connection::hook::Delivery { kind, path: &path, body: body.as_bytes(), headers: &[] };
        connection::hook::receive(&world.app, world.connection, &delivery).await
    };
    assert!(deliver("wrong", "zoho").await.is_err() && deliver("", "zoho").await.is_err());
    assert!(deliver("hook-secret", "hubspot").await.is_err(), "another kind's address");
    assert_eq!(deliver("hook-secret", "zoho").await.unwrap(), 1);
    world.until("fetched", async || world.who("+4915112345678").await.is_some()).await;
    world.finish().await;
}
