//! What goes wrong over there: nothing is lost, nothing is doubled.

use crate::world::World;
use rapport_app::connection::{self, ConnectionPatch};
use rapport_connectors::http::{Method, Response};
use serde_json::{Value, json};

#[tokio::test]
async fn a_lost_answer_makes_no_second_record() {
    let world = World::connected().await;
    world
        .fault(json!({ "target": "hubspot", "kind": "drop_response", "match": { "path": "batch/upsert" }, "times": 1 }))
        .await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    assert_eq!(world.requests("batch/upsert").await.len(), 2);
    // All quick repeats lost: the job's own next try finds the record by our key.
    world
        .fault(json!({ "target": "hubspot", "kind": "drop_response", "match": { "path": "batch/upsert" }, "times": 3 }))
        .await;
    let ben = world.contact("Ben", "+4915112345679").await;
    world.in_step(ben).await;
    assert_eq!(world.records().await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn limits_and_hiccups_are_waited_out() {
    let world = World::connected().await;
    world
        .fault(
            json!({ "target": "hubspot", "kind": "status", "status": 502, "match": { "path": "batch/" }, "times": 2 }),
        )
        .await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.in_step(ana).await;
    world
        .fault(
            json!({ "target": "hubspot", "kind": "status", "status": 429, "match": { "path": "/search" }, "times": 2 }),
        )
        .await;
    let ben = world.contact("Ben", "+4915112345679").await;
    world.in_step(ben).await;
    assert_eq!((world.records().await.len(), world.view().await.failed), (2, 0));
    world.finish().await;
}

#[tokio::test]
async fn an_outage_loses_nothing_and_ends_when_it_ends() {
    let world = World::connected().await;
    world.fault(json!({ "target": "hubspot", "kind": "status", "status": 503 })).await;
    let people: Vec<(String, String)> = (0..20).map(|n| (format!("P {n}"), format!("+49151123456{n:02}"))).collect();
    let people: Vec<(&str, &str)> = people.iter().map(|(name, phone)| (name.as_str(), phone.as_str())).collect();
    let ids = world.contacts(&people).await;
    world
        .until("all were tried", async || world.count("SELECT count(*) FROM link WHERE state = 'waiting'").await == 20)
        .await;
    let view = world.view().await;
    assert_eq!((view.backlog, view.failed, view.status.as_str()), (20, 0, "active"));
    // Two days of it: tried again and again, nothing given up.
    for _ in 0..14 {
        world.clock.advance(4 * 3_600_000);
        world.app.bells.jobs.ring();
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    assert_eq!(world.view().await.failed, 0);
    world.control(Method::Delete, "/faults", None).await;
    world.live().await;
    for id in ids {
        world.in_step(id).await;
    }
    assert_eq!(world.records().await.len(), 20);
    world.finish().await;
}

#[tokio::test]
async fn a_withdrawn_token_is_told_and_a_new_one_repairs_it() {
    let world = World::connected().await;
    world.limits(json!({ "invalid_tokens": ["pat-one"] })).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.until("refused", async || world.view().await.status == "error").await;
    let view = world.view().await;
    assert!(view.status_reason.as_ref().unwrap().contains("access token"), "{:?}", view.status_reason);
    assert_eq!((view.backlog, view.failed), (1, 0));
    // Changes are still noted.
    let ben = world.contact("Ben", "+4915112345679").await;
    assert_eq!(world.view().await.backlog, 2);
    let bad = ConnectionPatch { access_token: Some("nonsense".to_owned()), ..ConnectionPatch::default() };
    let refused = connection::change(&world.app, &world.caller, world.connection, bad).await.unwrap_err();
    assert!(matches!(&refused, rapport_app::Error::Invalid { field, .. } if field == "access_token"), "{refused}");
    let good = ConnectionPatch { access_token: Some("pat-two".to_owned()), ..ConnectionPatch::default() };
    let view = connection::change(&world.app, &world.caller, world.connection, good).await.unwrap();
    assert_eq!((view.status.as_str(), view.status_reason), ("active", None));
    world.in_step(ana).await;
    world.in_step(ben).await;
    world.finish().await;
}

#[tokio::test]
async fn a_token_that_is_taken_again_repairs_itself() {
    let world = World::connected().await;
    world.limits(json!({ "invalid_tokens": ["pat-one"] })).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.until("refused", async || world.view().await.status == "error").await;
    world.limits(json!({ "invalid_tokens": [] })).await;
    world.clock.advance(6_000);
    world.in_step(ana).await;
    assert_eq!(world.view().await.status, "active");
    world.finish().await;
}

#[tokio::test]
async fn a_refused_field_does_not_take_the_record_down() {
    let world = World::connected().await;
    let mut rows = connection::mappings(&world.app, &world.caller, world.connection).await.unwrap();
    rows.iter_mut().find(|row| row.local_field == "lifecycle").unwrap().enabled = true;
    connection::set_mappings(&world.app, &world.caller, world.connection, rows).await.unwrap();
    world.live().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    world
        .edit(ana, "lifecycle", |row| {
            row.lifecycle = "no such stage".to_owned();
            row.name = "Anna".to_owned();
            row.field_stamps["name"] = row.updated_at.into();
        })
        .await;
    world.until("the rest is there", async || world.record_of(&id).await["properties"]["firstname"] == "Anna").await;
    world.until("told", async || world.link(ana).await.unwrap().error.is_some()).await;
    let link = world.link(ana).await.unwrap();
    assert_eq!(link.state, "in_step");
    assert!(link.error.unwrap().contains("lifecyclestage"));
    assert_eq!(world.count("SELECT count(*) FROM sync_log WHERE outcome = 'partial'").await, 1);
    assert_eq!(world.view().await.failed, 0);
    world.finish().await;
}

#[tokio::test]
async fn several_matches_are_left_to_a_person_and_replay_works() {
    let world = World::bare().await;
    let mut world = world;
    world.connect().await;
    // Nothing is imported, so that the two stay strangers until the contact comes.
    let patch = ConnectionPatch { import_new: Some(false), ..ConnectionPatch::default() };
    connection::change(&world.app, &world.caller, world.connection, patch).await.unwrap();
    let one = world.record(json!({ "firstname": "A", "phone": "+4915112345678" })).await;
    let two = world.record(json!({ "firstname": "B", "mobilephone": "+4915112345678" })).await;
    world.rest().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.until("given up", async || world.view().await.failed == 1).await;
    assert_eq!(world.link(ana).await.unwrap().state, "failed");
    assert_eq!(world.records().await.len(), 2, "none is chosen, none is made");
    let dead = connection::dead::list(&world.app, &world.caller, None, 10).await.unwrap().items;
    assert_eq!(dead[0].summary, "Bring the contact Ana over to HubSpot");
    assert!(dead[0].last_error.as_ref().unwrap().contains("Merge them"));
    world
        .api(Method::Post, "/objects/contacts/merge", Some(json!({ "primaryObjectId": one, "objectIdToMerge": two })))
        .await;
    // Either the look for changes or the replay brings them together; neither makes a second record.
    let _ = connection::dead::replay(&world.app, &world.caller, dead[0].id).await;
    world.in_step(ana).await;
    assert_eq!(world.records().await.len(), 1);
    world.until("settled", async || world.view().await.failed == 0).await;
    world.finish().await;
}

#[tokio::test]
async fn rows_that_an_answer_leaves_out_are_written_again() {
    let world = World::connected().await;
    let mut first = true;
    world.http.meddle(move |request, response| {
        if request.operation != "batch_upsert" || !std::mem::replace(&mut first, false) {
            return response;
        }
        let mut body: Value = serde_json::from_slice(&response.body).unwrap();
        let rows = body["results"].as_array_mut().unwrap();
        rows.reverse();
        rows.truncate(2);
        Response::new(207, &[], body.to_string())
    });
    let people = [("A", "+4915112345671"), ("B", "+4915112345672"), ("C", "+4915112345673"), ("D", "+4915112345674")];
    for id in world.contacts(&people).await {
        let remote = world.in_step(id).await;
        assert_eq!(world.record_of(&remote).await["properties"]["rapport_contact_id"], json!(id.to_string()));
    }
    assert_eq!(world.records().await.len(), 4);
    world.finish().await;
}

#[tokio::test]
async fn a_property_that_was_removed_over_there_empties_nothing_here() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    world.edit_record(&id, json!({ "email": "ana@shop.example" })).await;
    world.until("the address is here", async || world.row(ana).await.email.is_some()).await;
    world.http.meddle(|request, response| {
        let mut body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        if !matches!(request.operation, "search" | "batch_read") {
            return response;
        }
        for row in body["results"].as_array_mut().into_iter().flatten() {
            row["properties"].as_object_mut().unwrap().remove("email");
        }
        Response::new(response.status, &[], body.to_string())
    });
    world.edit_record(&id, json!({ "firstname": "Anna" })).await;
    world.until("the rest goes on", async || world.row(ana).await.name == "Anna").await;
    world.edit(ana, "name", |row| row.name = "Annika".to_owned()).await;
    world.until("this way too", async || world.record_of(&id).await["properties"]["firstname"] == "Annika").await;
    assert_eq!(world.row(ana).await.email.as_deref(), Some("ana@shop.example"));
    assert_eq!(world.record_of(&id).await["properties"]["email"], "ana@shop.example");
    world.finish().await;
}

#[tokio::test]
async fn a_crm_that_stays_silent_is_given_a_rest() {
    let world = World::connected().await;
    world.fault(json!({ "target": "hubspot", "kind": "cut_before" })).await;
    let ana = world.contact("Ana", "+4915112345678").await;
    world.until("it is left alone", async || world.app.lines.of(world.connection).rests()).await;
    world.control(Method::Delete, "/faults", None).await;
    world.in_step(ana).await;
    assert_eq!(world.view().await.failed, 0);
    world.finish().await;
}
