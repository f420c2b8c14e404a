//! Outbound: once, whatever the provider answers or does not.

use crate::inbound::on_both;
use crate::world::{START, World, refusal, status, text};
use rapport_connectors::http::Failure;
use rapport_core::inbox::callback;
use rapport_store::Backend;

const NOW_S: i64 = START.0 / 1_000;

async fn opened(backend: Backend) -> World {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    // A number that is taken over waits one whole window before its first message.
    world.clock.advance(1_100);
    world
}

async fn word(world: &World, expected: &str) {
    let sql = format!("SELECT count(*) FROM message WHERE direction = 'out' AND status = '{expected}'");
    world.until(expected, &sql, 1).await;
}

async fn a_reply_goes_out_once_and_is_read(backend: Backend) {
    let world = opened(backend).await;
    let id = world.write(world.only_conversation().await, "hi").await;
    word(&world, "sent").await;
    let sends = world.provider.sends();
    assert_eq!(sends.len(), 1);
    assert_eq!(sends[0]["biz_opaque_callback_data"], callback(id, 1));
    assert_eq!(sends[0]["to"], "+16505550001");
    for (at, state) in [(3, "read"), (1, "sent"), (2, "delivered")] {
        world.deliver(&status(1, "wamid.OUT1", state, NOW_S + at, None)).await;
    }
    word(&world, "read").await;
    assert_eq!(world.number("SELECT count(*) FROM send_queue").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE last_status = 'read'").await, 1);
    world.finish().await;
}

async fn a_lost_answer_is_never_sent_again_and_its_status_settles_it(backend: Backend) {
    let mut world = opened(backend).await;
    world.provider.answer(Err(Failure::Ambiguous("cut".to_owned())));
    let id = world.write(world.only_conversation().await, "hi").await;
    word(&world, "unknown").await;
    world.clock.advance(3_600_000);
    world.restart().await;
    world.clock.advance(2_000);
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(world.provider.sends().len(), 1, "nobody knows whether it went out, so nobody sends it again");
    world.deliver(&status(1, "wamid.LATE", "delivered", NOW_S + 60, Some(&callback(id, 1)))).await;
    word(&world, "delivered").await;
    assert_eq!(world.number("SELECT count(*) FROM send_queue").await, 0);
    world.finish().await;
}

async fn a_refused_connection_is_tried_again(backend: Backend) {
    let world = opened(backend).await;
    world.provider.answer(Err(Failure::NotSent("refused".to_owned())));
    world.provider.answer(Ok(refusal(400, 130_429)));
    world.write(world.only_conversation().await, "hi").await;
    world.until("tried", "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'", 1).await;
    world.clock.advance(20_000);
    world.until("tried again", "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'", 2).await;
    world.clock.advance(60_000);
    word(&world, "sent").await;
    assert_eq!(world.provider.sends().len(), 3);
    world.finish().await;
}

async fn a_dead_token_pauses_the_channel_and_loses_nothing(backend: Backend) {
    let world = opened(backend).await;
    world.provider.answer(Ok(refusal(401, 190)));
    world.write(world.only_conversation().await, "hi").await;
    world.until("paused", "SELECT count(*) FROM channel WHERE status = 'error'", 1).await;
    world.until("waits", "SELECT count(*) FROM send_queue WHERE state = 'queued'", 1).await;
    rapport_store::testing::execute(&world.app.store, "UPDATE channel SET status = 'active'").await.unwrap();
    world.app.channels.forget();
    for _ in 0..20 {
        world.clock.advance(60_000);
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
    }
    word(&world, "sent").await;
    assert_eq!(world.provider.sends().len(), 2);
    world.finish().await;
}

async fn free_text_outside_the_window_is_never_handed_over(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    world.clock.advance(25 * 3_600_000);
    world.write(conversation, "too late").await;
    word(&world, "refused").await;
    assert!(world.provider.sends().is_empty());
    assert_eq!(world.number("SELECT count(*) FROM message WHERE verdict IS NOT NULL").await, 1);
    world.finish().await;
}

async fn the_pair_limit_is_kept(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    for n in 0..50 {
        world.write(conversation, &format!("message {n}")).await;
    }
    let sent = "SELECT count(*) FROM message_attempt WHERE outcome = 'sent'";
    world.until("the burst went out", sent, 45).await;
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    assert_eq!(world.number(sent).await, 45, "the rest waits until the burst is paid back");
    world.clock.advance(271_000);
    world.until("the rest", sent, 50).await;
    world.finish().await;
}

on_both!(
    a_reply_goes_out_once_and_is_read,
    a_lost_answer_is_never_sent_again_and_its_status_settles_it,
    a_refused_connection_is_tried_again,
    a_dead_token_pauses_the_channel_and_loses_nothing,
    free_text_outside_the_window_is_never_handed_over,
    the_pair_limit_is_kept,
);
