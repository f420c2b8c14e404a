//! What tests of deals and cases share: connections of each kind, and what differs from one to the next.

use crate::world::World;
use rapport_app::connection::{self, NewConnection};
use rapport_app::matter::change::{self, CasePatch, DealPatch};
use rapport_app::matter::list;
use rapport_app::matter::make::{self, NewCase, NewDeal};
use rapport_app::matter::view::MatterView;
use rapport_connectors::http::Method;
use rapport_core::matter::Object;
use rapport_core::{ConnectionId, ContactId};
use serde_json::{Value, json};
use uuid::Uuid;

fn credentials(kind: &str) -> Vec<(&'static str, &'static str)> {
    match kind {
        "zendesk" => vec![("email", "agent@shop.example"), ("api_token", "zd-one"), ("signing_secret", "hook-secret")],
        "salesforce" => {
            vec![("client_id", "sf-client"), ("client_secret", "sf-secret"), ("refresh_token", "sf-refresh-one")]
        }
        "freshdesk" => vec![("api_key", "fd-one"), ("hook_secret", "hook-secret")],
        "zoho" => vec![
            ("client_id", "1000.sandbox"),
            ("client_secret", "zoho-secret"),
            ("refresh_token", "1000.refresh-one"),
            ("hook_token", "hook-secret"),
        ],
        _ => vec![("access_token", "pat-one"), ("client_secret", "hook-secret")],
    }
}

/// Connected to a CRM of this kind, and through the first synchronisation.
pub async fn connected(kind: &str) -> World {
    let mut world = World::bare().await;
    // Freshdesk's search knows nothing of a ticket for as long as these tests run.
    let limits = json!({
        "zendesk": { "calls_per_minute": 100_000, "exports_per_minute": 1_000 },
        "freshdesk": { "calls_per_minute": 100_000, "lists_per_minute": 10_000, "index_lag_ms": 3_600_000 },
    });
    world.control(Method::Post, "/limits", Some(limits)).await;
    connect(&mut world, kind).await;
    world
}

pub async fn connect(world: &mut World, kind: &str) {
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

pub fn phone(contact: ContactId) -> NewDeal {
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

pub fn broken(contact: ContactId) -> NewCase {
    NewCase {
        contact_id: Some(contact.0),
        title: "Broken".to_owned(),
        details: Some("It came broken".to_owned()),
        category: Some("complaint".to_owned()),
        priority: Some("high".to_owned()),
        ..NewCase::default()
    }
}

pub async fn deal(world: &World, new: NewDeal) -> Uuid {
    make::deal(&world.app, &world.caller, new).await.unwrap().id
}

pub async fn case(world: &World, new: NewCase) -> Uuid {
    make::case(&world.app, &world.caller, new).await.unwrap().id
}

pub async fn see(world: &World, id: Uuid) -> MatterView {
    match list::get(&world.app, &world.caller, Object::Deal, id).await {
        Ok(view) => view,
        Err(_) => list::get(&world.app, &world.caller, Object::Case, id).await.unwrap(),
    }
}

pub async fn until(world: &World, id: Uuid, what: &str, holds: impl Fn(&MatterView) -> bool) -> MatterView {
    for _ in 0..5_500 {
        let view = see(world, id).await;
        if holds(&view) {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("waited in vain: {what}; {:#?}; {:?}", see(world, id).await, world.view().await);
}

pub async fn in_step(world: &World, id: Uuid) -> MatterView {
    until(world, id, "in step", |view| view.sync == "in_step").await
}

/// Where a person sees and edits records of this kind in the stand-in.
pub fn place(kind: &str, object: Object) -> String {
    match (kind, object) {
        ("hubspot", Object::Deal) => "/hubspot/objects/deals".to_owned(),
        ("hubspot", Object::Case) => "/hubspot/objects/tickets".to_owned(),
        ("salesforce", Object::Deal) => "/salesforce/things/Opportunity".to_owned(),
        ("salesforce", Object::Case) => "/salesforce/things/Case".to_owned(),
        ("zoho", Object::Deal) => "/zoho/things/Deals".to_owned(),
        ("zoho", Object::Case) => "/zoho/things/Cases".to_owned(),
        (kind, _) => format!("/{kind}/tickets"),
    }
}

/// Records that are there, each as its plain values.
pub async fn records(world: &World, kind: &str, object: Object) -> Vec<Value> {
    let all = world.control(Method::Get, &place(kind, object), None).await;
    let there = all["items"].as_array().unwrap().iter();
    let there = there.filter(|record| record["archived"] != true && record["status"] != "deleted");
    there.map(|record| record.get("properties").unwrap_or(record).clone()).collect()
}

pub async fn edit(world: &World, kind: &str, object: Object, id: &str, values: Value) {
    world.control(Method::Post, &format!("{}/{id}", place(kind, object)), Some(values)).await;
}

/// What differs from one CRM and kind of thing to the next.
pub struct Row {
    pub kind: &'static str,
    pub object: Object,
    /// Names over there: the title, and what it holds.
    pub expected: &'static [(&'static str, &'static str)],
    /// What a person over there sets, and the status that shows here.
    pub closed: (&'static str, &'static str, &'static str),
    /// Part of the path of the call that makes a record.
    pub write: &'static str,
}

pub const ROWS: [Row; 8] = [
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
    Row {
        kind: "zoho",
        object: Object::Deal,
        expected: &[
            ("Deal_Name", "Phone for Ana"),
            ("Stage", "Qualification"),
            ("Pipeline", "Standard (Standard)"),
            ("Rapport_Products", "APL-1"),
        ],
        closed: ("Stage", "Closed Lost to Competition", "lost"),
        write: "Deals/upsert",
    },
    Row {
        kind: "zoho",
        object: Object::Case,
        expected: &[
            ("Subject", "Broken"),
            ("Type", "Complaint"),
            ("Priority", "High"),
            ("Status", "New"),
            ("Case_Origin", "Web"),
        ],
        closed: ("Status", "Closed", "closed"),
        write: "Cases/upsert",
    },
    Row {
        kind: "freshdesk",
        object: Object::Case,
        expected: &[("subject", "Broken"), ("description", "It came broken")],
        closed: ("status", "4", "closed"),
        write: "/api/v2/tickets",
    },
];

impl Row {
    /// What a person over there sets, as it is sent.
    pub fn closing(&self) -> Value {
        let (name, value, _) = self.closed;
        // There, statuses are numbers.
        let value = if self.kind == "freshdesk" { value.parse::<i64>().unwrap().into() } else { Value::from(value) };
        json!({ name: value })
    }

    pub async fn made(&self, world: &World, contact: ContactId) -> Uuid {
        match self.object {
            Object::Deal => deal(world, phone(contact)).await,
            Object::Case => case(world, broken(contact)).await,
        }
    }

    pub async fn retitle(&self, world: &World, id: Uuid, title: &str) {
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
