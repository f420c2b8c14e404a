//! Clocks that jump (F6): nothing waits for a moment that a wrong clock wrote, nothing goes out twice, nothing goes out
//! after its window.

use crate::inbound::on_both;
use crate::world::{START, World, refusal, text};
use rapport_connectors::http::Response;
use rapport_core::time::{DAY, HOUR, MINUTE};
use rapport_store::Backend;
use std::time::Duration;

const NOW_S: i64 = START.0 / 1_000;

async fn opened(backend: Backend) -> World {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    world
}

/// Time for the sender to look at the queue, and then the window that a new owner waits for.
async fn looked_at(world: &World) {
    tokio::time::sleep(Duration::from_millis(900)).await;
    world.clock.advance(4_000);
}

const SENT: &str = "SELECT count(*) FROM message WHERE status = 'sent'";

async fn a_clock_that_is_set_back_a_day_holds_nothing_up(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    world.write(conversation, "before").await;
    world.until("before", SENT, 1).await;
    // One waits for an hour, by the provider's word.
    let busy = refusal(429, 130_429);
    let headers = [("retry-after", "3600")];
    world.provider.answer(Ok(Response::new(429, &headers, busy.body)));
    world.write(conversation, "waits").await;
    world.until("refused", "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'", 1).await;
    world.clock.advance(-DAY);
    looked_at(&world).await;
    world.until("what waited", SENT, 2).await;
    world.write(conversation, "after").await;
    // The customer's limiter takes what has a later date for just now: a burst is left.
    world.until("after", SENT, 3).await;
    assert_eq!(world.provider.sends().len(), 4, "one of them twice, because it was refused");
    world.finish().await;
}

async fn a_clock_that_is_set_forward_closes_windows_and_sends_nothing_late(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    world.clock.advance(DAY);
    world.write(conversation, "too late, as far as anybody knows").await;
    world.until("refused", "SELECT count(*) FROM message WHERE status = 'refused'", 1).await;
    assert!(world.provider.sends().is_empty());
    // The mistake is noticed: the window is open again, and so is the number.
    world.clock.advance(-DAY);
    looked_at(&world).await;
    world.write(conversation, "in time").await;
    world.until("sent", SENT, 1).await;
    world.finish().await;
}

async fn small_steps_are_waited_out(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    for (number, step) in [0, -3_000, 2 * MINUTE, -2 * MINUTE, HOUR, -HOUR].into_iter().enumerate() {
        world.clock.advance(step);
        world.write(conversation, &format!("message {number}")).await;
        looked_at(&world).await;
        // What has a later date counts as sent just now, and the customer's burst is paid back first.
        world.clock.advance(30_000);
        world.until("sent", SENT, i64::try_from(number).unwrap() + 1).await;
    }
    assert_eq!(world.provider.sends().len(), 6);
    world.finish().await;
}

on_both!(
    a_clock_that_is_set_back_a_day_holds_nothing_up,
    a_clock_that_is_set_forward_closes_windows_and_sends_nothing_late,
    small_steps_are_waited_out,
);
