//! The life of a contact on two sides.

use crate::world::World;
use rapport_app::connection::{self, ConnectionPatch};
use rapport_connectors::http::Method;
use serde_json::json;
use std::time::Instant;

#[tokio::test]
async fn a_new_contact_appears_over_there_and_an_edit_over_there_comes_back() {
    let world = World::connected().await;
    let began = Instant::now();
    let ana = world.contact("Ana María López", "+4915112345678").await;
    let id = world.in_step(ana).await;
    assert!(began.elapsed().as_millis() < 3_000, "{:?}", began.elapsed());
    let record = world.record_of(&id).await;
    assert_eq!(
        (&record["properties"]["firstname"], &record["properties"]["lastname"], &record["properties"]["phone"]),
        (&json!("Ana"), &json!("María López"), &json!("+4915112345678"))
    );
    assert_eq!(record["properties"]["rapport_contact_id"], json!(ana.to_string()));
    world.rest().await;
    assert_eq!(world.writes().await, 1, "one write, no echo: {:#?}", world.requests("").await);

    let began = Instant::now();
    world.edit_record(&id, json!({ "firstname": "Ana María", "lastname": "López", "email": "Ana@Shop.example" })).await;
    world.until("the edit is here", async || world.row(ana).await.email.is_some()).await;
    assert!(began.elapsed().as_millis() < 3_500, "{:?}", began.elapsed());
    let row = world.row(ana).await;
    assert_eq!((row.name.as_str(), row.email.as_deref()), ("Ana María López", Some("ana@shop.example")));
    assert_eq!(row.fields["first_name"], "Ana María");
    let (_, before, after, source) =
        world.audit(ana).await.into_iter().find(|line| line.0 == "contact.updated").unwrap();
    assert_eq!(
        (&before["email"], &after["email"], source.as_str()),
        (&json!(null), &json!("ana@shop.example"), "hubspot")
    );
    world.rest().await;
    assert_eq!(world.writes().await, 1, "what they changed is not written back: {:#?}", world.requests("").await);

    // There and back to an old value: not mistaken for an echo of what we once wrote.
    world.edit_record(&id, json!({ "firstname": "Ana", "lastname": "María López" })).await;
    world.until("the old value is here", async || world.row(ana).await.fields["first_name"] == "Ana").await;
    assert_eq!(world.view().await.success_rate, Some(1.0));
    world.finish().await;
}

#[tokio::test]
async fn only_what_changed_is_written_and_other_fields_of_theirs_stay() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    world.edit_record(&id, json!({ "city": "Köln" })).await;
    world.edit(ana, "email", |row| row.email = Some("ana@shop.example".to_owned())).await;
    world
        .until("the address is there", async || world.record_of(&id).await["properties"]["email"] == "ana@shop.example")
        .await;
    let record = world.record_of(&id).await;
    assert_eq!((&record["properties"]["city"], &record["properties"]["firstname"]), (&json!("Köln"), &json!("Ana")));
    let all = world.control(Method::Get, "/hubspot/requests?path=batch/upsert", None).await;
    let last = all["items"].as_array().unwrap().last().unwrap();
    let written: Vec<&String> = last["body"]["inputs"][0]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(written, ["email", "rapport_contact_id"]);
    // Asking for the same again costs no call at all.
    let before = world.requests("").await.len();
    world.edit(ana, "nothing", |_| {}).await;
    world.until("done", async || world.view().await.backlog == 0).await;
    let since = world.requests("").await.split_off(before);
    assert!(since.iter().all(|line| line.contains("search") || line.contains("archived")), "{since:?}");
    world.finish().await;
}

async fn paused(world: &World, is_paused: bool) {
    let status = Some(if is_paused { "paused" } else { "active" }.to_owned());
    let patch = ConnectionPatch { status, ..ConnectionPatch::default() };
    connection::change(&world.app, &world.caller, world.connection, patch).await.unwrap();
}

#[tokio::test]
async fn the_later_change_wins_and_the_loser_is_kept() {
    let world = World::connected().await;
    let (ana, ben) = (world.contact("Ana", "+4915112345678").await, world.contact("Ben", "+4915112345679").await);
    let (a, b) = (world.in_step(ana).await, world.in_step(ben).await);
    paused(&world, true).await;
    // A job that was running when the connection was paused ends first.
    world.rest().await;
    world.edit_record(&a, json!({ "firstname": "Their Ana" })).await;
    world.edit(ben, "name", |row| row.name = "Our Ben".to_owned()).await;
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    world.edit(ana, "name", |row| row.name = "Ours".to_owned()).await;
    world.edit_record(&b, json!({ "firstname": "Theirs", "lastname": "" })).await;
    paused(&world, false).await;
    world
        .until("our later change is there", async || world.record_of(&a).await["properties"]["firstname"] == "Ours")
        .await;
    world.until("their later change is here", async || world.row(ben).await.fields["first_name"] == "Theirs").await;
    world.live().await;
    let conflict = |lines: Vec<(String, serde_json::Value, serde_json::Value, String)>, field: &str| {
        let found: Vec<_> =
            lines.into_iter().filter(|line| line.0 == "contact.conflict" && !line.1[field].is_null()).collect();
        assert_eq!(found.len(), 1, "told once: {found:#?}");
        found.into_iter().next().unwrap()
    };
    let (_, lost, won, _) = conflict(world.audit(ana).await, "first_name");
    assert_eq!(
        (&lost["first_name"], &won["first_name"], &won["winner"]),
        (&json!("Their Ana"), &json!("Ours"), &json!("rapport"))
    );
    let (_, lost, won, _) = conflict(world.audit(ben).await, "first_name");
    assert_eq!(
        (&lost["first_name"], &won["first_name"], &won["winner"]),
        (&json!("Our"), &json!("Theirs"), &json!("hubspot"))
    );
    world.finish().await;
}

#[tokio::test]
async fn a_deleted_record_lets_its_contact_go_and_is_not_made_again() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    world.control(Method::Delete, &format!("/hubspot/contacts/{id}"), None).await;
    world.edit(ana, "name", |row| row.name = "Anna".to_owned()).await;
    world.until("unlinked", async || world.link(ana).await.is_some_and(|link| link.deleted_at.is_some())).await;
    let link = world.link(ana).await.unwrap();
    assert!(link.error.unwrap().contains("deleted in HubSpot"));
    world.edit(ana, "name", |row| row.name = "Annika".to_owned()).await;
    world.rest().await;
    assert!(world.records().await.is_empty());
    assert_eq!(world.row(ana).await.name, "Annika", "nothing is deleted here");
    world.finish().await;
}

#[tokio::test]
async fn records_merged_over_there_are_followed() {
    let world = World::connected().await;
    let (ana, ben) = (world.contact("Ana", "+4915112345678").await, world.contact("Ben", "+4915112345679").await);
    let (a, b) = (world.in_step(ana).await, world.in_step(ben).await);
    let merged = world
        .api(Method::Post, "/objects/contacts/merge", Some(json!({ "primaryObjectId": a, "objectIdToMerge": b })))
        .await;
    let survivor = merged["id"].as_str().unwrap().to_owned();
    world.until("relinked", async || world.link(ana).await.is_some_and(|link| link.remote_id == survivor)).await;
    world.until("let go", async || world.link(ben).await.is_some_and(|link| link.deleted_at.is_some())).await;
    world.edit(ana, "name", |row| row.name = "Anna".to_owned()).await;
    world
        .until("written to the survivor", async || {
            world.record_of(&survivor).await["properties"]["firstname"] == "Anna"
        })
        .await;
    assert_eq!(world.records().await.len(), 1);
    world.finish().await;
}

#[tokio::test]
async fn what_changes_during_a_pause_is_caught_up_with() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    paused(&world, true).await;
    world.rest().await;
    let before = world.requests("").await.len();
    world.edit(ana, "name", |row| row.name = "Anna".to_owned()).await;
    let ben = world.contact("Ben", "+4915112345679").await;
    world.rest().await;
    assert_eq!(world.requests("").await.len(), before, "a paused connection is left alone");
    paused(&world, false).await;
    world.until("the edit is there", async || world.record_of(&id).await["properties"]["firstname"] == "Anna").await;
    world.in_step(ben).await;
    world.finish().await;
}

#[tokio::test]
async fn a_contact_that_is_merged_here_takes_its_record_along() {
    let world = World::connected().await;
    let ana = world.contact("Ana", "+4915112345678").await;
    let id = world.in_step(ana).await;
    paused(&world, true).await;
    world.rest().await;
    let same = world.contact("Ana María", "+4915112345679").await;
    world.join(same, ana).await;
    paused(&world, false).await;
    assert_eq!(world.in_step(same).await, id);
    assert_eq!(world.records().await.len(), 1, "no second record");
    assert!(world.link(ana).await.is_none());
    world
        .until("both say the same", async || {
            world.record_of(&id).await["properties"]["phone"] == json!(world.row(same).await.phone)
        })
        .await;
    world.finish().await;
}

#[tokio::test]
async fn a_merge_that_a_write_finds_out_leaves_the_record_with_its_contact() {
    let world = World::connected().await;
    let (ana, ben) = (world.contact("Ana", "+4915112345678").await, world.contact("Ben", "+4915112345679").await);
    let (a, b) = (world.in_step(ana).await, world.in_step(ben).await);
    // The search does not tell of the merge for a while.
    world.limits(json!({ "index_lag_ms": 60_000 })).await;
    let merged = world
        .api(Method::Post, "/objects/contacts/merge", Some(json!({ "primaryObjectId": a, "objectIdToMerge": b })))
        .await;
    world.edit(ben, "name", |row| row.name = "Benjamin".to_owned()).await;
    world.until("let go", async || world.link(ben).await.is_some_and(|link| link.deleted_at.is_some())).await;
    assert_eq!(world.in_step(ana).await, merged["id"].as_str().unwrap());
    let record = world.record_of(merged["id"].as_str().unwrap()).await;
    assert_eq!(record["properties"]["rapport_contact_id"], json!(ana.to_string()));
    assert_eq!(record["properties"]["firstname"], "Ana", "another contact's words stay out of it");
    world.finish().await;
}
