//! The same sync with another connector: Intercom's users and leads as contacts.

use crate::world::World;
use rapport_app::connection::{self, NewConnection};
use rapport_app::doctor::State;
use rapport_connectors::http::{Method, Response};
use rapport_connectors::intercom::hook;
use rapport_core::{ConnectionId, ContactId};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn new(world: &World) -> NewConnection {
    let credentials = [("access_token", "ic-one"), ("client_secret", "hook-secret")];
    NewConnection {
        kind: "intercom".to_owned(),
        credentials: credentials.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        base_url: Some(format!("{}/intercom", world.crm.base_url())),
        ..NewConnection::default()
    }
}

/// Connected, and through the first synchronisation.
async fn connected(mut world: World) -> World {
    let view = connection::add(&world.app, &world.caller, new(&world)).await.unwrap();
    assert_eq!((view.kind.as_str(), view.name.as_str()), ("intercom", "Intercom"));
    world.connection = ConnectionId(view.id);
    world.live().await;
    world
}

async fn person(world: &World, contact: Value) -> String {
    let made = world.control(Method::Post, "/intercom/contacts", Some(contact)).await;
    made["id"].as_str().unwrap().to_owned()
}

async fn edit(world: &World, id: &str, contact: Value) {
    world.control(Method::Post, &format!("/intercom/contacts/{id}"), Some(contact)).await;
}

async fn all(world: &World) -> Vec<Value> {
    world.control(Method::Get, "/intercom/contacts", None).await["items"].as_array().unwrap().clone()
}

async fn contact(world: &World, id: &str) -> Value {
    all(world).await.into_iter().find(|contact| contact["id"] == id).unwrap_or_default()
}

/// Calls that write, as `METHOD status`.
async fn writes(world: &World) -> Vec<String> {
    let log = world.control(Method::Get, "/intercom/requests?limit=10000&path=/contacts", None).await;
    let lines = log["items"].as_array().unwrap().iter();
    let is_write = |line: &&Value| line["method"] != "GET" && line["path"] != "/contacts/search";
    lines.filter(is_write).map(|line| format!("{} {}", line["method"].as_str().unwrap(), line["status"])).collect()
}

/// A signed delivery; how many contacts are fetched for it.
async fn deliver(world: &World, secret: &str, topic: &str, item: Value) -> Result<usize, rapport_app::Error> {
    let body = json!({ "type": "notification_event", "topic": topic, "data": { "item": item } }).to_string();
    let signature = hook::sign(secret, body.as_bytes());
    let path = format!("/webhooks/intercom/{}", world.connection);
    let headers = [("x-hub-signature", signature.as_str())];
    let delivery =
        connection::hook::Delivery { kind: "intercom", path: &path, body: body.as_bytes(), headers: &headers };
    connection::hook::receive(&world.app, world.connection, &delivery).await
}

#[tokio::test]
async fn users_leads_and_contacts_stay_in_step() {
    let world = World::bare().await;
    let ours = world.contact("Ana", "+4915112345678").await;
    let shops = json!({ "name": "Bo", "phone": "+49 151 2222222", "external_id": "customer-17" });
    let theirs = person(&world, shops).await;
    let lead = person(&world, json!({ "role": "lead", "name": "Cem", "phone": "+49 151 33333333" })).await;
    let twin = world.contact("", "+4915133333333").await;
    let world = connected(world).await;
    // One of ours went over, one of theirs came, and who is on both sides was found.
    let id = world.in_step(ours).await;
    let made = contact(&world, &id).await;
    assert_eq!((&made["external_id"], &made["role"]), (&json!(ours.to_string()), &json!("user")));
    let bo = world.who("+491512222222").await.expect("came over");
    assert_eq!(world.in_step(bo).await, theirs);
    assert_eq!(contact(&world, &theirs).await["external_id"], "customer-17", "the shop's own number stays");
    assert_eq!((world.in_step(twin).await, world.row(twin).await.name.as_str()), (lead.clone(), "Cem"));
    assert_eq!(contact(&world, &lead).await["role"], "lead", "nobody is made a user");
    // Both ways, a lead's too.
    world.edit(ours, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
    world.until("there", async || contact(&world, &id).await["email"] == "ana@shop.example").await;
    world.edit(twin, "name", |row| row.name = "Cem ش".to_owned()).await;
    world.until("there", async || contact(&world, &lead).await["name"] == "Cem ش").await;
    edit(&world, &id, json!({ "name": "Ana López" })).await;
    world.until("here", async || world.row(ours).await.name == "Ana López").await;
    world.rest().await;
    let before = writes(&world).await.len();
    world.rest().await;
    assert_eq!(writes(&world).await.len(), before, "no echo");
    assert_eq!((all(&world).await.len(), world.view().await.failed), (3, 0));
    world.finish().await;
}

#[tokio::test]
async fn a_lost_answer_and_a_taken_address_make_no_second_contact() {
    let world = connected(World::bare().await).await;
    // Done over there, and not told here: three times, so that not only the quick repeats are lost.
    let lost = Arc::new(AtomicUsize::new(0));
    let count = lost.clone();
    world.http.meddle(move |request, response| {
        if request.operation == "create" && count.fetch_add(1, Ordering::SeqCst) < 3 {
            return Response::new(502, &[], "<html>");
        }
        response
    });
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    assert_eq!(contact(&world, &id).await["external_id"], json!(ana.to_string()));
    assert!(lost.load(Ordering::SeqCst) >= 3);
    assert_eq!(all(&world).await.len(), 1);
    // Her address is another user's, who has no number: the rest goes over without it.
    person(&world, json!({ "name": "Other", "email": "taken@shop.example", "external_id": "c-1" })).await;
    world.edit(ana, "email", |row| row.email = Some("taken@shop.example".to_owned())).await;
    world.until("told", async || world.link(ana).await.unwrap().error.is_some()).await;
    assert!(world.link(ana).await.unwrap().error.unwrap().contains("email"));
    let conflict = |line: &String| line == "PUT 409";
    assert!(writes(&world).await.iter().any(conflict));
    // Archived over there, and unknown here after a fresh start: it is taken out again, not made anew.
    world.control(Method::Post, &format!("/intercom/contacts/{id}/archive"), None).await;
    connection::remove(&world.app, &world.caller, world.connection).await.unwrap();
    world.edit(ana, "email", |row| row.email = None).await;
    let world = connected(world).await;
    assert_eq!(world.in_step(ana).await, id);
    assert_eq!((contact(&world, &id).await["archived"].clone(), all(&world).await.len()), (json!(false), 2));
    world.finish().await;
}

#[tokio::test]
async fn a_limit_in_mid_batch_repeats_nothing_that_was_written() {
    let world = World::bare().await;
    let people: Vec<(String, String)> = (0..40).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    let writes_seen = Arc::new(AtomicUsize::new(0));
    let count = writes_seen.clone();
    world.http.meddle(move |request, response| {
        let in_midst = request.operation == "create" && (8..11).contains(&count.fetch_add(1, Ordering::SeqCst));
        if in_midst { Response::new(429, &[("Retry-After", "1")], "{}") } else { response }
    });
    let world = connected(world).await;
    for id in &ids {
        world.in_step(*id).await;
    }
    assert_eq!((all(&world).await.len(), world.view().await.failed), (40, 0), "nobody twice, nobody lost");
    // Forty new ones, of which one was asked for again until it was heard that it is there, and written once more.
    let updates = writes(&world).await.iter().filter(|line| line.starts_with("PUT")).count();
    assert!(updates <= 2, "{updates} were written again");
    world.finish().await;
}

#[tokio::test]
async fn merged_and_deleted_contacts_are_followed() {
    let world = connected(World::bare().await).await;
    let lead = person(&world, json!({ "role": "lead", "name": "Cem", "phone": "+4915133333333" })).await;
    world.until("came over", async || world.who("+4915133333333").await.is_some()).await;
    let cem = world.who("+4915133333333").await.unwrap();
    assert_eq!(world.in_step(cem).await, lead);
    // The lead becomes part of a user of whom we know nothing.
    let user = person(&world, json!({ "name": "Cem K.", "email": "cem@shop.example", "external_id": "c-9" })).await;
    world.control(Method::Post, &format!("/intercom/contacts/{lead}/merge_into/{user}"), None).await;
    let item = json!({ "id": user, "merged_from": { "type": "contact", "id": lead } });
    assert_eq!(deliver(&world, "hook-secret", "contact.merged", item).await.unwrap(), 1);
    world.until("follows", async || world.link(cem).await.is_some_and(|link| link.remote_id == user)).await;
    world.edit(cem, "name", |row| row.name = "Cem Kaya".to_owned()).await;
    world.until("there", async || contact(&world, &user).await["name"] == "Cem Kaya").await;
    assert_eq!(contact(&world, &user).await["external_id"], "c-9", "the shop's own number stays");
    // Another one is deleted: the contact stays and says why. Only a webhook tells of it at once.
    let gone = person(&world, json!({ "name": "Dot", "phone": "+4915144444444" })).await;
    world.until("came over", async || world.who("+4915144444444").await.is_some()).await;
    let dot = world.who("+4915144444444").await.unwrap();
    world.in_step(dot).await;
    world.control(Method::Delete, &format!("/intercom/contacts/{gone}"), None).await;
    let item = json!({ "id": gone, "deleted": true });
    assert_eq!(deliver(&world, "hook-secret", "contact.deleted", item).await.unwrap(), 1);
    world.until("let go", async || world.link(dot).await.is_some_and(|link| link.deleted_at.is_some())).await;
    assert!(world.link(dot).await.unwrap().error.unwrap().contains("Intercom"));
    // Without one, the next write does.
    let silent = person(&world, json!({ "name": "Eve", "phone": "+4915155555555" })).await;
    world.until("came over", async || world.who("+4915155555555").await.is_some()).await;
    let eve = world.who("+4915155555555").await.unwrap();
    world.in_step(eve).await;
    world.control(Method::Delete, &format!("/intercom/contacts/{silent}"), None).await;
    world.edit(eve, "name", |row| row.name = "Eva".to_owned()).await;
    world.until("let go", async || world.link(eve).await.is_some_and(|link| link.deleted_at.is_some())).await;
    world.finish().await;
}

#[tokio::test]
async fn who_is_missing_is_let_go_unless_too_many_are() {
    let world = World::bare().await;
    let mut there = Vec::new();
    for n in 0..8 {
        there.push(person(&world, json!({ "name": format!("P {n}"), "phone": format!("+491511234500{n}") })).await);
    }
    let world = connected(world).await;
    let mut here = Vec::new();
    for n in 0..8 {
        let found = world.who(&format!("+491511234500{n}")).await.unwrap();
        world.in_step(found).await;
        here.push(found);
    }
    // Another account, or a right that was taken away: nobody is there any more.
    let hidden = json!({ "type": "error.list", "errors": [{ "code": "not_found", "message": "User Not Found" }] });
    world.http.meddle(
        move |request, response| {
            if request.operation == "get" { Response::new(404, &[], hidden.to_string()) } else { response }
        },
    );
    world.clock.advance(3_600_000);
    world.until("told", async || world.view().await.compared.is_some_and(|compared| compared.held_back >= 8)).await;
    for contact in &here {
        assert_eq!(world.link(*contact).await.unwrap().deleted_at, None, "nobody is let go");
    }
    // They are there again, but for one whose deletion nobody told of.
    world.http.meddle(|_, response| response);
    world.control(Method::Delete, &format!("/intercom/contacts/{}", there[3]), None).await;
    world.clock.advance(3_600_000);
    world.until("let go", async || world.link(here[3]).await.is_some_and(|link| link.deleted_at.is_some())).await;
    let told = async || world.view().await.compared.is_some_and(|told| (told.gone, told.differed) == (1, 0));
    world.until("counted", told).await;
    for contact in here.iter().filter(|contact| **contact != here[3]) {
        assert_eq!(world.link(*contact).await.unwrap().deleted_at, None);
    }
    world.finish().await;
}

#[tokio::test]
async fn many_of_one_second_are_read_and_a_second_change_within_it() {
    let world = World::bare().await;
    world.control(Method::Post, "/clock", Some(json!({ "speed": 0.001 }))).await;
    let mut ids = Vec::new();
    for n in 0..170 {
        ids.push(person(&world, json!({ "name": format!("Theirs {n}"), "phone": format!("+4915112345{n:03}") })).await);
    }
    let world = connected(world).await;
    let mut people: Vec<ContactId> = Vec::new();
    for n in 0..170 {
        people.push(world.who(&format!("+4915112345{n:03}")).await.expect("more than a page shares the second"));
    }
    edit(&world, &ids[3], json!({ "name": "Once" })).await;
    world.until("here", async || world.row(people[3]).await.name == "Once").await;
    edit(&world, &ids[3], json!({ "name": "Twice" })).await;
    world.until("the same second again", async || world.row(people[3]).await.name == "Twice").await;
    let stamps: Vec<Value> = all(&world).await.iter().map(|contact| contact["updated_at"].clone()).collect();
    assert!(stamps.iter().all(|stamp| *stamp == stamps[0]), "else the test tests nothing");
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
    for (new, field) in [
        (with("access_token", "nonsense"), "access_token"),
        (with("colour", "red"), "credentials"),
        (NewConnection { base_url: None, ..new(&world) }, "base_url"),
    ] {
        match connection::add(&world.app, &world.caller, new).await {
            Err(rapport_app::Error::Invalid { field: named, .. }) => assert_eq!(named, field),
            other => panic!("{field}: {other:?}"),
        }
    }
    let world = connected(world).await;
    let findings = connection::check(&world.app, &world.caller, world.connection).await.unwrap();
    assert!(findings.iter().all(|finding| finding.state == State::Ok), "{findings:#?}");
    // Search is a day behind: only the webhook can tell, and what it tells is read past the search.
    world.control(Method::Post, "/limits", Some(json!({ "intercom": { "index_lag_ms": 86_400_000 } }))).await;
    let id = person(&world, json!({ "name": "Ana", "phone": "+4915112345678" })).await;
    let item = json!({ "type": "contact", "id": id, "updated_at": "2026-11-21T07:00:00.118+00:00" });
    assert!(deliver(&world, "wrong", "contact.user.created", item.clone()).await.is_err());
    assert!(deliver(&world, "", "contact.user.created", item.clone()).await.is_err());
    world.rest().await;
    assert!(world.who("+4915112345678").await.is_none(), "a forged delivery fetches nothing");
    assert_eq!(deliver(&world, "hook-secret", "contact.user.created", item).await.unwrap(), 1);
    world.until("fetched", async || world.who("+4915112345678").await.is_some()).await;
    world.finish().await;
}
