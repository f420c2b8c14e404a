//! A campaign that the provider refuses does not hold answers up.

use crate::campaigns::{begin, draft, number};
use crate::inbound::on_both;
use crate::world::{START, World, customer, refusal, text};
use rapport_connectors::http::Response;
use rapport_core::ConversationId;
use rapport_store::Backend;
use std::time::Duration;

const REFUSED: &str = "SELECT count(*) FROM message_attempt WHERE outcome = 'retry'";
const ANSWERED: &str = "SELECT count(*) FROM message WHERE status = 'sent' AND author_kind = 'user'";

/// A customer who wrote, and a campaign for them and two others, all of whom the provider refuses.
async fn refused(backend: Backend, code: i64) -> (World, ConversationId) {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", START.0 / 1_000, "hello")).await;
    world.settle().await;
    let talk = world.only_conversation().await;
    world.clock.advance(1_100);
    let people = vec![format!("+{}", customer(1)), number(1), number(2)];
    for _ in &people {
        let headers = [("retry-after", "3600")];
        world.provider.answer(Ok(Response::new(429, &headers, refusal(429, code).body)));
    }
    let id = draft(&world, people).await;
    assert!(begin(&world.app, &world, id).await);
    world.until("refused", REFUSED, 3).await;
    (world, talk)
}

/// The provider wants an hour of silence; the answer waits for the second that its limit is counted in.
async fn answered_within_a_second(world: &World, talk: ConversationId) {
    world.write(talk, "here I am").await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    world.clock.advance(1_000);
    world.until("answered", ANSWERED, 1).await;
    assert_eq!(world.provider.sends().len(), 4, "the campaign has not gone on");
    world.clock.advance(3_600_000);
    world.until("gone on", "SELECT count(*) FROM message WHERE status = 'sent'", 4).await;
}

async fn a_number_that_is_too_fast_still_answers(backend: Backend) {
    let (world, talk) = refused(backend, 130_429).await;
    answered_within_a_second(&world, talk).await;
    world.finish().await;
}

async fn a_customer_who_gets_too_much_is_still_answered(backend: Backend) {
    let (world, talk) = refused(backend, 131_056).await;
    answered_within_a_second(&world, talk).await;
    world.finish().await;
}

async fn a_refused_answer_is_tried_again_before_the_campaign(backend: Backend) {
    let (world, talk) = refused(backend, 130_429).await;
    world.provider.answer(Ok(refusal(400, 130_429)));
    world.clock.advance(1_000);
    world.write(talk, "here I am").await;
    world.until("refused", REFUSED, 4).await;
    world.clock.advance(1_000);
    world.until("answered", ANSWERED, 1).await;
    world.finish().await;
}

on_both!(
    a_number_that_is_too_fast_still_answers,
    a_customer_who_gets_too_much_is_still_answered,
    a_refused_answer_is_tried_again_before_the_campaign,
);
