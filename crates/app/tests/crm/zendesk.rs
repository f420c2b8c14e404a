//! The same sync with another connector: Zendesk's users as contacts.

use crate::world::World;
use rapport_app::connection::{self, NewConnection};
use rapport_app::doctor::State;
use rapport_connectors::http::Method;
use rapport_connectors::zendesk::hook;
use rapport_core::ConnectionId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn new(world: &World) -> NewConnection {
    let credentials = [("email", "agent@shop.example"), ("api_token", "zd-one"), ("signing_secret", "hook-secret")];
    NewConnection {
        kind: "zendesk".to_owned(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        base_url: Some(format!("{}/zendesk", world.crm.base_url())),
        ..NewConnection::default()
    }
}

/// Connected, and through the first synchronisation.
async fn connected(mut world: World) -> World {
    let limits = json!({ "zendesk": { "calls_per_minute": 100_000, "exports_per_minute": 1_000 } });
    world.control(Method::Post, "/limits", Some(limits)).await;
    let view = connection::add(&world.app, &world.caller, new(&world)).await.unwrap();
    assert_eq!((view.kind.as_str(), view.name.as_str()), ("zendesk", "Zendesk"));
    world.connection = ConnectionId(view.id);
    world.live().await;
    world
}

async fn user(world: &World, id: &str) -> Value {
    let all = world.control(Method::Get, "/zendesk/users", None).await;
    let mut items = all["items"].as_array().unwrap().iter();
    items.find(|user| user["id"].as_u64() == id.parse().ok()).cloned().unwrap_or_default()
}

async fn person(world: &World, user: Value) -> String {
    world.control(Method::Post, "/zendesk/users", Some(user)).await["id"].to_string()
}

#[tokio::test]
async fn users_and_contacts_stay_in_step() {
    let world = World::bare().await;
    let ours = world.contact("Ana", "+4915112345678").await;
    let agent = json!({ "name": "Agent", "phone": "+4915100000001", "role": "agent" });
    person(&world, agent).await;
    let shops = json!({ "name": "Bo", "phone": "+49 151 2222222", "external_id": "customer-17" });
    let theirs = person(&world, shops).await;
    let twin = world.contact("", "+4915133333333").await;
    let known = person(&world, json!({ "name": "Cem", "phone": "+49 151 33333333" })).await;
    let world = connected(world).await;
    assert!(world.who("+4915100000001").await.is_none(), "an agent is no contact");
    // One of ours went over, one of theirs came, and who is on both sides was found.
    let id = world.in_step(ours).await;
    assert_eq!(user(&world, &id).await["external_id"], json!(ours.to_string()));
    let bo = world.who("+491512222222").await.expect("came over");
    assert_eq!(world.in_step(bo).await, theirs);
    assert_eq!(user(&world, &theirs).await["external_id"], "customer-17", "the shop's own number stays");
    assert_eq!(world.in_step(twin).await, known);
    assert_eq!(world.row(twin).await.name, "Cem");
    // Both ways.
    world.edit(ours, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
    world.until("there", async || user(&world, &id).await["email"] == "ana@shop.example").await;
    world.edit(bo, "name", |row| row.name = "Bo B.".to_owned()).await;
    world.until("there", async || user(&world, &theirs).await["name"] == "Bo B.").await;
    let path = format!("/zendesk/users/{id}");
    world.control(Method::Post, &path, Some(json!({ "name": "Ana López" }))).await;
    world.until("here", async || world.row(ours).await.name == "Ana López").await;
    world.rest().await;
    let requests = world.control(Method::Get, "/zendesk/requests", None).await["total"].as_u64().unwrap();
    let writes = async || {
        let all = world.control(Method::Get, "/zendesk/requests", None).await;
        all["items"].as_array().unwrap().iter().filter(|entry| entry["method"] != "GET").count()
    };
    let before = writes().await;
    world.rest().await;
    assert_eq!(writes().await, before, "it ends: {requests}");
    world.control(Method::Delete, &path, None).await;
    world.until("let go", async || world.link(ours).await.is_some_and(|link| link.deleted_at.is_some())).await;
    assert!(world.link(ours).await.unwrap().error.unwrap().contains("Zendesk"));
    world.finish().await;
}

#[tokio::test]
async fn many_go_over_in_a_job_and_a_refusal_concerns_one() {
    let world = World::bare().await;
    let people: Vec<(String, String)> = (0..40).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    person(&world, json!({ "name": "Agent", "email": "taken@shop.example", "role": "agent" })).await;
    world.edit(ids[7], "email", |row| row.email = Some("taken@shop.example".to_owned())).await;
    let world = connected(world).await;
    for id in &ids {
        world.in_step(*id).await;
    }
    let all = world.control(Method::Get, "/zendesk/users", None).await;
    assert_eq!(all["total"], 41, "nobody twice");
    let link = world.link(ids[7]).await.unwrap();
    assert!(link.error.unwrap_or_default().contains("email"), "the address is somebody else's");
    let jobs = world.control(Method::Get, "/zendesk/requests?path=create_or_update_many", None).await;
    assert!(!jobs["items"].as_array().unwrap().is_empty(), "in jobs");
    world.finish().await;
}

#[tokio::test]
async fn credentials_are_tried_and_hooks_must_be_signed() {
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
        (with("api_token", "nonsense"), "api_token"),
        (with("colour", "red"), "credentials"),
        (without("email"), "email"),
        (NewConnection { base_url: None, ..new(&world) }, "base_url"),
        (NewConnection { credentials: BTreeMap::new(), ..new(&world) }, "email"),
    ] {
        world.refuses(new, field).await;
    }
    let world = connected(world).await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    // The export is a day behind: only the webhook can tell.
    world.control(Method::Post, "/limits", Some(json!({ "zendesk": { "export_lag_ms": 86_400_000 } }))).await;
    let id = person(&world, json!({ "name": "Ana", "phone": "+4915112345678" })).await;
    let path = format!("/webhooks/zendesk/{}", world.connection);
    let body =
        json!({ "type": "zen:event-type:user.created", "subject": format!("zen:user:{id}"), "detail": { "id": id } });
    let body = body.to_string();
    let at = jiff::Timestamp::from_millisecond(world.app.now().0).unwrap().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let deliver = async |secret: &str, kind: &str| {
        let signature = hook::sign(secret, body.as_bytes(), &at);
        let headers = [
            ("x-zendesk-webhook-signature", signature.as_str()),
            ("x-zendesk-webhook-signature-timestamp", at.as_str()),
        ];
        let delivery = connection::hook::Delivery { kind, path: &path, body: body.as_bytes(), headers: &headers };
        connection::hook::receive(&world.app, world.connection, &delivery).await
    };
    assert!(deliver("wrong", "zendesk").await.is_err());
    assert!(deliver("hook-secret", "hubspot").await.is_err(), "another kind's address");
    assert_eq!(deliver("hook-secret", "zendesk").await.unwrap(), 1);
    world.until("fetched", async || world.who("+4915112345678").await.is_some()).await;
    world.finish().await;
}
