//! Deals and cases in each CRM: what goes over, what comes back, and what trouble does to them.

use crate::matter_rows::{ROWS, broken, case, connect, connected, deal, edit, in_step, phone, records, see, until};
use crate::world::World;
use rapport_app::connection;
use rapport_app::matter::change::{self, DealPatch};
use rapport_app::matter::list::{self, MatterFilter};
use rapport_app::matter::make::{self, NewCase, NewDeal};
use rapport_app::matter::target;
use rapport_app::{Error, contact};
use rapport_connectors::http::Method;
use rapport_core::matter::Object;
use rapport_store::testing::execute;
use serde_json::{Value, json};

#[tokio::test]
async fn each_goes_over_whole_and_what_is_done_over_there_shows_here() {
    for row in &ROWS {
        let (kind, object) = (row.kind, row.object);
        let world = connected(kind).await;
        // The contact has no record yet: it goes first.
        let ana = world.contact("Ana", "+4915112345678").await;
        let id = row.made(&world, ana).await;
        let view = in_step(&world, id).await;
        let there = records(&world, kind, object).await;
        assert_eq!(there.len(), 1, "{kind}");
        for (name, value) in row.expected {
            assert_eq!(there[0][*name], *value, "{kind} {object:?} {name}: {}", there[0]);
        }
        assert!(
            view.remote_url.as_ref().is_some_and(|url| url.ends_with(view.remote_id.as_ref().unwrap())),
            "{view:?}"
        );
        let remote = view.remote_id.clone().unwrap();
        row.retitle(&world, id, "Another title").await;
        in_step(&world, id).await;
        assert_eq!(records(&world, kind, object).await[0][row.expected[0].0], "Another title", "{kind} {object:?}");
        let status = row.closed.2;
        edit(&world, kind, object, &remote, row.closing()).await;
        let closed = until(&world, id, "closed over there", |view| view.status == status).await;
        assert!(closed.closed_at.is_some() && closed.stage.is_some(), "{closed:?}");
        let calls = world.control(Method::Get, &format!("/{kind}/requests?limit=10000"), None).await;
        let writes = |calls: &Value| {
            let all = calls["items"].as_array().unwrap().iter();
            let asks = |path: &str| ["read", "coql", "oauth", "watch"].iter().any(|part| path.contains(part));
            all.filter(|call| call["method"] != "GET" && !asks(call["path"].as_str().unwrap())).count()
        };
        let before = writes(&calls);
        world.rest().await;
        let after = world.control(Method::Get, &format!("/{kind}/requests?limit=10000"), None).await;
        let searches = |calls: &Value| {
            calls["items"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|call| call["path"].as_str().unwrap().contains("search"))
                .count()
        };
        let grown = writes(&after) - before - (searches(&after) - searches(&calls));
        assert_eq!(grown, 0, "{kind}: it ends");
        world.finish().await;
    }
}

#[tokio::test]
async fn a_lost_answer_or_a_crash_makes_no_second_one() {
    for row in &ROWS {
        let (kind, object) = (row.kind, row.object);
        let world = connected(kind).await;
        let ana = world.contact("Ana", "+4915112345678").await;
        world.in_step(ana).await;
        let method = if kind == "salesforce" { "PATCH" } else { "POST" };
        let matched = json!({ "path": row.write, "method": method });
        // All quick repeats are lost too: the job's own next try finds the record.
        world.fault(json!({ "target": kind, "kind": "drop_response", "match": matched, "times": 3 })).await;
        let id = row.made(&world, ana).await;
        until(&world, id, "put off", |view| view.error.is_some() || view.sync == "in_step").await;
        world.clock.advance(6 * 60_000);
        world.app.bells.jobs.ring();
        in_step(&world, id).await;
        assert_eq!(records(&world, kind, object).await.len(), 1, "{kind} {object:?}");
        // As a crash between the answer and our commit leaves it.
        let sql = "UPDATE matter SET remote_id = NULL, remote_url = NULL, snapshot = '{}', sync = 'waiting'";
        execute(&world.app.store, sql).await.unwrap();
        let _ = change::retry(&world.app, &world.caller, object, id).await.unwrap();
        in_step(&world, id).await;
        assert_eq!(records(&world, kind, object).await.len(), 1, "{kind} {object:?}: found by our key");
        world.finish().await;
    }
}

#[tokio::test]
async fn limits_are_waited_out_and_an_outage_loses_nothing() {
    let world = connected("hubspot").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    let limited =
        json!({ "target": "hubspot", "kind": "status", "status": 429, "match": { "path": "deals" }, "times": 2 });
    world.fault(limited).await;
    let first = deal(&world, phone(ana)).await;
    in_step(&world, first).await;
    world.fault(json!({ "target": "hubspot", "kind": "status", "status": 503 })).await;
    let second = deal(&world, phone(ana)).await;
    let ben = world.contact("Ben", "+4915112345679").await;
    let third = deal(&world, phone(ben)).await;
    until(&world, second, "put off", |view| view.error.is_some()).await;
    assert_eq!(see(&world, second).await.sync, "waiting");
    for _ in 0..14 {
        world.clock.advance(4 * 3_600_000);
        world.app.bells.jobs.ring();
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    assert_eq!(world.view().await.failed, 0, "two days, and nothing is given up");
    world.control(Method::Delete, "/faults", None).await;
    in_step(&world, second).await;
    in_step(&world, third).await;
    assert_eq!(records(&world, "hubspot", Object::Deal).await.len(), 3);
    world.finish().await;
}

#[tokio::test]
async fn what_a_person_must_mend_is_said_and_tried_again() {
    let world = connected("hubspot").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    let forbidden = json!({ "target": "hubspot", "kind": "status", "status": 403, "match": { "path": "deals" } });
    world.fault(forbidden).await;
    let id = deal(&world, phone(ana)).await;
    let failed = until(&world, id, "failed", |view| view.sync == "failed").await;
    assert!(failed.error.as_ref().unwrap().contains("crm.objects.deals.write"), "{failed:?}");
    assert_eq!(world.view().await.status, "active", "contacts go on");
    assert_eq!(world.view().await.failed, 1);
    world.control(Method::Delete, "/faults", None).await;
    change::retry(&world.app, &world.caller, Object::Deal, id).await.unwrap();
    let view = in_step(&world, id).await;
    world.until("settled", async || world.view().await.failed == 0).await;
    // Deleted over there: kept here, and made anew when a person wants it.
    let path = format!("/hubspot/objects/deals/{}", view.remote_id.clone().unwrap());
    world.control(Method::Delete, &path, None).await;
    let gone = until(&world, id, "gone", |view| view.sync == "gone").await;
    assert!(gone.error.as_ref().unwrap().contains("HubSpot"), "{gone:?}");
    change::retry(&world.app, &world.caller, Object::Deal, id).await.unwrap();
    let anew = in_step(&world, id).await;
    assert_ne!(anew.remote_id, view.remote_id);
    // A word that the other side does not take is left out, and said.
    let patch = DealPatch { amount_minor: Some(Some(20_000)), ..DealPatch::default() };
    world.http.meddle(|request, response| match request.json() {
        Some(body) if request.operation == "update" && body["properties"].get("amount").is_some() => {
            let error = json!({ "status": "error", "category": "VALIDATION_ERROR", "message": "not valid",
                "errors": [{ "message": "no amounts", "code": "X", "context": { "propertyName": ["amount"] } }] });
            rapport_connectors::http::Response::new(400, &[], error.to_string())
        }
        _ => response,
    });
    change::deal(&world.app, &world.caller, id, DealPatch { title: Some("New".to_owned()), ..patch }).await.unwrap();
    let told = until(&world, id, "told", |view| view.sync == "in_step" && view.error.is_some()).await;
    assert!(told.error.unwrap().contains("no amounts"));
    assert_eq!(records(&world, "hubspot", Object::Deal).await[0]["dealname"], "New");
    world.finish().await;
}

#[tokio::test]
async fn what_is_longer_over_there_stays_and_what_lost_is_kept() {
    let world = connected("hubspot").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let person = world.in_step(ana).await;
    let id = deal(&world, phone(ana)).await;
    let remote = in_step(&world, id).await.remote_id.unwrap();
    let long = "x".repeat(5_000);
    edit(&world, "hubspot", Object::Deal, &remote, json!({ "description": long, "amount": "129.9049" })).await;
    until(&world, id, "cut", |view| view.details.as_ref().is_some_and(|text| text.len() == 4_000)).await;
    let row = &ROWS[0];
    row.retitle(&world, id, "Two phones").await;
    in_step(&world, id).await;
    let there = records(&world, "hubspot", Object::Deal).await.remove(0);
    assert_eq!(
        (&there["dealname"], &there["description"], &there["amount"]),
        (&json!("Two phones"), &json!(long), &json!("129.9049"))
    );
    // Changed on both sides while nothing gets through: the one that loses is kept.
    world.fault(json!({ "target": "hubspot", "kind": "status", "status": 503, "match": { "path": "deals" } })).await;
    row.retitle(&world, id, "Ours").await;
    edit(&world, "hubspot", Object::Deal, &remote, json!({ "dealname": "Theirs" })).await;
    until(&world, id, "put off", |view| view.error.is_some()).await;
    world.control(Method::Delete, "/faults", None).await;
    world.clock.advance(6 * 60_000);
    world.app.bells.jobs.ring();
    let kept = "SELECT COUNT(*) FROM audit_log WHERE action = 'deal.conflict'";
    world.until("the loser is kept", async || world.count(kept).await == 1).await;
    in_step(&world, id).await;
    // The deal lives on when its contact's record is gone.
    world.control(Method::Delete, &format!("/hubspot/contacts/{person}"), None).await;
    world.until("gone", async || world.link(ana).await.is_some_and(|link| link.deleted_at.is_some())).await;
    row.retitle(&world, id, "Still here").await;
    in_step(&world, id).await;
    assert_eq!(records(&world, "hubspot", Object::Deal).await[0]["dealname"], "Still here");
    world.finish().await;
}

#[tokio::test]
async fn urgent_stays_urgent_and_a_ticket_is_made_anew_at_once() {
    let world = connected("salesforce").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = case(&world, NewCase { priority: Some("urgent".to_owned()), ..broken(ana) }).await;
    let remote = in_step(&world, id).await.remote_id.unwrap();
    edit(&world, "salesforce", Object::Case, &remote, json!({ "Subject": "Looked at" })).await;
    let seen = until(&world, id, "looked at", |view| view.title == "Looked at").await;
    assert_eq!(seen.priority.as_deref(), Some("urgent"), "their High stands for it");
    let priced = deal(&world, phone(ana)).await;
    let told = in_step(&world, priced).await;
    assert_eq!(told.error, None, "an org of one currency refuses nothing");
    assert!(told.note.as_ref().is_some_and(|text| text.contains("USD is kept here only")), "{told:?}");
    // The org takes several: a deal's own goes over and comes back.
    world.control(Method::Post, "/salesforce/currencies", None).await;
    let other = in_step(&world, deal(&world, phone(ana)).await).await;
    assert_eq!((other.note, other.error, other.currency.as_deref()), (None, None, Some("USD")));
    let there = records(&world, "salesforce", Object::Deal).await;
    assert_eq!(there.iter().filter(|one| one["CurrencyIsoCode"] == "USD").count(), 1, "{there:?}");
    world.finish().await;
    let world = connected("zendesk").await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = case(&world, broken(ana)).await;
    let remote = in_step(&world, id).await.remote_id;
    world.control(Method::Delete, &format!("/zendesk/tickets/{}", remote.as_ref().unwrap()), None).await;
    until(&world, id, "gone", |view| view.sync == "gone").await;
    change::retry(&world.app, &world.caller, Object::Case, id).await.unwrap();
    assert_ne!(in_step(&world, id).await.remote_id, remote, "though the answer to the first call is kept for hours");
    world.finish().await;
}

#[tokio::test]
async fn what_nobody_takes_is_kept_here_and_the_same_is_made_once() {
    let mut world = World::bare().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let twice = NewDeal { client_id: Some("order-7".to_owned()), ..phone(ana) };
    let (one, two) = tokio::join!(deal(&world, twice.clone()), deal(&world, twice));
    assert_eq!(one, two);
    assert_eq!(see(&world, one).await.sync, "local");
    connect(&mut world, "freshdesk").await;
    let asked = NewDeal { connection_id: Some(world.connection.0), ..phone(ana) };
    match make::deal(&world.app, &world.caller, asked).await {
        Err(Error::Refused { code: "not_offered", detail }) => assert!(detail.contains("HubSpot"), "{detail}"),
        other => panic!("{other:?}"),
    }
    assert_eq!(see(&world, deal(&world, phone(ana)).await).await.sync, "local", "no vendor here takes deals");
    let refused = change::retry(&world.app, &world.caller, Object::Deal, one).await;
    assert!(matches!(refused, Err(Error::Refused { code: "no_crm", .. })), "{refused:?}");
    connect(&mut world, "hubspot").await;
    let targets = target::targets(&world.app, &world.caller).await.unwrap();
    assert_eq!(targets.iter().map(|one| one.objects.len()).collect::<Vec<_>>(), [1, 2]);
    change::retry(&world.app, &world.caller, Object::Deal, one).await.unwrap();
    in_step(&world, one).await;
    // A removed connection lets go of it.
    connection::remove(&world.app, &world.caller, world.connection).await.unwrap();
    let view = see(&world, one).await;
    assert_eq!((view.sync.as_str(), view.connection_id), ("local", None));
    // Nobody else sees it.
    let stranger = world.stranger().await;
    assert!(list::get(&world.app, &stranger, Object::Deal, one).await.is_err());
    let theirs = list::list(&world.app, &stranger, Object::Deal, MatterFilter::default(), None, 10).await.unwrap();
    assert!(theirs.items.is_empty());
    let merged = contact::list::get(&world.app, &world.caller, ana).await.unwrap();
    assert_eq!(merged.id, ana.0);
    world.finish().await;
}

#[tokio::test]
async fn a_merged_contact_takes_its_deals_along() {
    let world = World::bare().await;
    let people = world.contacts(&[("Ana", "+4915112345678"), ("Ana too", "+4915112345679")]).await;
    let id = deal(&world, phone(people[1])).await;
    world.join(people[0], people[1]).await;
    assert_eq!(see(&world, id).await.contact_id, people[0].0);
    world.finish().await;
}
