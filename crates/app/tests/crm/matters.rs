//! Deals and cases in three CRMs: what goes over, what comes back, and what trouble does to them.

use crate::world::World;
use rapport_app::connection::{self, NewConnection};
use rapport_app::matter::change::{self, CasePatch, DealPatch};
use rapport_app::matter::list::{self, MatterFilter};
use rapport_app::matter::make::{self, NewCase, NewDeal};
use rapport_app::matter::target;
use rapport_app::matter::view::MatterView;
use rapport_app::{Error, contact};
use rapport_connectors::http::Method;
use rapport_core::matter::Object;
use rapport_core::{ConnectionId, ContactId};
use rapport_store::testing::execute;
use serde_json::{Value, json};
use uuid::Uuid;

fn credentials(kind: &str) -> Vec<(&'static str, &'static str)> {
    match kind {
        "zendesk" => vec![("email", "agent@shop.example"), ("api_token", "zd-one")],
        "salesforce" => {
            vec![("client_id", "sf-client"), ("client_secret", "sf-secret"), ("refresh_token", "sf-refresh-one")]
        }
        "freshdesk" => vec![("api_key", "fd-one")],
        _ => vec![("access_token", "pat-one")],
    }
}

/// Connected to a CRM of this kind, and through the first synchronisation.
async fn connected(kind: &str) -> World {
    let mut world = World::bare().await;
    let limits = json!({ "zendesk": { "calls_per_minute": 100_000, "exports_per_minute": 1_000 } });
    world.control(Method::Post, "/limits", Some(limits)).await;
    connect(&mut world, kind).await;
    world
}

async fn connect(world: &mut World, kind: &str) {
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let new = NewConnection {
        kind: kind.to_owned(),
        credentials: credentials(kind).into_iter().map(own).collect(),
        base_url: Some(format!("{}/{kind}", world.crm.base_url())),
        ..NewConnection::default()
    };
    let view = connection::add(&world.app, &world.caller, new).await.unwrap();
    world.connection = ConnectionId(view.id);
    world.live().await;
}

fn phone(contact: ContactId) -> NewDeal {
    NewDeal {
        contact_id: Some(contact.0),
        title: "Phone for Ana".to_owned(),
        details: Some("I want to buy the phone".to_owned()),
        amount_minor: Some(12_990),
        currency: Some("usd".to_owned()),
        skus: vec!["APL-1".to_owned()],
        ..NewDeal::default()
    }
}

fn broken(contact: ContactId) -> NewCase {
    NewCase {
        contact_id: Some(contact.0),
        title: "Broken".to_owned(),
        details: Some("It came broken".to_owned()),
        category: Some("complaint".to_owned()),
        priority: Some("high".to_owned()),
        ..NewCase::default()
    }
}

async fn deal(world: &World, new: NewDeal) -> Uuid {
    make::deal(&world.app, &world.caller, new).await.unwrap().id
}

async fn case(world: &World, new: NewCase) -> Uuid {
    make::case(&world.app, &world.caller, new).await.unwrap().id
}

async fn see(world: &World, id: Uuid) -> MatterView {
    match list::get(&world.app, &world.caller, Object::Deal, id).await {
        Ok(view) => view,
        Err(_) => list::get(&world.app, &world.caller, Object::Case, id).await.unwrap(),
    }
}

async fn until(world: &World, id: Uuid, what: &str, holds: impl Fn(&MatterView) -> bool) -> MatterView {
    for _ in 0..5_500 {
        let view = see(world, id).await;
        if holds(&view) {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}; {:#?}; {:?}", see(world, id).await, world.view().await);
}

async fn in_step(world: &World, id: Uuid) -> MatterView {
    until(world, id, "in step", |view| view.sync == "in_step").await
}

/// Where a person sees and edits records of this kind in the stand-in.
fn place(kind: &str, object: Object) -> String {
    match (kind, object) {
        ("hubspot", Object::Deal) => "/hubspot/objects/deals".to_owned(),
        ("hubspot", Object::Case) => "/hubspot/objects/tickets".to_owned(),
        ("salesforce", Object::Deal) => "/salesforce/things/Opportunity".to_owned(),
        ("salesforce", Object::Case) => "/salesforce/things/Case".to_owned(),
        _ => "/zendesk/tickets".to_owned(),
    }
}

/// Records that are there, each as its plain values.
async fn records(world: &World, kind: &str, object: Object) -> Vec<Value> {
    let all = world.control(Method::Get, &place(kind, object), None).await;
    let there = all["items"].as_array().unwrap().iter();
    let there = there.filter(|record| record["archived"] != true && record["status"] != "deleted");
    there.map(|record| record.get("properties").unwrap_or(record).clone()).collect()
}

async fn edit(world: &World, kind: &str, object: Object, id: &str, values: Value) {
    world.control(Method::Post, &format!("{}/{id}", place(kind, object)), Some(values)).await;
}

/// What differs from one CRM and kind of thing to the next.
struct Row {
    kind: &'static str,
    object: Object,
    /// Names over there: the title, and what it holds.
    expected: &'static [(&'static str, &'static str)],
    /// What a person over there sets, and the status that shows here.
    closed: (&'static str, &'static str, &'static str),
    /// Part of the path of the call that makes a record.
    write: &'static str,
}

const ROWS: [Row; 5] = [
    Row {
        kind: "hubspot",
        object: Object::Deal,
        expected: &[
            ("dealname", "Phone for Ana"),
            ("amount", "129.90"),
            ("dealstage", "appointmentscheduled"),
            ("deal_currency_code", "USD"),
            ("rapport_skus", "APL-1"),
        ],
        closed: ("dealstage", "closedwon", "won"),
        write: "deals/batch/upsert",
    },
    Row {
        kind: "hubspot",
        object: Object::Case,
        expected: &[
            ("subject", "Broken"),
            ("hs_pipeline_stage", "1"),
            ("hs_ticket_priority", "HIGH"),
            ("rapport_category", "complaint"),
        ],
        closed: ("hs_pipeline_stage", "4", "closed"),
        write: "tickets/batch/upsert",
    },
    Row {
        kind: "zendesk",
        object: Object::Case,
        expected: &[
            ("subject", "Broken"),
            ("priority", "high"),
            ("type", "problem"),
            ("description", "It came broken"),
        ],
        closed: ("status", "solved", "closed"),
        write: "/api/v2/tickets",
    },
    Row {
        kind: "salesforce",
        object: Object::Deal,
        expected: &[("Name", "Phone for Ana"), ("StageName", "Prospecting"), ("Rapport_Products__c", "APL-1")],
        closed: ("StageName", "Closed Lost", "lost"),
        write: "Rapport_Id__c",
    },
    Row {
        kind: "salesforce",
        object: Object::Case,
        expected: &[("Subject", "Broken"), ("Type", "Complaint"), ("Priority", "High"), ("Status", "New")],
        closed: ("Status", "Closed", "closed"),
        write: "Rapport_Id__c",
    },
];

impl Row {
    async fn made(&self, world: &World, contact: ContactId) -> Uuid {
        match self.object {
            Object::Deal => deal(world, phone(contact)).await,
            Object::Case => case(world, broken(contact)).await,
        }
    }

    async fn retitle(&self, world: &World, id: Uuid, title: &str) {
        let title = Some(title.to_owned());
        match self.object {
            Object::Deal => {
                change::deal(&world.app, &world.caller, id, DealPatch { title, ..DealPatch::default() }).await.unwrap()
            }
            Object::Case => {
                change::case(&world.app, &world.caller, id, CasePatch { title, ..CasePatch::default() }).await.unwrap()
            }
        };
    }
}

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
        let (name, value, status) = row.closed;
        edit(&world, kind, object, &remote, json!({ name: value })).await;
        let closed = until(&world, id, "closed over there", |view| view.status == status).await;
        assert!(closed.closed_at.is_some() && closed.stage.is_some(), "{closed:?}");
        let calls = world.control(Method::Get, &format!("/{kind}/requests?limit=10000"), None).await;
        let writes = |calls: &Value| {
            let all = calls["items"].as_array().unwrap().iter();
            all.filter(|call| call["method"] != "GET" && !call["path"].as_str().unwrap().contains("read")).count()
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
    assert!(told.error.as_ref().is_some_and(|text| text.contains("currency")), "{told:?}");
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
    assert_eq!(targets.iter().map(|one| one.objects.len()).collect::<Vec<_>>(), [0, 2]);
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
