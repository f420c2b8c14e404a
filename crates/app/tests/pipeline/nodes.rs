//! Several nodes on one database: people on one see what people on another are doing, as long as they do it.

use crate::world::{START, World, text};
use rapport_app::auth::Caller;
use rapport_app::inbox::typing::{Typing, TypingState, say};
use rapport_app::live::{Live, Subscription, others};
use rapport_store::Backend;
use serde_json::Value;
use std::time::Duration;

/// The next sign that somebody does something, within a moment.
async fn sign(feed: &mut Subscription, within: Duration) -> Option<Value> {
    let found = async {
        loop {
            if let Ok(Some(Live::Passing("typing", data))) = feed.next().await {
                return (*data).clone();
            }
        }
    };
    tokio::time::timeout(within, found).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_on_different_nodes_see_each_other() {
    let world = World::open(Backend::Postgres).await;
    world.deliver(&text(1, "wamid.IN", START.0 / 1_000, "hello")).await;
    world.settle().await;
    let talk = world.only_conversation().await;
    let twin = world.twin().await;
    let listening = others::start(&twin);
    let mut here = world.app.feeds.subscribe(world.workspace, None).await.unwrap();
    let mut there = twin.feeds.subscribe(world.workspace, None).await.unwrap();
    let caller = Caller::system(world.workspace);
    let viewing = Typing { state: TypingState::Viewing };
    // The other node may not listen yet: a sign is said again, as screens do.
    let mut said = 0;
    let heard = loop {
        said += 1;
        assert!(said < 100, "nothing is heard on the other node");
        say(&world.app, &caller, talk, viewing).await.unwrap();
        if let Some(heard) = sign(&mut there, Duration::from_millis(200)).await {
            break heard;
        }
    };
    assert_eq!((&heard["state"], heard["conversation_id"].as_str()), (&"viewing".into(), Some(&*talk.to_string())));
    // The node itself hears each sign once, not again as an echo of its own.
    for _ in 0..said {
        assert!(sign(&mut here, Duration::from_secs(5)).await.is_some());
    }
    assert_eq!(sign(&mut here, Duration::from_millis(500)).await, None);
    // And back.
    while sign(&mut there, Duration::from_millis(100)).await.is_some() {}
    say(&twin, &caller, talk, Typing { state: TypingState::Note }).await.unwrap();
    assert_eq!(sign(&mut here, Duration::from_secs(5)).await.unwrap()["state"], "note");
    twin.shutdown.cancel();
    listening.await.unwrap();
    drop((here, there, twin));
    world.finish().await;
}
