//! Deals and cases at once: what a CRM tells of them, what it does not keep, and tickets that no key makes unique.

use crate::matter_rows::{ROWS, Row, broken, case, connected, deal, edit, in_step, phone, records, see, until};
use crate::world::World;
use rapport_app::connection;
use rapport_app::matter::change::{self, CasePatch};
use rapport_connectors::http::Method;
use rapport_connectors::{hubspot, zendesk};
use rapport_core::matter::Object;
use rapport_core::time::MINUTE;
use rapport_store::testing::execute;
use serde_json::{Value, json};

/// What the vendor sends about a record, with the headers that prove it.
fn told(world: &World, row: &Row, id: &str, at: i64, secret: &str) -> (String, Vec<(&'static str, String)>) {
    let path = format!("https://chat.shop.example/webhooks/{}/{}", row.kind, world.connection);
    let now = world.app.now().0;
    match row.kind {
        "hubspot" => {
            let topic = if row.object == Object::Deal { "deal.propertyChange" } else { "ticket.propertyChange" };
            let event = json!({ "eventId": 1, "subscriptionType": topic, "objectId": id, "occurredAt": at,
                "propertyName": "x", "propertyValue": "y" });
            let (body, stamp) = (json!([event]).to_string(), now.to_string());
            let signature = hubspot::hook::sign(secret, "POST", &path, body.as_bytes(), &stamp);
            (body, vec![("x-hubspot-signature-v3", signature), ("x-hubspot-request-timestamp", stamp)])
        }
        "zendesk" => {
            let stamp = jiff::Timestamp::from_millisecond(now).unwrap().to_string();
            let time = jiff::Timestamp::from_millisecond(at).unwrap().to_string();
            let event = json!({ "type": "zen:event-type:ticket.status_changed", "subject": format!("zen:ticket:{id}"),
                "time": time, "detail": { "id": id, "updated_at": time }, "event": { "current": "SOLVED" } });
            let body = event.to_string();
            let signature = zendesk::hook::sign(secret, body.as_bytes(), &stamp);
            (body, vec![("x-zendesk-webhook-signature", signature), ("x-zendesk-webhook-signature-timestamp", stamp)])
        }
        "freshdesk" => {
            let body = json!({ "freshdesk_webhook": { "ticket_id": id.parse::<u64>().unwrap() } });
            (body.to_string(), vec![("x-rapport-secret", secret.to_owned())])
        }
        _ => {
            let module = if row.object == Object::Deal { "Deals" } else { "Cases" };
            let body = json!({ "module": module, "operation": "update", "ids": [id], "token": secret,
                "server_time": at });
            (body.to_string(), Vec::new())
        }
    }
}

async fn deliver(world: &World, row: &Row, (body, headers): &(String, Vec<(&'static str, String)>)) -> Option<usize> {
    let path = format!("/webhooks/{}/{}", row.kind, world.connection);
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let delivery = connection::hook::Delivery { kind: row.kind, path: &path, body: body.as_bytes(), headers: &headers };
    connection::hook::receive(&world.app, world.connection, &delivery).await.ok()
}

/// From now on only webhooks tell of changes.
async fn deaf(world: &World) {
    let sql = "UPDATE connection SET settings = json_set(settings, '$.matters_ms', 86400000)";
    execute(&world.app.store, sql).await.unwrap();
    // The look that was due already goes by.
    world.rest().await;
}

#[tokio::test]
async fn what_a_webhook_tells_is_looked_at_at_once() {
    for row in ROWS.iter().filter(|row| row.kind != "salesforce") {
        let (kind, object) = (row.kind, row.object);
        let world = connected(kind).await;
        let ana = world.contact("Ana", "+4915112345678").await;
        let id = row.made(&world, ana).await;
        let remote = in_step(&world, id).await.remote_id.unwrap();
        deaf(&world).await;
        let later = world.app.now().0 + 2_000;
        let long_ago = world.app.now().0 - 60 * MINUTE;
        assert_eq!(deliver(&world, row, &told(&world, row, &remote, later, "wrong")).await, None, "{kind}");
        if kind != "freshdesk" {
            let old = told(&world, row, &remote, long_ago, "hook-secret");
            assert_eq!(deliver(&world, row, &old).await, Some(0), "{kind}: older than what is known");
        }
        let strange = told(&world, row, "999999999", later, "hook-secret");
        assert_eq!(deliver(&world, row, &strange).await, Some(0), "{kind}: nobody's business");
        edit(&world, kind, object, &remote, row.closing()).await;
        world.rest().await;
        assert_eq!(see(&world, id).await.status, "open", "{kind} {object:?}: nobody asked");
        let event = told(&world, row, &remote, later, "hook-secret");
        assert_eq!(deliver(&world, row, &event).await, Some(1), "{kind}");
        until(&world, id, "told", |view| view.status == row.closed.2).await;
        // It comes twice: nothing changes, and nothing is written over there.
        assert!(deliver(&world, row, &event).await.is_some());
        world.finish().await;
    }
}

#[tokio::test]
async fn a_record_that_is_gone_shows_with_the_next_look() {
    let world = connected("zoho").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let row = ROWS.iter().find(|row| row.kind == "zoho").unwrap();
    let id = row.made(&world, ana).await;
    let view = in_step(&world, id).await;
    let remote = view.remote_id.unwrap();
    assert!(view.remote_url.unwrap().ends_with(&format!("/tab/Potentials/{remote}")));
    let there = records(&world, "zoho", Object::Deal).await.remove(0);
    assert_eq!(there["Contact_Name"]["id"], json!(world.in_step(ana).await), "it belongs to the contact");
    assert_eq!(there["Amount"], json!(129.9));
    assert!(view.note.is_some_and(|note| note.contains("USD")), "the account has one currency");
    deaf(&world).await;
    world.control(Method::Delete, &format!("/zoho/things/Deals/{remote}"), None).await;
    let event = told(&world, row, &remote, world.app.now().0 + 2_000, "hook-secret");
    assert_eq!(deliver(&world, row, &event).await, Some(1));
    until(&world, id, "gone", |view| view.sync == "gone").await;
    world.finish().await;
}

#[tokio::test]
async fn a_token_that_ends_midway_and_a_crowd_are_got_over() {
    let world = connected("zoho").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    let crowded =
        json!({ "target": "zoho", "kind": "status", "status": 429, "match": { "path": "Deals" }, "times": 2 });
    world.fault(crowded).await;
    world.control(Method::Delete, "/zoho/tokens", None).await;
    let first = deal(&world, phone(ana)).await;
    in_step(&world, first).await;
    world.fault(json!({ "target": "zoho", "kind": "status", "status": 503 })).await;
    let second = deal(&world, phone(ana)).await;
    until(&world, second, "put off", |view| view.error.is_some()).await;
    world.control(Method::Delete, "/faults", None).await;
    world.control(Method::Delete, "/zoho/tokens", None).await;
    world.clock.advance(6 * MINUTE);
    world.app.bells.jobs.ring();
    in_step(&world, second).await;
    assert_eq!(records(&world, "zoho", Object::Deal).await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn a_ticket_whose_answer_was_lost_is_found_though_search_is_late() {
    let world = connected("freshdesk").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    let lost = json!({ "path": "/api/v2/tickets", "method": "POST" });
    world.fault(json!({ "target": "freshdesk", "kind": "drop_response", "match": lost, "times": 1 })).await;
    let id = case(&world, broken(ana)).await;
    until(&world, id, "put off", |view| view.error.is_some()).await;
    assert_eq!(records(&world, "freshdesk", Object::Case).await.len(), 1, "the call is not made twice");
    let change = CasePatch { title: Some("Changed meanwhile".to_owned()), ..CasePatch::default() };
    change::case(&world.app, &world.caller, id, change).await.unwrap();
    world.clock.advance(6 * MINUTE);
    world.app.bells.jobs.ring();
    let view = in_step(&world, id).await;
    let there = records(&world, "freshdesk", Object::Case).await;
    assert_eq!((there.len(), &there[0]["subject"]), (1, &json!("Changed meanwhile")));
    assert_eq!(there[0]["custom_fields"]["cf_rapport_case_id"], json!(id.to_string()));
    assert_eq!((&there[0]["priority"], &there[0]["tags"]), (&json!(3), &json!(["whatsapp", "case_complaint"])));
    assert_eq!(view.stage.as_deref(), Some("Open"));
    // A status of the account's own is under way, and called as the agents call it.
    let remote = view.remote_id.unwrap();
    edit(&world, "freshdesk", Object::Case, &remote, json!({ "status": 6, "tags": ["vip", "case_quote"] })).await;
    let seen = until(&world, id, "seen", |view| view.stage.as_deref() == Some("With the workshop")).await;
    assert_eq!((seen.status.as_str(), seen.category.as_deref()), ("open", Some("quote")));
    world.control(Method::Delete, &format!("/freshdesk/tickets/{remote}"), None).await;
    until(&world, id, "gone", |view| view.sync == "gone").await;
    change::retry(&world.app, &world.caller, Object::Case, id).await.unwrap();
    assert_ne!(in_step(&world, id).await.remote_id, Some(remote), "made anew, though the old one's key is the same");
    world.finish().await;
}

#[tokio::test]
async fn who_may_not_make_the_field_is_told_how() {
    let world = connected("freshdesk").await;
    world.control(Method::Post, "/limits", Some(json!({ "freshdesk": { "admin": false } }))).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = case(&world, broken(ana)).await;
    let failed = until(&world, id, "failed", |view| view.sync == "failed").await;
    assert!(failed.error.as_ref().is_some_and(|text| text.contains("Ticket Fields")), "{failed:?}");
    assert_eq!(world.view().await.status, "active", "contacts go on");
    world.control(Method::Post, "/limits", Some(json!({ "freshdesk": { "admin": true } }))).await;
    change::retry(&world.app, &world.caller, Object::Case, id).await.unwrap();
    in_step(&world, id).await;
    let all: Vec<Value> = records(&world, "freshdesk", Object::Case).await;
    assert_eq!(all.len(), 1);
    world.finish().await;
}
