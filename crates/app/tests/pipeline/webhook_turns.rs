//! Webhooks when things turn: events chosen late, an order that must hold, a target that is gone in the middle of a round,
//! lines that are gone, and much that has served its time.

use crate::inbound::on_both;
use crate::rules::{hear, look, system};
use crate::webhooks::{ALL, TAKEN, WAITING, answer, get, hook, status_of, switch, told, until};
use crate::world::World;
use rapport_app::webhook::manage::{self, WebhookPatch, WebhookStatus};
use rapport_connectors::http::Body;
use rapport_core::inbox::FeedEvent;
use rapport_core::time::{DAY, SECOND};
use rapport_core::{ConversationId, MessageId};
use rapport_store::Backend;
use rapport_store::feed::{self, Cursor};
use rapport_store::webhook::{DeliveryRow, delivery};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// What customers wrote, as it was told.
fn texts(world: &World) -> Vec<String> {
    let text = |body: &Body| {
        let Body::Bytes(bytes) = body else { panic!("no body") };
        let body: Value = serde_json::from_slice(bytes).unwrap();
        body["data"]["message"]["text"].as_str().unwrap_or_default().to_owned()
    };
    told(world).iter().map(|request| text(&request.body)).collect()
}

async fn change(world: &World, id: Uuid, patch: WebhookPatch) {
    manage::update(&world.app, &system(world), id, patch).await.unwrap();
}

/// Waits until the log shows a message: PostgreSQL's watermark is that of the whole server.
async fn logged(world: &World, count: usize) {
    let read = world.app.store.workspace(world.workspace).read();
    for _ in 0..200 {
        let page = feed::after(&read, Cursor::START, 1_000).await.unwrap();
        if page.entries.iter().filter(|entry| entry.kind == "message.created").count() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the log does not show {count} messages");
}

async fn first_events_are_not_those_of_the_past(backend: Backend) {
    let world = World::open(backend).await;
    let made = hook(&world, &[]).await;
    hear(&world, 1, "wamid.1", "before").await;
    logged(&world, 1).await;
    let events = Some(vec!["message.received".to_owned()]);
    change(&world, made.webhook.id, WebhookPatch { events, ..WebhookPatch::default() }).await;
    hear(&world, 1, "wamid.2", "after").await;
    until(&world, TAKEN, 1, 0).await;
    // Other events later do not lose what has not been read yet.
    switch(&world, made.webhook.id, WebhookStatus::Paused).await;
    hear(&world, 1, "wamid.3", "meanwhile").await;
    logged(&world, 3).await;
    let events = Some(vec!["message.received".to_owned(), "tag.added".to_owned()]);
    change(&world, made.webhook.id, WebhookPatch { events, ..WebhookPatch::default() }).await;
    switch(&world, made.webhook.id, WebhookStatus::Active).await;
    until(&world, TAKEN, 2, 0).await;
    assert_eq!(texts(&world), ["after", "meanwhile"]);
    world.finish().await;
}

async fn nothing_overtakes_what_is_tried_again_soon(backend: Backend) {
    let world = World::open(backend).await;
    hook(&world, &["message.received"]).await;
    answer(&world, status_of(500));
    hear(&world, 1, "wamid.1", "one").await;
    until(&world, "SELECT count(*) FROM webhook_delivery WHERE attempts = 1", 1, 0).await;
    hear(&world, 1, "wamid.2", "two").await;
    hear(&world, 2, "wamid.3", "from another").await;
    // The other conversation goes on; in this one the second stands behind the first.
    until(&world, TAKEN, 1, 0).await;
    look().await;
    assert_eq!(texts(&world), ["one", "from another"]);
    until(&world, TAKEN, 3, SECOND).await;
    assert_eq!(texts(&world), ["one", "from another", "one", "two"]);
    world.finish().await;
}

async fn a_round_ends_where_its_target_ends(backend: Backend) {
    let world = World::open(backend).await;
    let made = hook(&world, &["message.received"]).await;
    let id = made.webhook.id;
    switch(&world, id, WebhookStatus::Paused).await;
    for n in 0..5 {
        hear(&world, 1, &format!("wamid.{n}"), &n.to_string()).await;
    }
    logged(&world, 5).await;
    answer(&world, status_of(410));
    switch(&world, id, WebhookStatus::Active).await;
    until(&world, "SELECT count(*) FROM webhook WHERE status = 'ended'", 1, 0).await;
    look().await;
    assert_eq!(texts(&world), ["0"], "the others are not sent where nobody wants them");
    assert_eq!((get(&world, id).await.dead, get(&world, id).await.waiting), (1, 4));
    assert_eq!(world.number("SELECT sum(attempts) FROM webhook_delivery").await, 1);
    // They go to the address that it is given.
    let url = Some("https://company.example/new".to_owned());
    let status = Some(WebhookStatus::Active);
    change(&world, id, WebhookPatch { url, status, ..WebhookPatch::default() }).await;
    until(&world, WAITING, 0, 0).await;
    assert_eq!(texts(&world), ["0", "1", "2", "3", "4"]);
    assert!(told(&world)[1..].iter().all(|one| one.url == "https://company.example/new"));
    world.finish().await;
}

async fn a_line_that_is_gone_tells_nothing(backend: Backend) {
    let world = World::open(backend).await;
    hook(&world, &["conversation.opened", "conversation.assigned", "conversation.resolved"]).await;
    hear(&world, 1, "wamid.1", "hello").await;
    until(&world, TAKEN, 1, 0).await;
    let conversation: ConversationId = world.only_conversation().await;
    let now = world.app.now();
    let gone = FeedEvent {
        kind: "message.created",
        at: now,
        conversation_id: Some(conversation),
        contact_id: None,
        message_id: Some(MessageId(world.app.store.new_id(now))),
        data: json!({ "direction": "event" }),
    };
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    feed::append(&tx, &[gone]).await.unwrap();
    tx.commit().await.unwrap();
    hear(&world, 2, "wamid.2", "hello").await;
    until(&world, TAKEN, 2, 0).await;
    assert_eq!(world.number(ALL).await, 2, "two began, and nobody knows what happened to the first");
    world.finish().await;
}

async fn much_that_is_old_goes_at_once(backend: Backend) {
    let mut world = World::open(backend).await;
    let made = hook(&world, &[]).await;
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    let long_ago = world.app.now().plus(-40 * DAY);
    let old = |_| {
        let id = tx.new_id(long_ago);
        DeliveryRow {
            workspace_id: world.workspace.0,
            id,
            webhook_id: made.webhook.id,
            event_key: id.to_string(),
            kind: "message.received".to_owned(),
            subject: None,
            body: String::new(),
            state: "delivered".to_owned(),
            attempts: 1,
            due_at: long_ago.0,
            first_failed_at: None,
            tries: json!([]),
            created_at: long_ago.0,
            settled_at: Some(long_ago.0),
        }
    };
    delivery::insert(&tx, (0..9_000).map(old).collect()).await.unwrap();
    tx.commit().await.unwrap();
    // The cleaning that begins with the process takes them all, in pieces; it does not come again for ten minutes.
    world.restart().await;
    until(&world, ALL, 0, 0).await;
    world.finish().await;
}

on_both!(
    first_events_are_not_those_of_the_past,
    nothing_overtakes_what_is_tried_again_soon,
    a_round_ends_where_its_target_ends,
    a_line_that_is_gone_tells_nothing,
    much_that_is_old_goes_at_once,
);
