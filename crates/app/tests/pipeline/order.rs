//! What a customer gets arrives in the order it was written in.

use crate::inbound::on_both;
use crate::world::{START, World, refusal, text};
use rapport_store::Backend;
use std::time::Duration;

async fn opened(backend: Backend) -> World {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", START.0 / 1_000, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    world
}

fn words(world: &World) -> Vec<String> {
    let word = |sent: &serde_json::Value| sent["text"]["body"].as_str().unwrap_or_default().to_owned();
    world.provider.sends().iter().map(word).collect()
}

const SENT: &str = "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'";

async fn the_second_waits_for_the_answer_to_the_first(backend: Backend) {
    let world = opened(backend).await;
    *world.provider.slow.lock().unwrap() = vec![Duration::from_millis(900)];
    let talk = world.only_conversation().await;
    for body in ["one", "two", "three"] {
        world.write(talk, body).await;
    }
    world.until("on its way", "SELECT count(*) FROM send_queue WHERE state = 'in_flight'", 1).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(words(&world), ["one"], "the provider has not answered yet");
    world.until("sent", SENT, 3).await;
    assert_eq!(words(&world), ["one", "two", "three"]);
    world.finish().await;
}

async fn others_do_not_wait(backend: Backend) {
    let world = opened(backend).await;
    let talk = world.only_conversation().await;
    world.deliver(&text(2, "wamid.IN2", START.0 / 1_000, "hello")).await;
    world.settle().await;
    let latest = "SELECT id FROM conversation ORDER BY id DESC LIMIT 1";
    let other = rapport_store::testing::text(&world.app.store, latest).await.unwrap();
    *world.provider.slow.lock().unwrap() = vec![Duration::from_millis(900)];
    world.write(talk, "one").await;
    world.until("on its way", "SELECT count(*) FROM send_queue WHERE state = 'in_flight'", 1).await;
    world.write(talk, "two").await;
    world.write(rapport_core::ConversationId(other.parse().unwrap()), "to another").await;
    world.until("sent", SENT, 1).await;
    assert_eq!(words(&world), ["one", "to another"]);
    world.until("sent", SENT, 3).await;
    world.finish().await;
}

async fn what_is_tried_again_keeps_its_place(backend: Backend) {
    let world = opened(backend).await;
    let talk = world.only_conversation().await;
    world.provider.answer(Ok(refusal(429, 130_429)));
    world.write(talk, "one").await;
    world.until("refused", "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'", 1).await;
    world.write(talk, "two").await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    for _ in 0..4 {
        world.clock.advance(1_000);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    world.until("sent", SENT, 2).await;
    assert_eq!(words(&world), ["one", "one", "two"]);
    world.finish().await;
}

on_both!(the_second_waits_for_the_answer_to_the_first, others_do_not_wait, what_is_tried_again_keeps_its_place);
