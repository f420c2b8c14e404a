//! Every starter works as it is: switched on and set off once, in two languages.

use crate::coupons::pool;
use crate::inbound::on_both;
use crate::rules::{hear, look, runs_of, switch, system};
use crate::world::World;
use rapport_app::rule::starter::{NewFromStarter, StarterQuery, list, make};
use rapport_app::rule::view::RunView;
use rapport_core::time::{DAY, HOUR};
use rapport_store::Backend;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

/// Longer than rules settle, milliseconds.
const SETTLED: i64 = 6_000;

/// Makes rules of starters and switches them on; their ids and what sets them off, by their keys.
async fn ready(world: &World, backend: Backend, keys: &[&str]) -> BTreeMap<String, (Uuid, String)> {
    let language = Some(if backend == Backend::Sqlite { "en" } else { "ar" }.to_owned());
    let offered = list(&system(world), &StarterQuery { language: language.clone() }).unwrap();
    let mut made = BTreeMap::new();
    for key in keys {
        let starter = offered.iter().find(|one| one.key == *key).unwrap();
        let new = NewFromStarter { language: language.clone() };
        let rule = make(&world.app, &system(world), key, new).await.unwrap();
        assert_eq!((rule.enabled, &rule.definition), (false, &starter.definition), "somebody looks at it first");
        switch(world, rule.id, true).await;
        made.insert((*key).to_owned(), (rule.id, starter.example.clone().unwrap_or_default()));
    }
    made
}

/// What a rule did, once it has come so far for so many.
async fn did(world: &World, rule: Uuid, state: &str, expected: usize) -> Vec<RunView> {
    for _ in 0..200 {
        let mut runs = runs_of(world, rule).await;
        runs.retain(|run| run.state == state);
        if runs.len() >= expected {
            let refused = runs.iter().flat_map(|run| &run.steps).find(|step| step.state != "done");
            assert_eq!((runs.len(), refused), (expected, None));
            return runs;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{state} {expected}: {:?}", runs_of(world, rule).await);
}

async fn starters_that_listen_to_words_work(backend: Backend) {
    let world = World::open(backend).await;
    let times = [
        ("parcel", 1, "done", 3),
        ("human_wanted", 1, "done", 3),
        ("unhappy", 1, "done", 3),
        ("instalments", 2, "done", 1),
        ("price_sensitive", 4, "done", 1),
        ("high_intent", 4, "done", 3),
        ("store_enquiry", 1, "waiting", 1),
    ];
    let keys: Vec<&str> = times.iter().map(|(key, ..)| *key).chain(["high_intent_code"]).collect();
    for name in ["10 % code", "رمز خصم 10 %"] {
        pool(&world, name, 3, json!({})).await;
    }
    let made = ready(&world, backend, &keys).await;
    for (n, (key, often, state, steps)) in times.into_iter().enumerate() {
        let (rule, example) = &made[key];
        for time in 0..often {
            let ran = runs_of(&world, *rule).await.into_iter().filter(|run| run.state != "skipped").count();
            assert_eq!(ran, 0, "{key} is not set off by {time} times");
            hear(&world, n, &format!("wamid.{key}.{time}"), example).await;
            world.clock.advance(SETTLED);
            look().await;
        }
        let run = did(&world, *rule, state, 1).await.remove(0);
        assert_eq!(run.steps.len(), steps, "{key}: {:?}", run.steps);
    }
    // The tag of one is what the other waits for.
    world.clock.advance(SETTLED);
    did(&world, made["high_intent_code"].0, "done", 1).await;
    world.clock.advance(7 * DAY + HOUR);
    let followed = did(&world, made["store_enquiry"].0, "done", 1).await.remove(0);
    assert_eq!(followed.steps.len(), 2, "the team is reminded");
    world.finish().await;
}

async fn starters_that_give_codes_work(backend: Backend) {
    let world = World::open(backend).await;
    for name in ["10 % code", "رمز خصم 10 %", "Visit voucher", "قسيمة زيارة"] {
        pool(&world, name, 2, json!({ "valid_days": 30 })).await;
    }
    let made = ready(&world, backend, &["asked_code", "store_enquiry", "store_voucher"]).await;
    for (n, heard, waits, time) in
        [(1, "asked_code", "asked_code", 3 * DAY), (2, "store_enquiry", "store_voucher", 7 * DAY)]
    {
        hear(&world, n, &format!("wamid.{n}"), &made[heard].1).await;
        world.clock.advance(SETTLED);
        look().await;
        world.clock.advance(SETTLED);
        did(&world, made[waits].0, "waiting", 1).await;
        world.clock.advance(time - HOUR);
        // What they write keeps the window open, and is neither an order nor a visit.
        hear(&world, n, &format!("wamid.{n}.later"), "hello").await;
        world.clock.advance(HOUR);
        let run = did(&world, made[waits].0, "done", 1).await.remove(0);
        let steps: Vec<&str> = run.steps.iter().map(|step| step.step.code()).collect();
        assert_eq!(steps, ["issue_coupon", "send_text"], "{waits}");
    }
    world.finish().await;
}

async fn starters_that_keep_time_work(backend: Backend) {
    let world = World::open(backend).await;
    let made = ready(&world, backend, &["prospect", "lost", "back_again"]).await;
    hear(&world, 1, "wamid.1", "hello").await;
    for n in 0..3 {
        hear(&world, 2, &format!("wamid.often.{n}"), "hello again").await;
    }
    world.clock.advance(7 * DAY);
    did(&world, made["prospect"].0, "done", 1).await;
    world.clock.advance(60 * DAY);
    did(&world, made["lost"].0, "done", 2).await;
    let lost = "SELECT count(*) FROM contact_tag AS c JOIN tag AS t ON t.workspace_id = c.workspace_id AND t.id = c.tag_id \
                WHERE t.name IN ('lost', 'عميل منقطع')";
    let low = "SELECT count(*) FROM conversation WHERE priority = 'low'";
    assert_eq!((world.number(lost).await, world.number(low).await), (2, 2));
    hear(&world, 1, "wamid.back", "hello").await;
    world.clock.advance(SETTLED);
    did(&world, made["back_again"].0, "done", 1).await;
    assert_eq!((world.number(lost).await, world.number(low).await), (1, 1));
    world.finish().await;
}

on_both!(starters_that_listen_to_words_work, starters_that_give_codes_work, starters_that_keep_time_work);
