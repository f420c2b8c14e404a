//! Inbound: many events, duplicates, disorder, poison, restarts.

use crate::world::{START, World, envelope, status, text};
use rapport_store::Backend;
use serde_json::json;
use std::time::Instant;

const NOW_S: i64 = START.0 / 1_000;

async fn shuffled_duplicates_end_in_the_same_rows(backend: Backend) {
    let world = World::open(backend).await;
    let mut events = Vec::new();
    for n in 0..60 {
        for turn in 0..5 {
            let id = format!("wamid.{n}.{turn}");
            events.push(text(n, &id, NOW_S - 500 + turn, "Do you have it in blue?"));
        }
    }
    let mut order: Vec<usize> = (0..events.len()).chain(0..events.len() / 2).collect();
    // A fixed shuffle: the same disorder in every run.
    for i in (1..order.len()).rev() {
        order.swap(i, (i * 7_919 + 13) % (i + 1));
    }
    let began = Instant::now();
    for part in order.chunks(40) {
        futures::future::join_all(part.iter().map(|index| world.deliver(&events[*index]))).await;
    }
    world.settle().await;
    println!("{backend:?}: {} deliveries in {:?}", order.len(), began.elapsed());
    assert_eq!(world.number("SELECT count(*) FROM contact").await, 60);
    assert_eq!(world.number("SELECT count(*) FROM conversation").await, 60);
    assert_eq!(world.number("SELECT count(*) FROM message").await, 300);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE unread = 5").await, 60);
    let counts = rapport_store::audit::counts(&world.app.store.workspace(world.workspace)).await.unwrap();
    assert!(counts.balanced, "{counts:?}");
    assert_eq!((counts.received, counts.processed, counts.duplicates), (450, 300, 150));
    world.finish().await;
}

async fn parallel_first_messages_make_one_contact(backend: Backend) {
    let world = World::open(backend).await;
    let events: Vec<_> = (0..30).map(|n| text(1, &format!("wamid.{n}"), NOW_S, "album")).collect();
    futures::future::join_all(events.iter().chain(&events).map(|event| world.deliver(event))).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM contact").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM conversation").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM message").await, 30);
    world.finish().await;
}

async fn odd_events_are_kept_and_others_go_on(backend: Backend) {
    let world = World::open(backend).await;
    let metadata = json!({ "display_phone_number": "1", "phone_number_id": crate::world::NUMBER });
    let poll =
        json!({ "from": "16505550001", "id": "wamid.P", "timestamp": NOW_S.to_string(), "type": "poll", "poll": {} });
    world.deliver(&envelope(json!({ "metadata": metadata, "messages": [poll] }))).await;
    // Another number's event, nobody's message, a field of the future.
    let foreign = json!({ "phone_number_id": "999", "display_phone_number": "9" });
    let hello =
        json!({ "from": "16505550002", "id": "wamid.F", "timestamp": "1", "type": "text", "text": { "body": "x" } });
    world.deliver(&envelope(json!({ "metadata": foreign, "messages": [hello] }))).await;
    let nobody = json!({ "id": "wamid.N", "timestamp": "1", "type": "text", "text": { "body": "x" } });
    world.deliver(&envelope(json!({ "metadata": metadata, "messages": [nobody] }))).await;
    world
        .deliver(
            &json!({ "entry": [{ "id": "waba", "changes": [{ "field": "telepathy", "value": { "thought": 1 } }] }] }),
        )
        .await;
    world.deliver(&text(3, "wamid.OK", NOW_S, "still here\u{0} with NUL")).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM message").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM message WHERE kind = 'unsupported'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM raw_event WHERE state = 3").await, 2, "orphan and nobody's");
    let counts = rapport_store::audit::counts(&world.app.store.workspace(world.workspace)).await.unwrap();
    assert!(counts.balanced, "{counts:?}");
    world.finish().await;
}

async fn a_restart_in_the_middle_loses_nothing(backend: Backend) {
    let mut world = World::open(backend).await;
    for n in 0..40 {
        world.deliver(&text(n, &format!("wamid.A{n}"), NOW_S, "before")).await;
    }
    world.restart().await;
    for n in 0..40 {
        world.deliver(&text(n, &format!("wamid.B{n}"), NOW_S + 1, "after")).await;
    }
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM message").await, 80);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE unread = 2").await, 40);
    world.finish().await;
}

async fn statuses_of_strangers_wait_and_give_up(backend: Backend) {
    let world = World::open(backend).await;
    world.deliver(&status(1, "wamid.ELSEWHERE", "delivered", NOW_S, None)).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM raw_event WHERE state = 4").await, 1);
    world.clock.advance(2 * 3_600_000);
    world.until("the wait ends", "SELECT count(*) FROM raw_event WHERE outcome = 'unmatched' AND state = 1", 1).await;
    world.finish().await;
}

macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name(rapport_store::Backend::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name(rapport_store::Backend::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both;

on_both!(
    shuffled_duplicates_end_in_the_same_rows,
    parallel_first_messages_make_one_contact,
    odd_events_are_kept_and_others_go_on,
    a_restart_in_the_middle_loses_nothing,
    statuses_of_strangers_wait_and_give_up,
);
