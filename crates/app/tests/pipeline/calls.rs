//! Calls to the provider's API, where the workspace limits them: counted whoever makes them, kept over a restart, and left to
//! what is urgent.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use rapport_app::account::guard_policy;
use rapport_app::auth::Caller;
use rapport_app::channel::calls::{self, CallsView};
use rapport_app::channel::profile;
use rapport_core::time::MINUTE;
use rapport_store::Backend;
use serde_json::json;
use std::time::Duration;

const SENT: &str = "SELECT count(*) FROM message WHERE status = 'sent'";
const HELD: &str = "SELECT count(*) FROM message WHERE status = 'held'";

async fn view(world: &World) -> CallsView {
    calls::read(&world.app, &Caller::system(world.workspace), world.channel).await.unwrap()
}

async fn limit(world: &World, change: serde_json::Value) {
    let caller = Caller::system(world.workspace);
    guard_policy::update(&world.app, &caller, change.as_object().unwrap()).await.unwrap();
}

async fn the_last_calls_are_left_to_answers(backend: Backend) {
    let mut world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", START.0 / 1_000, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    let (talk, caller) = (world.only_conversation().await, Caller::system(world.workspace));
    world.write(talk, "before there was a limit").await;
    world.until("sent", SENT, 1).await;
    let free = view(&world).await;
    assert_eq!((free.per_hour, free.per_day, free.last_hour, free.promotion_at), (None, None, 0, None));
    limit(&world, json!({ "calls_per_hour": 10, "calls_per_day": 1_000 })).await;
    for number in 0..8 {
        world.write(talk, &format!("answer {number}")).await;
    }
    world.until("answers", SENT, 9).await;
    // Notices leave a tenth of the limit, half of what promotion leaves.
    for number in 0..2 {
        world.notify(talk, &format!("notice {number}")).await;
    }
    world.until("one notice", SENT, 10).await;
    world.until("the other waits", HELD, 1).await;
    let nearly = view(&world).await;
    assert_eq!((nearly.per_hour, nearly.last_hour, nearly.last_day, nearly.replies_at), (Some(10), 9, 9, None));
    assert!(nearly.notices_at.is_some() && nearly.promotion_at >= nearly.notices_at);
    // What a person asks of the provider counts as well; whatever this stand-in answers.
    let _ = profile::read(&world.app, &caller, world.channel).await;
    let refused = profile::read(&world.app, &caller, world.channel).await.unwrap_err().to_string();
    assert!(refused.contains("limit of calls"), "{refused}");
    world.write(talk, "one too many").await;
    world.until("an answer waits too", HELD, 2).await;
    let why =
        "SELECT count(*) FROM message WHERE status = 'held' AND CAST(verdict AS text) LIKE '%call_budget.waiting%'";
    world.until("and says why", why, 2).await;
    world.restart().await;
    world.clock.advance(5_000);
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(world.provider.sends().len(), 10, "who takes the lane over knows what was counted");
    assert!(view(&world).await.replies_at.is_some());
    world.clock.advance(61 * MINUTE);
    world.until("the hour is over", SENT, 12).await;
    world.finish().await;
}

async fn a_limit_that_was_lifted_holds_nothing(backend: Backend) {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", START.0 / 1_000, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    let talk = world.only_conversation().await;
    limit(&world, json!({ "calls_per_day": 2 })).await;
    for number in 0..3 {
        world.write(talk, &format!("answer {number}")).await;
    }
    world.until("two go", SENT, 2).await;
    world.until("one waits", HELD, 1).await;
    limit(&world, json!({ "calls_per_day": null })).await;
    let view = view(&world).await;
    assert_eq!((view.per_day, view.last_day, view.replies_at), (None, 0, None));
    world.until("it goes, although it was told to wait for a day", SENT, 3).await;
    world.finish().await;
}

on_both!(the_last_calls_are_left_to_answers, a_limit_that_was_lifted_holds_nothing);
