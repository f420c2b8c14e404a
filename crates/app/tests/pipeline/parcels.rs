//! "Where is my parcel?": what the customer reads, and what they are told unasked.

use crate::inbound::on_both;
use crate::rules::{hear, look, runs_of, switch, system};
use crate::world::{World, customer};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rapport_app::rule::starter::{NewFromStarter, make};
use rapport_app::shop::write::{put_order, put_shipment};
use rapport_app::shop::{Order, Shipment};
use rapport_core::guard::quiet::clocks;
use rapport_core::time::{DAY, HOUR};
use rapport_store::Backend;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Longer than rules settle, milliseconds.
const SETTLED: i64 = 6_000;

async fn starter(world: &World, key: &str, language: &str) -> Uuid {
    let new = NewFromStarter { language: Some(language.to_owned()) };
    let rule = make(&world.app, &system(world), key, new).await.unwrap();
    switch(world, rule.id, true).await;
    rule.id
}

/// An order of customer `n`, placed so many days ago.
async fn order(world: &World, number: &str, n: usize, days: i64, change: Value) {
    let placed_at = world.app.now().plus(-days * DAY).0;
    let mut body = json!({ "phone": format!("+{}", customer(n)), "status": "shipped", "placed_at": placed_at });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let order: Order = serde_json::from_value(body).unwrap();
    put_order(&world.app, &system(world), number.to_owned(), order).await.unwrap();
}

async fn parcel(world: &World, number: &str, key: &str, change: Value) {
    let mut body = json!({ "status": "in_transit", "tracking_number": key, "tracking_url": format!("https://falcon.example/{key}") });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let parcel: Shipment = serde_json::from_value(body).unwrap();
    put_shipment(&world.app, &system(world), number, key.to_owned(), parcel).await.unwrap();
}

/// What went to a customer, once so many messages did.
async fn told(world: &World, n: usize, count: usize) -> Vec<String> {
    let mut found = Vec::new();
    for _ in 0..60 {
        let to_them = |send: &Value| send["to"].as_str().is_some_and(|to| to.trim_start_matches('+') == customer(n));
        let sends = world.provider.sends();
        found = sends
            .iter()
            .filter(|send| to_them(send))
            .filter_map(|send| send["text"]["body"].as_str().map(str::to_owned))
            .collect();
        if found.len() >= count {
            break;
        }
        world.clock.advance(1_100);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(found.len(), count, "{found:?}");
    found
}

/// Tomorrow at 14:00 by the customers' clock.
fn tomorrow_at_two(world: &World) -> i64 {
    let zone = TimeZone::get(&clocks(None, Some("US"), "UTC").names[0]).unwrap();
    let today = Timestamp::from_millisecond(world.app.now().0).unwrap().to_zoned(zone.clone()).date();
    today.tomorrow().unwrap().at(14, 0, 0, 0).to_zoned(zone).unwrap().timestamp().as_millisecond()
}

async fn ask(world: &World, n: usize, id: &str, words: &str) {
    hear(world, n, id, words).await;
    world.clock.advance(SETTLED);
    look().await;
}

async fn a_customer_hears_where_their_parcel_is(backend: Backend) {
    let world = World::open(backend).await;
    let rule = starter(&world, "parcel", "en").await;
    // The first order is told of before anybody knows the customer; it waits and is theirs when they write.
    order(&world, "10482", 1, 3, json!({})).await;
    let expected = tomorrow_at_two(&world);
    let window = json!({ "expected_from": expected, "expected_to": expected + 2 * HOUR, "status": "out_for_delivery" });
    parcel(&world, "10482", "FL1", window).await;
    order(&world, "10400", 1, 40, json!({ "status": "processing" })).await;
    order(&world, "20000", 2, 0, json!({})).await;
    parcel(&world, "20000", "SECRET", json!({})).await;
    ask(&world, 1, "wamid.1", "Where is my order? I have no tracking number.").await;
    let first = told(&world, 1, 1).await;
    assert_eq!(
        first[0],
        "Hello Customer, your order 10482, placed 3 days ago: the parcel is out for delivery.\n\
         Expected: tomorrow, 14:00–16:00\nTracking number: FL1\nhttps://falcon.example/FL1"
    );
    // The order that is named; one of somebody else is not.
    ask(&world, 1, "wamid.2", "And the tracking number of order 10400?").await;
    let second = told(&world, 1, 2).await;
    assert!(
        second[1].starts_with("Hello Customer, your order 10400, placed 40 days ago: being prepared."),
        "{second:?}"
    );
    ask(&world, 1, "wamid.3", "What is the tracking number of order 20000?").await;
    let third = told(&world, 1, 3).await;
    assert!(third[2].contains("10482") && !third[2].contains("SECRET") && !third[2].contains("20000"), "{third:?}");
    // Who never ordered hears that somebody is looking.
    ask(&world, 3, "wamid.4", "Where is my order? I have no tracking number.").await;
    assert_eq!(
        told(&world, 3, 1).await[0],
        "Hello Customer, we are looking up where your parcel is and will write to you shortly."
    );
    let runs = runs_of(&world, rule).await;
    assert!(runs.iter().all(|run| run.state == "done"), "{runs:?}");
    world.finish().await;
}

async fn parcels_are_told_of_unasked_once_and_in_the_customers_words(backend: Backend) {
    let world = World::open(backend).await;
    let rule = starter(&world, "parcel_update", "ar").await;
    hear(&world, 1, "wamid.1", "مرحبا").await;
    order(&world, "10482", 1, 1, json!({})).await;
    parcel(&world, "10482", "FL1", json!({ "status": "preparing" })).await;
    parcel(&world, "10482", "FL1", json!({ "status": "out_for_delivery" })).await;
    world.clock.advance(SETTLED);
    let first = told(&world, 1, 1).await;
    assert!(first[0].starts_with("مرحبًا Customer، جديد طلبك 10482: الشحنة خرجت للتوصيل."), "{first:?}");
    // The same told again, and something older, are no news.
    parcel(&world, "10482", "FL1", json!({ "status": "out_for_delivery", "last_event": "Left the depot" })).await;
    parcel(&world, "10482", "FL1", json!({ "status": "failed", "updated_at": world.app.now().0 - 2 * DAY })).await;
    world.clock.advance(SETTLED);
    look().await;
    told(&world, 1, 1).await;
    // Back and forth within six hours is the same event: the guard holds the second notice of it.
    parcel(&world, "10482", "FL1", json!({ "status": "delayed" })).await;
    world.clock.advance(SETTLED);
    assert!(told(&world, 1, 2).await[1].contains("الشحنة متأخرة"));
    parcel(&world, "10482", "FL1", json!({ "status": "out_for_delivery" })).await;
    world.clock.advance(SETTLED);
    look().await;
    world.until("held", "SELECT count(*) FROM message WHERE author_kind = 'rule'", 3).await;
    told(&world, 1, 2).await;
    world.clock.advance(6 * HOUR);
    told(&world, 1, 3).await;
    // What is brought in as history is told to nobody.
    let old = json!({ "status": "delivered", "updated_at": world.app.now().0 - 2 * DAY });
    parcel(&world, "10482", "FL2", old).await;
    world.clock.advance(SETTLED);
    look().await;
    assert_eq!(runs_of(&world, rule).await.iter().filter(|run| run.state == "done").count(), 3);
    world.finish().await;
}

on_both!(a_customer_hears_where_their_parcel_is, parcels_are_told_of_unasked_once_and_in_the_customers_words);
