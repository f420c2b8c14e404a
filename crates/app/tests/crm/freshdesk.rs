//! The same sync with Freshdesk, which writes one contact at a time and has no upsert.

use crate::world::World;
use rapport_app::connection::{self, NewConnection};
use rapport_app::doctor::State;
use rapport_connectors::http::Method;
use rapport_core::ConnectionId;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn new(world: &World) -> NewConnection {
    let credentials = [("api_key", "fd-one"), ("hook_secret", "hook-secret")];
    NewConnection {
        kind: "freshdesk".to_owned(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        base_url: Some(format!("{}/freshdesk", world.crm.base_url())),
        ..NewConnection::default()
    }
}

async fn limits(world: &World, freshdesk: Value) {
    world.control(Method::Post, "/limits", Some(json!({ "freshdesk": freshdesk }))).await;
}

/// Connected, and through the first synchronisation.
async fn connected(mut world: World) -> World {
    limits(&world, json!({ "calls_per_minute": 100_000, "lists_per_minute": 10_000 })).await;
    let view = connection::add(&world.app, &world.caller, new(&world)).await.unwrap();
    assert_eq!((view.kind.as_str(), view.name.as_str()), ("freshdesk", "Freshdesk"));
    world.connection = ConnectionId(view.id);
    world.live().await;
    world
}

async fn all(world: &World) -> Vec<Value> {
    let all = world.control(Method::Get, "/freshdesk/contacts", None).await;
    all["items"].as_array().unwrap().clone()
}

async fn contact(world: &World, id: &str) -> Value {
    let found = all(world).await.into_iter().find(|one| one["id"].as_u64() == id.parse().ok());
    found.unwrap_or_default()
}

async fn person(world: &World, contact: Value) -> String {
    world.control(Method::Post, "/freshdesk/contacts", Some(contact)).await["id"].to_string()
}

async fn requests(world: &World, query: &str) -> Vec<Value> {
    let all = world.control(Method::Get, &format!("/freshdesk/requests?limit=10000&{query}"), None).await;
    all["items"].as_array().unwrap().clone()
}

async fn writes(world: &World) -> usize {
    requests(world, "").await.iter().filter(|entry| entry["method"] != "GET").count()
}

#[tokio::test]
async fn contacts_stay_in_step_and_changes_do_not_echo() {
    let world = World::bare().await;
    let ours = world.contact("Ana", "+4915112345678").await;
    let shops = json!({ "name": "Bo", "mobile": "+49 151 2222222", "unique_external_id": "customer-17" });
    let theirs = person(&world, shops).await;
    let twin = world.contact("", "+4915133333333").await;
    let known = person(&world, json!({ "name": "Cem", "phone": "+49 151 33333333" })).await;
    let world = connected(world).await;
    // One of ours went over, one of theirs came, and who is on both sides was found.
    let id = world.in_step(ours).await;
    assert_eq!(contact(&world, &id).await["unique_external_id"], json!(ours.to_string()));
    let bo = world.who("+491512222222").await.expect("came over");
    assert_eq!(world.in_step(bo).await, theirs);
    assert_eq!(contact(&world, &theirs).await["unique_external_id"], "customer-17", "the shop's own number stays");
    assert_eq!(world.in_step(twin).await, known);
    assert_eq!(world.row(twin).await.name, "Cem");
    // Both ways.
    world.edit(ours, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
    world.until("there", async || contact(&world, &id).await["email"] == "ana@shop.example").await;
    world.edit(bo, "name", |row| row.name = "Bo B.".to_owned()).await;
    world.until("there", async || contact(&world, &theirs).await["name"] == "Bo B.").await;
    let path = format!("/freshdesk/contacts/{id}");
    world.control(Method::Post, &path, Some(json!({ "name": "Ana López" }))).await;
    world.until("here", async || world.row(ours).await.name == "Ana López").await;
    world.rest().await;
    let before = writes(&world).await;
    world.rest().await;
    assert_eq!(writes(&world).await, before, "it ends");
    world.finish().await;
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_no_second_contact() {
    let world = connected(World::bare().await).await;
    // Search does not know for hours what was made: only the key can tell.
    limits(&world, json!({ "index_lag_ms": 7_200_000 })).await;
    let lost = |times: u32| {
        json!({ "target": "freshdesk", "kind": "drop_response", "times": times,
            "match": { "path": "/api/v2/contacts", "method": "POST" } })
    };
    world.fault(lost(1)).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    assert_eq!((all(&world).await.len(), all(&world).await[0]["id"].to_string()), (1, id));
    // All quick repeats lost: the job's own next try is told whose the key is.
    world.fault(lost(3)).await;
    let ben = world.contact("Ben", "+4915112345679").await;
    world.in_step(ben).await;
    assert_eq!(all(&world).await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn who_was_made_by_another_node_meanwhile_is_adopted() {
    let mut world = World::bare().await;
    limits(&world, json!({ "index_lag_ms": 7_200_000 })).await;
    let dora = world.contact("Dora", "+4915112345671").await;
    let eve = world.contact("Eve", "+4915112345672").await;
    let key = json!(dora.to_string());
    let made = person(&world, json!({ "name": "Dora", "unique_external_id": key })).await;
    // In the trash, a contact keeps its key and can be neither read nor written.
    let key = json!(eve.to_string());
    let binned = person(&world, json!({ "name": "Eve", "unique_external_id": key })).await;
    world.control(Method::Delete, &format!("/freshdesk/contacts/{binned}"), None).await;
    // The list does not show her either: what search and list know comes later than what a create meets.
    world.http.meddle(|request, response| match request.operation {
        "list" => rapport_connectors::http::Response::new(200, &[], "[]"),
        _ => response,
    });
    limits(&world, json!({ "calls_per_minute": 100_000, "lists_per_minute": 10_000 })).await;
    world.connection = ConnectionId(connection::add(&world.app, &world.caller, new(&world)).await.unwrap().id);
    assert_eq!(world.in_step(dora).await, made);
    assert_eq!(contact(&world, &made).await["mobile"], "+4915112345671");
    world.until("told", async || world.link(eve).await.is_some_and(|link| link.state == "failed")).await;
    let reason = world.link(eve).await.unwrap().error.unwrap();
    assert!(reason.contains(&binned) && reason.contains("deleted"), "{reason}");
    assert_eq!(all(&world).await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn limits_are_waited_out_in_the_middle_of_the_first_synchronisation() {
    let world = World::bare().await;
    for n in 0..130 {
        person(&world, json!({ "name": format!("Theirs {n:03}"), "mobile": format!("+49152{n:07}") })).await;
    }
    let people: Vec<(String, String)> = (0..40).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    let other = json!({ "name": "Other", "email": "other@shop.example", "other_emails": ["taken@shop.example"] });
    person(&world, other).await;
    world.edit(ids[7], "email", |row| row.email = Some("taken@shop.example".to_owned())).await;
    limits(&world, json!({ "index_lag_ms": 7_200_000 })).await;
    let enough = |path: &str, method: &str, times: u32| {
        json!({ "target": "freshdesk", "kind": "status", "status": 429, "retry_after": 1, "times": times,
            "match": { "path": path, "method": method } })
    };
    world.fault(enough("page=2", "GET", 2)).await;
    world.fault(enough("/api/v2/contacts", "POST", 3)).await;
    world
        .fault(json!({ "target": "freshdesk", "kind": "drop_response", "probability": 0.1, "times": 4,
            "match": { "path": "/api/v2/contacts", "method": "POST" } }))
        .await;
    let world = connected(world).await;
    for id in &ids {
        world.in_step(*id).await;
    }
    assert_eq!(all(&world).await.len(), 171, "everybody once");
    assert_eq!(world.count("SELECT count(*) FROM contact").await, 170);
    let link = world.link(ids[7]).await.unwrap();
    assert!(link.error.unwrap_or_default().contains("e-mail"), "the address is somebody else's");
    assert_eq!(world.view().await.failed, 0);
    world.finish().await;
}

#[tokio::test]
async fn who_is_deleted_or_merged_over_there_is_let_go_and_may_come_back() {
    let world = connected(World::bare().await).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let ben = world.contact("Ben", "+4915112345679").await;
    let (one, two) = (world.in_step(ana).await, world.in_step(ben).await);
    let path = format!("/freshdesk/contacts/{one}");
    world.control(Method::Delete, &path, None).await;
    world.until("let go", async || world.link(ana).await.is_some_and(|link| link.deleted_at.is_some())).await;
    assert!(world.link(ana).await.unwrap().error.unwrap().contains("Freshdesk"));
    world.control(Method::Post, &format!("{path}/restore"), None).await;
    world.until("back", async || world.link(ana).await.is_some_and(|link| link.deleted_at.is_none())).await;
    // Merged: the number goes on with the other one, whose own key stays.
    world.control(Method::Post, &format!("/freshdesk/contacts/{two}/merge_into/{one}"), None).await;
    world.until("let go", async || world.link(ben).await.is_some_and(|link| link.deleted_at.is_some())).await;
    assert!(world.link(ben).await.unwrap().error.unwrap().contains("merged"));
    let winner = contact(&world, &one).await;
    assert_eq!((&winner["unique_external_id"], &winner["mobile"]), (&json!(ana.to_string()), &json!("+4915112345678")));
    world.edit(ana, "name", |row| row.name = "Ana B.".to_owned()).await;
    world.until("goes on", async || contact(&world, &one).await["name"] == "Ana B.").await;
    assert_eq!(all(&world).await.len(), 2, "nobody is made anew");
    world.finish().await;
}

#[tokio::test]
async fn a_list_that_is_not_shown_to_its_end_is_told_and_the_rest_comes_when_it_changes() {
    let world = World::bare().await;
    limits(&world, json!({ "pages": 1 })).await;
    let mut last = String::new();
    for n in 0..120 {
        last = person(&world, json!({ "name": format!("Name {n:03}"), "mobile": format!("+49152{n:07}") })).await;
    }
    // The stand-in's clock is moved, the time in its answers is not.
    world.http.meddle(|_, mut response| {
        response.headers.retain(|(name, _)| name != "date");
        response
    });
    let world = connected(world).await;
    assert_eq!(world.count("SELECT count(*) FROM contact").await, 100);
    assert_eq!(world.view().await.status, "active");
    let told = async || {
        let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
        findings.into_iter().find(|finding| finding.check == "connection.list").map(|cut| (cut.state, cut.cause))
    };
    let (state, cause) = told().await.expect("told");
    assert!(state == State::Warning && cause.contains("100"), "{cause}");
    assert!(world.who("+491520000119").await.is_none());
    world.control(Method::Post, "/clock", Some(json!({ "advance_ms": 600_000 }))).await;
    let shown = all(&world).await[0]["id"].to_string();
    for id in [&shown, &last] {
        world.control(Method::Post, &format!("/freshdesk/contacts/{id}"), Some(json!({ "job_title": "Boss" }))).await;
    }
    world.until("comes over", async || world.who("+491520000119").await.is_some()).await;
    // Whom we know, and who was not shown, is found when there is something to bring over.
    let ours = world.contact("Ours", "+491520000118").await;
    world.in_step(ours).await;
    assert_eq!(all(&world).await.len(), 120);
    assert!(told().await.is_some(), "until all was shown once");
    world.finish().await;
}

#[tokio::test]
async fn credentials_are_tried_and_hooks_must_know_the_secret() {
    let world = World::bare().await;
    let with = |name: &str, value: &str| {
        let mut new = new(&world);
        new.credentials.insert(name.to_owned(), value.to_owned());
        new
    };
    for (new, field) in [
        (with("api_key", "nonsense"), "api_key"),
        (with("colour", "red"), "credentials"),
        (NewConnection { base_url: None, ..new(&world) }, "base_url"),
        (NewConnection { credentials: BTreeMap::new(), ..new(&world) }, "api_key"),
    ] {
        world.refuses(new, field).await;
    }
    let world = connected(world).await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    // The list shows nothing new: only the webhook can tell.
    world.http.meddle(|request, response| match request.operation {
        "list" => rapport_connectors::http::Response::new(200, &[], "[]"),
        _ => response,
    });
    let id = person(&world, json!({ "name": "Ana", "mobile": "+4915112345678" })).await;
    let path = format!("/webhooks/freshdesk/{}", world.connection);
    let body = json!({ "contact_id": id }).to_string();
    let deliver = async |secret: &str, kind: &str| {
        let headers = [("x-rapport-secret", secret)];
        let delivery = connection::hook::Delivery { kind, path: &path, body: body.as_bytes(), headers: &headers };
        connection::hook::receive(&world.app, world.connection, &delivery).await
    };
    assert!(deliver("wrong", "freshdesk").await.is_err());
    assert!(deliver("hook-secret", "zendesk").await.is_err(), "another kind's address");
    assert_eq!(deliver("hook-secret", "freshdesk").await.unwrap(), 1);
    world.until("fetched", async || world.who("+4915112345678").await.is_some()).await;
    world.finish().await;
}
