//! Two processes at once: the channel's lane with one of them, the standby's with the other.

use crate::world::{Mood, ONE, TWO, World};
use rapport_store::Backend;
use rapport_store::testing::number;
use serde_json::Value;
use std::time::Duration;

/// The lanes of both channels are with different nodes.
const APART: &str = "SELECT count(DISTINCT owner) FROM send_lane";

fn sends_over_the_standby(route: &Value) -> Vec<Value> {
    let seen = route["recent"].as_array().cloned().unwrap_or_default();
    seen.into_iter().filter(|one| one["side"] == "standby" && one["by"] == "send").collect()
}

/// Whoever keeps the route learns how messages fare over a standby that another node sends from.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_other_node_sees_of_the_standby_counts() {
    let world = World::open(Backend::Postgres, ("one", "two"), 4).await;
    let (other, services) = world.second().await;
    world.comes_to("each node holds one lane", APART, 2).await;
    world.stand_by().await;
    world.provider.is(ONE, Mood::Down);
    let talks = world.conversations(ONE, 4).await;
    world.write(talks[0], "the first").await;
    world.turns("standby").await;
    // It answers when asked how it is, so that only sends can tell.
    world.provider.is(TWO, Mood::Deaf);
    let mut seen = Vec::new();
    for round in 0..400 {
        if round < 8 {
            world.write(talks[round % 4], &format!("message {round}")).await;
        }
        seen = sends_over_the_standby(&world.route().await);
        if seen.iter().any(|one| one["ms"].is_null()) {
            break;
        }
        world.clock.advance(500);
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert!(seen.iter().any(|one| one["ms"].is_null()), "the keeper heard nothing: {}", world.route().await);
    assert_eq!(number(&world.app.store, APART).await.unwrap(), 2, "they are apart still");
    // Both are well again: everything goes out, once, over one of the two.
    world.provider.is(TWO, Mood::Well);
    world.provider.is(ONE, Mood::Well);
    let open = "SELECT count(*) FROM message WHERE direction = 'out' AND status IN ('queued', 'held', 'sending')";
    world.comes_to("everything went out", open, 0).await;
    assert!(world.provider.times().values().all(|times| *times == 1));
    other.shutdown.cancel();
    services.join(&other).await;
    drop(other);
    world.finish().await;
}
