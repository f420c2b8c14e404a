//! What the provider's refusals mean for the messages after them.

use crate::inbound::on_both;
use crate::world::{START, World, refusal, status, text};
use rapport_core::ConversationId;
use rapport_store::Backend;
use serde_json::{Value, json};

const NOW_S: i64 = START.0 / 1_000;

async fn opened(backend: Backend) -> World {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    world
}

fn failed(wamid: &str, seconds: i64, code: i64) -> Value {
    let mut event = status(1, wamid, "failed", seconds, None);
    event["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"] = json!([{ "code": code, "title": "no" }]);
    event
}

const SENT: &str = "SELECT count(*) FROM message WHERE status = 'sent'";

async fn a_storm_of_refusals_costs_no_message(backend: Backend) {
    let world = opened(backend).await;
    let codes = [130_429, 131_057, 4, 80_007];
    for number in 0..12 {
        world.provider.answer(Ok(refusal(429, codes[number % codes.len()])));
    }
    world.write(world.only_conversation().await, "patience").await;
    for number in 1..=12 {
        world.until("refused", "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'", number).await;
        // Never more than half a minute to the next try.
        world.clock.advance(30_100);
    }
    world.until("sent", SENT, 1).await;
    assert_eq!(world.provider.sends().len(), 13);
    world.finish().await;
}

async fn a_storm_for_one_reason_leaves_the_patience_for_the_next(backend: Backend) {
    let world = opened(backend).await;
    for code in [[130_429; 12], [131_056; 12]].concat() {
        world.provider.answer(Ok(refusal(429, code)));
    }
    world.write(world.only_conversation().await, "patience").await;
    for number in 1..=23 {
        world.until("refused", "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'", number).await;
        // A customer's rate asks for an hour in the end.
        world.clock.advance(if number < 12 { 30_100 } else { 3_600_100 });
    }
    // Twelve times for the customer's own rate is enough.
    world.until("given up", "SELECT count(*) FROM message WHERE status = 'failed'", 1).await;
    assert_eq!(world.provider.sends().len(), 24);
    world.finish().await;
}

const REFUSED: &str = "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'";

/// A notice that is refused so often that it waits for long.
async fn refused_notice(world: &World, code: i64, step: i64) {
    for _ in 0..6 {
        world.provider.answer(Ok(refusal(429, code)));
    }
    world.notify(world.only_conversation().await, "your parcel is on its way").await;
    for number in 1..=6 {
        world.until("refused", REFUSED, number).await;
        if number < 6 {
            world.clock.advance(step);
        }
    }
}

async fn what_waits_for_a_customer_goes_once_something_reaches_them(backend: Backend) {
    let world = opened(backend).await;
    // Pauses of 1, 4, 16, 64 and 256 s; the next would last for 1,024.
    refused_notice(&world, 131_056, 257_000).await;
    world.clock.advance(1_100);
    world.write(world.only_conversation().await, "here I am").await;
    world.until("both", SENT, 2).await;
    world.finish().await;
}

async fn what_waits_for_a_number_goes_once_answers_get_through(backend: Backend) {
    let world = opened(backend).await;
    // Half a minute at most, and at least a quarter of one after so many refusals.
    refused_notice(&world, 130_429, 30_100).await;
    world.deliver(&text(2, "wamid.IN2", NOW_S + 200, "hello")).await;
    world.settle().await;
    let newest = "SELECT id FROM conversation ORDER BY last_inbound_at DESC LIMIT 1";
    let other = rapport_store::testing::text(&world.app.store, newest).await.unwrap().parse().unwrap();
    world.clock.advance(3_100);
    world.write(ConversationId(other), "here I am").await;
    world.until("both", SENT, 2).await;
    world.finish().await;
}

async fn who_cannot_be_reached_is_not_written_to_until_they_write(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    world.write(conversation, "one").await;
    world.until("sent", SENT, 1).await;
    world.deliver(&failed("wamid.OUT1", NOW_S + 5, 131_026)).await;
    world.until("failed", "SELECT count(*) FROM message WHERE status = 'failed'", 1).await;
    world.clock.advance(30_000);
    world.write(conversation, "two").await;
    world.until("refused", "SELECT count(*) FROM message WHERE status = 'refused'", 1).await;
    assert_eq!(world.provider.sends().len(), 1);
    world.deliver(&text(1, "wamid.BACK", NOW_S + 20, "I am back")).await;
    world.settle().await;
    world.write(conversation, "three").await;
    world.until("sent", SENT, 1).await;
    // What arrived since speaks for itself, too.
    world.deliver(&status(1, "wamid.OUT2", "delivered", NOW_S + 40, None)).await;
    world.until("delivered", "SELECT count(*) FROM message WHERE status = 'delivered'", 1).await;
    world.write(conversation, "four").await;
    world.until("sent", SENT, 1).await;
    world.finish().await;
}

on_both!(
    a_storm_of_refusals_costs_no_message,
    a_storm_for_one_reason_leaves_the_patience_for_the_next,
    what_waits_for_a_customer_goes_once_something_reaches_them,
    what_waits_for_a_number_goes_once_answers_get_through,
    who_cannot_be_reached_is_not_written_to_until_they_write
);
