//! Tags that changes to many and macros give, on both databases: written once, heard by rules like those given by hand.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use rapport_app::auth::Caller;
use rapport_app::bulk::{self, BulkView};
use rapport_app::macros::{self, run};
use rapport_app::rule::manage;
use rapport_app::tag;
use rapport_store::Backend;
use serde_json::{Value, json};
use uuid::Uuid;

on_both!(many_are_tagged_and_rules_hear_of_it);

async fn tag(world: &World, name: &str) -> Uuid {
    let new = serde_json::from_value(json!({ "name": name })).unwrap();
    tag::create(&world.app, &Caller::system(world.workspace), new).await.unwrap().id
}

async fn carriers(world: &World, tag: &str) -> i64 {
    let carried = "SELECT count(*) FROM contact_tag AS c JOIN tag AS t ON t.id = c.tag_id";
    world.number(&format!("{carried} WHERE t.name = '{tag}'")).await
}

/// Waits for the job of a change to end.
async fn ended(world: &World, id: Uuid) -> BulkView {
    world.until("the change ends", "SELECT count(*) FROM bulk WHERE state = 'running'", 0).await;
    bulk::list::get(&world.app, &Caller::system(world.workspace), id).await.unwrap()
}

async fn many_are_tagged_and_rules_hear_of_it(backend: Backend) {
    const CUSTOMERS: usize = 70;
    let world = World::open(backend).await;
    let system = Caller::system(world.workspace);
    for n in 0..CUSTOMERS {
        world.deliver(&text(n, &format!("wamid.{n}"), START.0 / 1_000, "hello")).await;
    }
    world.settle().await;
    let (vip, seen) = (tag(&world, "VIP").await, tag(&world, "seen").await);
    let definition = json!({
        "name": "Important", "language": "en", "when": [{ "on": "tag_added", "tags": ["vip"] }],
        "do": [{ "do": "remove_tags", "tags": ["seen"] }, { "do": "set_priority", "priority": "urgent" }],
    });
    let rule = serde_json::from_value(json!({ "enabled": true, "definition": definition })).unwrap();
    manage::create(&world.app, &system, rule).await.unwrap();
    let ask = async |action: Value| {
        let new = serde_json::from_value(json!({ "filter": {}, "action": action })).unwrap();
        let asked = bulk::ask::create(&world.app, &system, new).await.unwrap();
        ended(&world, asked.id).await
    };
    let all = i32::try_from(CUSTOMERS).unwrap();

    let done = ask(json!({ "add_tag_ids": [seen] })).await;
    assert_eq!((done.changed, done.refused), (all, 0), "{done:?}");
    let done = ask(json!({ "add_tag_ids": [vip, seen], "priority": "low" })).await;
    assert_eq!((done.changed, done.refused), (all, 0), "{done:?}");
    let urgent = "SELECT count(*) FROM conversation WHERE priority = 'urgent'";
    world.until("the rule made them urgent", urgent, i64::from(all)).await;
    assert_eq!((carriers(&world, "VIP").await, carriers(&world, "seen").await), (i64::from(all), 0));
    let undone = bulk::ask::undo(&world.app, &system, done.id).await.unwrap();
    ended(&world, undone.id).await;
    assert_eq!(carriers(&world, "VIP").await, 0);
    assert_eq!(world.number(urgent).await, i64::from(all), "what the rule did since stays");

    let actions = json!([{ "type": "add_tags", "tag_ids": [vip] }, { "type": "remove_tags", "tag_ids": [seen] }]);
    let new = serde_json::from_value(json!({ "name": "x", "shared": true, "actions": actions })).unwrap();
    let made = macros::create(&world.app, &system, new).await.unwrap();
    let id = rapport_store::testing::text(&world.app.store, "SELECT id FROM conversation LIMIT 1").await.unwrap();
    let request: run::MacroRunRequest = serde_json::from_value(json!({ "conversation_id": id })).unwrap();
    for _ in 0..2 {
        run::run(&world.app, &system, made.id, request.clone()).await.unwrap();
    }
    assert_eq!(carriers(&world, "VIP").await, 1);
    world.finish().await;
}
