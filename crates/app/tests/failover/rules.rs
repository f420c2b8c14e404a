//! What may change its way, and what may not.

use crate::life::on_both;
use crate::world::{Mood, ONE, TWO, World};
use rapport_core::MessageId;
use rapport_core::message::Content;
use rapport_store::Backend;
use serde_json::Value;

async fn verdict(world: &World, id: MessageId) -> Value {
    let read = world.app.store.workspace(world.workspace).read();
    let line = rapport_store::query::thread::by_id(&read, &[id]).await.unwrap().pop().unwrap();
    line.row.verdict.unwrap_or_default()
}

/// Time passes until a message waits for its route; what the verdict says of that.
async fn waits_for_its_route(world: &World, id: MessageId) -> Value {
    for _ in 0..400 {
        let said = verdict(world, id).await;
        if said["decided_by"] == "route" {
            return said;
        }
        world.clock.advance(300);
        tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    }
    panic!("{id} does not wait for its route: {}", verdict(world, id).await);
}

/// Free text to a customer who never wrote to the other number stays, and goes when the first number is back.
async fn what_the_standby_may_not_say_waits_with_the_reason(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    rapport_store::testing::execute(
        &world.app.store,
        "UPDATE conversation SET window_expires_at = NULL WHERE channel_id = (SELECT id FROM channel WHERE phone_number_id = '2002002002')",
    )
    .await
    .unwrap();
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    let talk = world.conversations(ONE, 1).await[0];
    let id = world.write(talk, "hello").await;
    world.turns("standby").await;
    let said = waits_for_its_route(&world, id).await;
    assert_eq!(said["summary_key"], "guard.route.waiting");
    world.until("it is held", "SELECT count(*) FROM message WHERE status = 'held'", 1).await;
    let checks = said["checks"].as_array().unwrap();
    let route = checks.iter().find(|check| check["rule"] == "route").unwrap();
    assert_eq!(route["value"], "window", "the reason is the standby's");
    assert_eq!(world.provider.over(TWO), 0, "free text outside the window of that number is never handed over");
    world.provider.is(ONE, Mood::Well);
    world.comes_to("it went out", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 1).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (1, 0));
    world.finish().await;
}

/// The same text goes over the first number where that one is only slow: late is better than never.
async fn what_the_standby_may_not_say_goes_over_a_slow_number(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    rapport_store::testing::execute(
        &world.app.store,
        "UPDATE conversation SET window_expires_at = NULL WHERE channel_id = (SELECT id FROM channel WHERE phone_number_id = '2002002002')",
    )
    .await
    .unwrap();
    world.stand_by().await;
    world.provider.is(ONE, Mood::Slow(600));
    let talk = world.conversations(ONE, 1).await[0];
    for n in 0..4 {
        world.write(talk, &format!("message {n}")).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    world.turns("standby").await;
    world.write(talk, "the last").await;
    world.comes_to("all went out", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 5).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (5, 0));
    world.finish().await;
}

/// Each is the other's standby: whichever fails, all goes over the one that works, once, and back again.
async fn two_that_stand_by_for_each_other(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    world.stands_by_for(world.two, world.one).await;
    world.stand_by().await;
    let talks = [world.conversations(ONE, 1).await[0], world.conversations(TWO, 1).await[0]];
    let sent = "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'";
    for (turn, (down, works)) in [(1, (ONE, TWO)), (2, (TWO, ONE))] {
        world.provider.is(works, Mood::Well);
        world.provider.is(down, Mood::Down);
        let before = world.provider.over(works);
        for talk in talks {
            world.write(talk, "hello").await;
        }
        world.comes_to("both went out", sent, 2 * turn).await;
        assert_eq!(world.provider.over(works) - before, 2, "over the one that works");
    }
    assert!(world.provider.times().values().all(|times| *times == 1), "{:?}", world.provider.times());
    world.finish().await;
}

/// What has left a channel that a person pauses is not sent either.
async fn nothing_is_sent_from_a_channel_that_is_paused(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    world.provider.is(TWO, Mood::Deaf);
    let talk = world.conversations(ONE, 1).await[0];
    world.write(talk, "hello").await;
    world.turns("standby").await;
    world.comes_to("it waits there", "SELECT count(*) FROM send_queue WHERE home_channel_id IS NOT NULL", 1).await;
    let pause = "UPDATE channel SET status = 'paused' WHERE phone_number_id = '1001001001'";
    rapport_store::testing::execute(&world.app.store, pause).await.unwrap();
    world.app.channels.forget();
    world.comes_to("it went home", "SELECT count(*) FROM send_queue WHERE home_channel_id IS NOT NULL", 0).await;
    world.provider.is(TWO, Mood::Well);
    world.clock.advance(120_000);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE status = 'sent'").await, 0);
    let resume = "UPDATE channel SET status = 'active' WHERE phone_number_id = '1001001001'";
    rapport_store::testing::execute(&world.app.store, resume).await.unwrap();
    world.app.channels.forget();
    world.provider.is(ONE, Mood::Well);
    world.comes_to("it goes", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 1).await;
    world.finish().await;
}

/// The same number through another provider is the same chat: its window counts.
async fn one_number_at_two_providers_is_one_chat(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    rapport_store::testing::execute(&world.app.store, "UPDATE channel SET display_phone = '+1 555-078-3881'")
        .await
        .unwrap();
    rapport_store::testing::execute(
        &world.app.store,
        "UPDATE conversation SET window_expires_at = NULL WHERE channel_id = (SELECT id FROM channel WHERE phone_number_id = '2002002002')",
    )
    .await
    .unwrap();
    world.app.channels.forget();
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    let talk = world.conversations(ONE, 1).await[0];
    world.write(talk, "hello").await;
    world.turns("standby").await;
    world.comes_to("it went out", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 1).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (0, 1));
    world.finish().await;
}

/// A reaction is about a message that only its own number has.
async fn a_reaction_needs_its_own_number(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 1).await;
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    let talk = world.conversations(ONE, 1).await[0];
    let reaction =
        world.say(talk, Content::Reaction { target: "wamid.IN".to_owned(), emoji: Some("👍".to_owned()) }).await;
    world.write(talk, "this one may go").await;
    world.turns("standby").await;
    world
        .comes_to("the text went", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 1)
        .await;
    waits_for_its_route(&world, reaction).await;
    assert_eq!(world.provider.over(TWO), 1);
    world.finish().await;
}

/// Two that are both down: nothing is switched, and everything goes when one is back.
async fn no_switch_to_a_standby_that_is_no_better(backend: Backend) {
    let world = World::open(backend, ("one", "two"), 2).await;
    // From the first look on: one that was well a moment ago would rightly be taken.
    world.provider.is(TWO, Mood::Down);
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    for talk in world.conversations(ONE, 2).await {
        world.write(talk, "hello").await;
    }
    for _ in 0..60 {
        world.clock.advance(500);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(world.route().await["active"], "primary");
    world.provider.is(ONE, Mood::Well);
    world.comes_to("all went out", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'sent'", 2).await;
    assert_eq!((world.provider.over(ONE), world.provider.over(TWO)), (2, 0));
    world.finish().await;
}

on_both!(
    what_the_standby_may_not_say_waits_with_the_reason,
    what_the_standby_may_not_say_goes_over_a_slow_number,
    two_that_stand_by_for_each_other,
    nothing_is_sent_from_a_channel_that_is_paused,
    one_number_at_two_providers_is_one_chat,
    a_reaction_needs_its_own_number,
    no_switch_to_a_standby_that_is_no_better,
);
