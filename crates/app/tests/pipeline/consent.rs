//! Rules of sending and consent, from the webhook and the settings to what leaves the house.

use crate::inbound::on_both;
use crate::world::{START, World, customer, refusal, status, text};
use rapport_app::account::guard_policy;
use rapport_app::auth::Caller;
use rapport_connectors::http::Failure;
use rapport_core::inbox::callback;
use rapport_store::Backend;
use serde_json::json;

const NOW_S: i64 = START.0 / 1_000;
const SENT: &str = "SELECT count(*) FROM message_attempt WHERE outcome = 'sent'";

async fn opened(backend: Backend) -> World {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    world
}

async fn change(world: &World, change: serde_json::Value) {
    let caller = Caller::system(world.workspace);
    guard_policy::update(&world.app, &caller, change.as_object().unwrap()).await.unwrap();
}

/// A sender that runs already goes by a new rule with the next message.
async fn a_changed_rule_counts_for_a_running_sender(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    world.write(conversation, "first").await;
    world.until("the first", SENT, 1).await;
    change(&world, json!({ "pair_burst": 3 })).await;
    for n in 0..4 {
        world.write(conversation, &format!("message {n}")).await;
    }
    world.until("three of five, the first included", SENT, 3).await;
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    assert_eq!(world.number(SENT).await, 3);
    world.clock.advance(19_000);
    world.until("the rest", SENT, 5).await;
    world.finish().await;
}

async fn a_stop_word_writes_ledger_thread_and_contact_once(backend: Backend) {
    let world = opened(backend).await;
    let stop = text(1, "wamid.STOP", NOW_S + 1, "Стоп!");
    world.deliver(&stop).await;
    world.deliver(&stop).await;
    world.settle().await;
    let ledger = "SELECT count(*) FROM consent WHERE source = 'keyword' AND state = 'opted_out'";
    assert_eq!(world.number(ledger).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE marketing_consent = 'opted_out'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM message WHERE kind = 'event'").await, 1);
    world.finish().await;
}

async fn whatsapps_own_switch_does_the_same(backend: Backend) {
    let world = opened(backend).await;
    let switched = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "waba", "changes": [{
        "field": "user_preferences",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550783881", "phone_number_id": text(1, "x", 0, "x").pointer("/entry/0/changes/0/value/metadata/phone_number_id") },
            "contacts": [{ "profile": { "name": "Customer 1" }, "wa_id": customer(1), "user_id": "US.1" }],
            "user_preferences": [{
                "wa_id": customer(1), "user_id": "US.1", "detail": "User requested to stop marketing messages",
                "category": "marketing_messages", "value": "stop", "timestamp": NOW_S + 1
            }]
        }
    }] }] });
    world.deliver(&switched).await;
    world.settle().await;
    let ledger = "SELECT count(*) FROM consent WHERE source = 'whatsapp_preference' AND state = 'opted_out'";
    assert_eq!(world.number(ledger).await, 1);
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE marketing_consent = 'opted_out'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM message WHERE kind = 'event'").await, 1);
    world.finish().await;
}

/// 131050 comes as the answer to a send, or later as its status.
async fn the_providers_error_does_the_same(backend: Backend) {
    let world = opened(backend).await;
    world.provider.answer(Ok(refusal(400, 131_050)));
    world.write(world.only_conversation().await, "hi").await;
    world.until("failed", "SELECT count(*) FROM message WHERE direction = 'out' AND status = 'failed'", 1).await;
    let ledger = "SELECT count(*) FROM consent WHERE source = 'error_131050' AND state = 'opted_out'";
    assert_eq!(world.number(ledger).await, 1);
    world.provider.answer(Err(Failure::Ambiguous("cut".to_owned())));
    let id = world.write(world.only_conversation().await, "again").await;
    world.until("unknown", "SELECT count(*) FROM message WHERE status = 'unknown'", 1).await;
    let mut failed = status(1, "wamid.F", "failed", NOW_S + 60, Some(&callback(id, 1)));
    failed["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"] =
        json!([{ "code": 131_050, "title": "User has stopped receiving marketing messages" }]);
    world.deliver(&failed).await;
    world.until("both", ledger, 2).await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE kind = 'event'").await, 2);
    assert_eq!(world.number("SELECT count(*) FROM contact WHERE marketing_consent = 'opted_out'").await, 1);
    world.finish().await;
}

on_both!(
    a_changed_rule_counts_for_a_running_sender,
    a_stop_word_writes_ledger_thread_and_contact_once,
    whatsapps_own_switch_does_the_same,
    the_providers_error_does_the_same,
);
