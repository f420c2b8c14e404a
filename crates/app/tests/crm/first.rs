//! The first synchronisation, and reading much.

use crate::world::World;
use rapport_connectors::http::Method;
use rapport_store::Backend;
use serde_json::{Value, json};

#[tokio::test]
async fn both_sides_meet_without_duplicates() {
    meet(Backend::Sqlite).await;
}

#[tokio::test]
async fn both_sides_meet_on_postgres() {
    meet(Backend::Postgres).await;
}

async fn meet(backend: Backend) {
    let mut world = World::on(backend).await;
    let ours: Vec<(String, String)> = (0..120).map(|n| (format!("Ours {n}"), format!("+4915112345{n:03}"))).collect();
    let ours: Vec<(&str, &str)> = ours.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&ours).await;
    // Twenty are known over there, written as people write; twenty are not known here; ten have no number.
    for n in 0..20 {
        world
            .record(json!({ "firstname": "Theirs", "phone": format!("+49 (151) 12345-{n:03}"), "city": "Köln" }))
            .await;
        world.record(json!({ "firstname": "Only", "lastname": "Theirs", "phone": format!("+4915200000{n:03}") })).await;
    }
    for n in 0..10 {
        world.record(json!({ "firstname": "Silent", "email": format!("s{n}@shop.example") })).await;
    }
    world.connect().await;
    for id in &ids {
        world.in_step(*id).await;
    }
    let records = world.records().await;
    assert_eq!(records.len(), 120 + 20 + 10);
    assert_eq!(world.count("SELECT count(*) FROM contact").await, 140);
    assert_eq!(world.count("SELECT count(*) FROM link WHERE state = 'in_step'").await, 140);
    let view = world.view().await;
    assert_eq!((view.progress.created, view.progress.linked, view.failed), (20, 20, 0));
    assert!(view.progress.noted >= 100, "{:?}", view.progress);
    // A hundred new ones went over in a few calls.
    let upserts = world.requests("batch/upsert").await.len();
    assert!(upserts <= 12, "{upserts} calls");
    // Known ones kept what only one side had.
    let known = world.row(ids[0]).await;
    let record = world.record_of(&world.link(ids[0]).await.unwrap().remote_id).await;
    assert_eq!(record["properties"]["city"], "Köln");
    assert_eq!(record["properties"]["rapport_contact_id"], json!(ids[0].to_string()));
    assert_eq!(known.phone.as_deref(), Some("+4915112345000"));
    world.rest().await;
    let writes = world.writes().await;
    world.rest().await;
    assert_eq!(world.writes().await, writes, "it ends");
    world.finish().await;
}

#[tokio::test]
async fn very_many_records_of_one_moment_are_all_seen() {
    let mut world = World::bare().await;
    // The stand-in's clock stands nearly still: all stamps are the same few.
    world.control(Method::Post, "/clock", Some(json!({ "speed": 0.001 }))).await;
    for batch in 0..103 {
        let inputs: Vec<Value> =
            (0..100).map(|n| json!({ "properties": { "firstname": format!("{batch}-{n}") } })).collect();
        world.api(Method::Post, "/objects/contacts/batch/create", Some(json!({ "inputs": inputs }))).await;
    }
    world.record(json!({ "firstname": "Last", "phone": "+4915112345678" })).await;
    world.connect().await;
    assert!(world.who("+4915112345678").await.is_some(), "the last one was seen");
    let view = world.view().await;
    assert!(view.progress.read >= 10_301, "{:?}", view.progress);
    world.finish().await;
}
