//! Rules at work: once for each event, through restarts and waits, within the guard's rules and people's hands.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use rapport_app::auth::Caller;
use rapport_app::contact::update::{ContactPatch, update as update_contact};
use rapport_app::inbox::send::{SendRequest, send};
use rapport_app::rule::manage::{self, NewRule, RulePatch};
use rapport_app::rule::runs::{self, RunQuery};
use rapport_app::rule::view::RunView;
use rapport_app::rule::why::{self, WhyQuery};
use rapport_core::message::Content;
use rapport_core::time::{DAY, HOUR, MINUTE};
use rapport_core::{ContactId, ConversationId};
use rapport_store::Backend;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const NOW_S: i64 = START.0 / 1_000;

/// Everything is allowed.
pub fn system(world: &World) -> Caller {
    Caller::system(world.workspace)
}

/// Makes a rule and switches it on; what is not said about it is the answer to a question about the price.
pub async fn rule(world: &World, change: Value) -> Uuid {
    let mut definition = json!({
        "name": "Price",
        "language": "en",
        "when": [{ "on": "keyword", "words": ["price"] }],
        "do": [
            { "do": "add_tags", "tags": ["asked the price"] },
            { "do": "send_text", "body": "Hello {first_name|there}, it is 10." },
        ],
    });
    definition.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let new = NewRule { enabled: true, shadow: false, definition };
    manage::create(&world.app, &system(world), new).await.unwrap().id
}

/// A customer writes, now.
pub async fn hear(world: &World, n: usize, id: &str, body: &str) {
    let seconds = world.app.now().0 / 1_000;
    world.deliver(&text(n, id, seconds, body)).await;
    world.settle().await;
}

/// Switches a rule on or off.
pub async fn switch(world: &World, id: Uuid, enabled: bool) {
    let patch = RulePatch { enabled: Some(enabled), ..RulePatch::default() };
    manage::update(&world.app, &system(world), id, patch).await.unwrap();
}

/// What a rule did, newest first.
pub async fn runs_of(world: &World, rule: Uuid) -> Vec<RunView> {
    let query = RunQuery { rule_id: Some(rule), ..RunQuery::default() };
    runs::list(&world.app, &system(world), query, None, 50).await.unwrap().items
}

async fn until(world: &World, state: &str, expected: i64) {
    world.until(state, &format!("SELECT count(*) FROM rule_run WHERE state = '{state}'"), expected).await;
}

async fn contact(world: &World) -> ContactId {
    let id = rapport_store::testing::text(&world.app.store, "SELECT id FROM contact LIMIT 1").await.unwrap();
    ContactId(id.parse().unwrap())
}

async fn tag(world: &World, contact: ContactId, name: &str) {
    let patch: ContactPatch = serde_json::from_value(json!({ "tags": { "add": [name] } })).unwrap();
    update_contact(&world.app, &system(world), contact, patch).await.unwrap();
}

/// Waits until so many messages of rules went out; a number that was just taken over rests for a second of the clock.
pub async fn sent(world: &World, expected: i64) {
    let out = "SELECT count(*) FROM message WHERE author_kind = 'rule' AND status = 'sent'";
    for _ in 0..40 {
        world.clock.advance(1_100);
        tokio::time::sleep(Duration::from_millis(250)).await;
        if world.number(out).await == expected {
            return;
        }
    }
    world.until("sent", out, expected).await;
}

/// Time for workers to look at their queues.
pub async fn look() {
    tokio::time::sleep(Duration::from_millis(1_200)).await;
}

async fn a_question_is_tagged_and_answered_once(backend: Backend) {
    let world = World::open(backend).await;
    let id = rule(&world, json!({})).await;
    hear(&world, 1, "wamid.1", "What is the PRICE of it?").await;
    // The provider says it again.
    hear(&world, 1, "wamid.1", "What is the PRICE of it?").await;
    hear(&world, 2, "wamid.2", "hello").await;
    until(&world, "done", 1).await;
    sent(&world, 1).await;
    let out = world.provider.sends();
    assert_eq!(out.len(), 1, "{out:?}");
    assert_eq!(out[0]["text"]["body"], "Hello Customer, it is 10.");
    let run = &runs_of(&world, id).await[0];
    let steps: Vec<_> = run.steps.iter().map(|step| (step.path.as_str(), step.state.as_str())).collect();
    assert_eq!(steps, [("0", "done"), ("1", "done")]);
    assert!(run.checks.as_array().unwrap().iter().all(|check| check["met"] == true), "{}", run.checks);
    let named =
        "SELECT count(*) FROM message WHERE direction = 'out' AND author_kind = 'rule' AND author_name = 'Price'";
    assert_eq!(world.number(named).await, 1, "it says which rule sent it");
    let waits = "SELECT count(*) FROM conversation WHERE waiting_since IS NOT NULL AND unread > 0";
    assert_eq!(world.number(waits).await, 2, "a rule's words are no person's answer");
    let tagged =
        "SELECT count(*) FROM contact_tag AS c JOIN tag AS t ON t.id = c.tag_id WHERE t.name = 'asked the price'";
    assert_eq!(world.number(tagged).await, 1);

    switch(&world, id, false).await;
    hear(&world, 1, "wamid.3", "and the price of two?").await;
    look().await;
    assert_eq!(world.number("SELECT count(*) FROM rule_run").await, 1);
    let query = WhyQuery { contact_id: Some(run.contact_id) };
    let told = why::why(&world.app, &system(&world), id, query).await.unwrap();
    assert_eq!((told.runs, told.reason.as_deref()), (false, Some("switched_on")));
    let others: Vec<_> = told.checks.as_array().unwrap().iter().filter(|check| check["met"] == false).collect();
    assert_eq!(others.len(), 1, "everything else speaks for it: {others:?}");
    world.finish().await;
}

async fn waits_outlive_restarts_and_are_judged_again(backend: Backend) {
    let mut world = World::open(backend).await;
    let bought = json!({ "type": "field", "field": "contact.tags", "is": "has_not", "value": "bought" });
    let steps = json!([{ "do": "wait", "minutes": 60 }, { "do": "send_text", "body": "Still there?" }]);
    let id = rule(&world, json!({ "if": bought, "do": steps })).await;
    for n in 1..=3 {
        hear(&world, n, &format!("wamid.{n}"), "the price?").await;
    }
    look().await;
    assert_eq!(world.number("SELECT count(*) FROM rule_run").await, 0, "it waits until the tags have settled");
    world.restart().await;
    world.clock.advance(6_000);
    until(&world, "waiting", 3).await;
    tag(&world, contact(&world).await, "bought").await;
    world.restart().await;
    world.clock.advance(59 * MINUTE);
    look().await;
    assert!(world.provider.sends().is_empty(), "never early");
    world.clock.advance(MINUTE + 5_000);
    until(&world, "done", 2).await;
    until(&world, "ended", 1).await;
    sent(&world, 2).await;
    world.restart().await;
    look().await;
    assert_eq!(world.provider.sends().len(), 2, "once each");
    let ended = runs_of(&world, id).await.into_iter().find(|run| run.state == "ended").unwrap();
    assert_eq!(ended.reason.as_deref(), Some("conditions"));
    assert_eq!((&ended.conditions["met"], &ended.conditions["found"]), (&json!(false), &json!(["bought"])));
    world.finish().await;
}

async fn nobody_is_written_to_twice_however_often_it_dies(backend: Backend) {
    let mut world = World::open(backend).await;
    rule(&world, json!({})).await;
    for n in 0..24 {
        world.deliver(&text(n, &format!("wamid.{n}"), NOW_S, "price please")).await;
        if n % 8 == 7 {
            world.restart().await;
        }
    }
    world.settle().await;
    until(&world, "done", 24).await;
    sent(&world, 24).await;
    let mut people: Vec<String> = world.provider.sends().iter().map(|one| one["to"].to_string()).collect();
    people.sort();
    people.dedup();
    assert_eq!((people.len(), world.provider.sends().len()), (24, 24));
    world.finish().await;
}

async fn rules_that_wake_one_another_are_stopped(backend: Backend) {
    let world = World::open(backend).await;
    let circle = |name: &str, on: &str, gives: &str| {
        json!({
            "name": name, "settle_seconds": 0, "when": [{ "on": "tag_added", "tags": [on] }],
            "do": [{ "do": "remove_tags", "tags": [gives] }, { "do": "add_tags", "tags": [gives] }],
        })
    };
    rule(&world, circle("there", "a", "b")).await;
    rule(&world, circle("and back", "b", "a")).await;
    hear(&world, 1, "wamid.1", "hello").await;
    tag(&world, contact(&world).await, "a").await;
    until(&world, "skipped", 1).await;
    look().await;
    assert_eq!(world.number("SELECT count(*) FROM rule_run WHERE state = 'done'").await, 5);
    assert_eq!(world.number("SELECT count(*) FROM rule_run WHERE state = 'skipped' AND reason = 'depth'").await, 1);
    world.finish().await;
}

async fn people_come_first(backend: Backend) {
    let world = World::open(backend).await;
    let id = rule(&world, json!({})).await;
    hear(&world, 1, "wamid.1", "I want to talk to a human about the price").await;
    until(&world, "skipped", 1).await;
    let run = runs_of(&world, id).await.remove(0);
    assert_eq!(run.reason.as_deref(), Some("handover"));
    let found = &run.checks.as_array().unwrap().iter().find(|check| check["check"] == "handover").unwrap()["found"];
    assert_eq!(found["why"], "human_wanted");
    world.clock.advance(12 * HOUR + MINUTE);
    hear(&world, 1, "wamid.2", "the price then?").await;
    until(&world, "done", 1).await;
    let talk = world.only_conversation().await;
    say(&world, talk, "I will look into it").await;
    hear(&world, 1, "wamid.3", "and the price?").await;
    let anew = format!("SELECT count(*) FROM rule_run WHERE state = 'skipped' AND began_at >= {}", world.app.now().0);
    world.until("skipped again", &anew, 1).await;
    let run = runs_of(&world, id).await.into_iter().find(|run| run.state == "skipped").unwrap();
    let found = &run.checks.as_array().unwrap().iter().find(|check| check["check"] == "handover").unwrap()["found"];
    assert_eq!(found["why"], "agent_replied");
    world.finish().await;
}

/// A person of the team writes.
async fn say(world: &World, talk: ConversationId, body: &str) {
    world.say(talk, Content::Text { body: body.to_owned(), preview_url: None }).await;
}

async fn who_waits_is_noticed_once(backend: Backend) {
    let world = World::open(backend).await;
    let note = json!([{ "do": "note", "body": "waits for ten minutes" }, { "do": "set_priority", "priority": "high" }]);
    rule(&world, json!({ "when": [{ "on": "unanswered", "minutes": 10 }], "do": note })).await;
    hear(&world, 1, "wamid.1", "hello?").await;
    world.clock.advance(5 * MINUTE);
    hear(&world, 1, "wamid.2", "anybody?").await;
    hear(&world, 2, "wamid.3", "hello").await;
    let other = rapport_store::testing::text(
        &world.app.store,
        "SELECT c.id FROM conversation AS c JOIN contact AS p ON p.id = c.contact_id WHERE p.name = 'Customer 2'",
    );
    say(&world, ConversationId(other.await.unwrap().parse().unwrap()), "hello").await;
    world.clock.advance(5 * MINUTE + 1_000);
    until(&world, "done", 1).await;
    world.clock.advance(HOUR);
    hear(&world, 1, "wamid.4", "still here").await;
    look().await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE direction = 'note'").await, 1);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE priority = 'high'").await, 1);
    world.finish().await;
}

async fn a_time_of_the_day_comes_once_for_everybody(backend: Backend) {
    let mut world = World::open(backend).await;
    for n in 1..=3 {
        hear(&world, n, &format!("wamid.{n}"), "hello").await;
    }
    let steps = json!([{ "do": "note", "body": "good morning" }]);
    rule(&world, json!({ "when": [{ "on": "timer", "at": "09:00", "zone": "UTC" }], "do": steps })).await;
    // It is a quarter past two in the afternoon; a node that sleeps over the hour is late, not silent.
    world.clock.advance(18 * HOUR);
    look().await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE direction = 'note'").await, 0);
    world.restart().await;
    world.clock.advance(2 * HOUR);
    until(&world, "done", 3).await;
    world.restart().await;
    look().await;
    assert_eq!(world.number("SELECT count(*) FROM message WHERE direction = 'note'").await, 3);
    world.clock.advance(DAY);
    until(&world, "done", 6).await;
    world.finish().await;
}

async fn the_guard_has_the_last_word_and_the_run_says_so(backend: Backend) {
    let world = World::open(backend).await;
    let id = rule(
        &world,
        json!({ "when": [{ "on": "tag_added" }], "settle_seconds": 0, "do": [
        { "do": "send_text", "body": "A voucher for you" },
        { "do": "send_text", "body": "For {shoe_size}" },
        { "do": "set_field", "field": "voucher", "value": "sent" },
        { "do": "resolve" },
    ] }),
    )
    .await;
    hear(&world, 1, "wamid.1", "hello").await;
    world.clock.advance(25 * HOUR);
    tag(&world, contact(&world).await, "loyal").await;
    until(&world, "done", 1).await;
    let run = runs_of(&world, id).await.remove(0);
    let steps: Vec<_> =
        run.steps.iter().map(|step| (step.state.as_str(), step.code.as_deref().unwrap_or_default())).collect();
    assert_eq!(steps, [("refused", "window_closed"), ("refused", "missing_value"), ("done", ""), ("done", "")]);
    assert!(world.provider.sends().is_empty());
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE status = 'resolved'").await, 1);
    let lines =
        "SELECT count(*) FROM message WHERE direction = 'event' AND author_kind = 'rule' AND author_name = 'Price'";
    assert_eq!(world.number(lines).await, 1, "the thread says which rule resolved it");
    world.finish().await;
}

async fn a_run_ends_with_its_rule(backend: Backend) {
    let world = World::open(backend).await;
    let steps = json!([{ "do": "wait", "minutes": 60 }, { "do": "send_text", "body": "later" }]);
    let id = rule(&world, json!({ "do": steps })).await;
    hear(&world, 1, "wamid.1", "price").await;
    until(&world, "waiting", 1).await;
    manage::delete(&world.app, &system(&world), id).await.unwrap();
    world.clock.advance(HOUR + 1_000);
    until(&world, "ended", 1).await;
    // What an agent says does not wake rules that are gone, and nothing is left behind.
    let talk = world.only_conversation().await;
    let hello = Content::Text { body: "hello".to_owned(), preview_url: None };
    send(&world.app, &system(&world), talk, SendRequest::plain(None, hello)).await.unwrap();
    assert!(world.provider.sends().iter().all(|one| one["text"]["body"] != "later"));
    assert_eq!(world.number("SELECT count(*) FROM rule_version").await, 0);
    world.finish().await;
}

async fn runs_under_way_stop_when_their_rule_only_watches(backend: Backend) {
    let world = World::open(backend).await;
    let steps = json!([{ "do": "wait", "minutes": 60 }, { "do": "send_text", "body": "later" }]);
    let id = rule(&world, json!({ "do": steps })).await;
    for n in 1..=3 {
        hear(&world, n, &format!("wamid.{n}"), "price").await;
    }
    until(&world, "waiting", 3).await;
    let patch = RulePatch { shadow: Some(true), ..RulePatch::default() };
    assert!(manage::update(&world.app, &system(&world), id, patch).await.unwrap().shadow);
    // Who comes now is watched to the end.
    hear(&world, 4, "wamid.4", "price").await;
    until(&world, "waiting", 4).await;
    world.clock.advance(HOUR + 1_000);
    until(&world, "ended", 3).await;
    until(&world, "done", 1).await;
    let runs = runs_of(&world, id).await;
    assert!(runs.iter().all(|run| run.shadow == (run.state == "done")), "{runs:?}");
    let ended = runs.iter().filter(|run| run.state == "ended");
    assert!(ended.clone().all(|run| run.reason.as_deref() == Some("switched_on") && run.steps.is_empty()), "{runs:?}");
    assert_eq!(ended.count(), 3);
    assert!(world.provider.sends().is_empty());
    world.finish().await;
}

/// A contact that is merged away while it waits, and one that is merged before anybody looks.
async fn what_was_told_of_a_contact_outlives_a_merge(backend: Backend) {
    let world = World::open(backend).await;
    for n in 1..=2 {
        hear(&world, n, &format!("wamid.{n}"), "hello").await;
    }
    let ids = "SELECT id FROM contact ORDER BY id";
    let (gone, keep) = (format!("{ids} LIMIT 1"), format!("{ids} LIMIT 1 OFFSET 1"));
    let of = async |text: &str| {
        let id = rapport_store::testing::text(&world.app.store, text).await.unwrap();
        ContactId(id.parse().unwrap())
    };
    let (gone, keep) = (of(&gone).await, of(&keep).await);
    let steps = json!([{ "do": "wait", "minutes": 60 }, { "do": "note", "body": "still there" }]);
    let scoped = json!({
        "when": [{ "on": "tag_added", "tags": ["code"] }], "do": steps, "settle_seconds": 0,
        "channels": [world.channel.0],
    });
    let id = rule(&world, scoped).await;
    let settling = json!({
        "name": "Slow", "when": [{ "on": "tag_added", "tags": ["code"] }], "settle_seconds": 600,
        "do": [{ "do": "note", "body": "slow" }],
    });
    let slow = rule(&world, settling).await;
    tag(&world, gone, "code").await;
    until(&world, "waiting", 1).await;
    let place = runs_of(&world, id).await[0].conversation_id;
    assert!(place.is_some(), "a rule for one channel stays in the conversation it was judged in");
    rapport_app::contact::merge::run(&world.app, world.workspace, keep, gone).await.unwrap();
    world.clock.advance(601_000);
    until(&world, "done", 1).await;
    assert_eq!(runs_of(&world, slow).await[0].contact_id, keep.0, "it is judged for who was kept");
    world.clock.advance(HOUR);
    until(&world, "done", 2).await;
    let run = runs_of(&world, id).await.remove(0);
    assert_eq!((run.contact_id, run.conversation_id), (keep.0, place));
    assert_eq!(run.steps[0].state, "done");
    world.finish().await;
}

on_both!(
    a_question_is_tagged_and_answered_once,
    waits_outlive_restarts_and_are_judged_again,
    nobody_is_written_to_twice_however_often_it_dies,
    rules_that_wake_one_another_are_stopped,
    people_come_first,
    who_waits_is_noticed_once,
    a_time_of_the_day_comes_once_for_everybody,
    the_guard_has_the_last_word_and_the_run_says_so,
    a_run_ends_with_its_rule,
    runs_under_way_stop_when_their_rule_only_watches,
    what_was_told_of_a_contact_outlives_a_merge,
);
