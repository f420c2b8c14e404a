//! Rules before they are switched on: tried on the past as live would have decided, watching only, and what became of them.

use crate::inbound::on_both;
use crate::rules::{hear, look, runs_of, switch, system};
use crate::world::{World, text};
use rapport_app::rule::backtest::ask::{self, BacktestQuery, ExampleQuery, NewBacktest};
use rapport_app::rule::backtest::view::{BacktestView, ExampleView};
use rapport_app::rule::funnel::{self, FunnelQuery};
use rapport_app::rule::manage::{self, NewRule, RulePatch};
use rapport_core::time::{DAY, HOUR, MINUTE};
use rapport_store::Backend;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Makes a rule; what is not said about it writes a note where somebody asks for the price.
async fn rule(world: &World, shadow: bool, change: Value) -> Uuid {
    let mut definition = json!({
        "name": "Price", "language": "en", "settle_seconds": 0,
        "when": [{ "on": "keyword", "words": ["price"] }],
        "do": [{ "do": "note", "body": "asks for the price" }],
        "limit": { "times": 1, "minutes": 60 },
    });
    definition.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let new = NewRule { enabled: true, shadow, definition };
    manage::create(&world.app, &system(world), new).await.unwrap().id
}

async fn tried(world: &World, new: NewBacktest) -> BacktestView {
    let made = ask::create(&world.app, &system(world), new).await.unwrap();
    ended(world, made.id).await
}

async fn ended(world: &World, id: Uuid) -> BacktestView {
    for _ in 0..400 {
        let now = ask::get(&world.app, &system(world), id).await.unwrap();
        if now.state != "running" {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the trial does not end");
}

async fn examples(world: &World, id: Uuid, skipped: bool) -> Vec<ExampleView> {
    let query = ExampleQuery { skipped: Some(skipped), offset: None };
    ask::examples(&world.app, &system(world), id, query).await.unwrap()
}

fn of(rule: Uuid) -> NewBacktest {
    NewBacktest { rule_id: Some(rule), ..NewBacktest::default() }
}

async fn the_past_says_what_live_did(backend: Backend) {
    let world = World::open(backend).await;
    let id = rule(&world, false, json!({})).await;
    hear(&world, 1, "wamid.1", "What is the price?").await;
    hear(&world, 2, "wamid.2", "hello").await;
    hear(&world, 3, "wamid.3", "a human please, about the price").await;
    // What is judged behind the clock's back is judged as of then.
    world.until("the first run", "SELECT count(*) FROM rule_run WHERE state = 'done'", 1).await;
    world.clock.advance(10 * MINUTE);
    hear(&world, 1, "wamid.4", "and the price of two?").await;
    hear(&world, 3, "wamid.5", "the price?").await;
    let talk = world.only_conversation().await;
    world.write(talk, "One moment").await;
    world.clock.advance(70 * MINUTE);
    for n in 1..=3 {
        hear(&world, n, &format!("wamid.late{n}"), "the price, the price").await;
    }
    world.until("runs", "SELECT count(*) FROM rule_run WHERE state = 'done'", 2).await;
    look().await;
    world.clock.advance(MINUTE);
    let done = tried(&world, of(id)).await;
    let mut live: Vec<(Uuid, i64)> = Vec::new();
    for run in runs_of(&world, id).await.into_iter().filter(|run| run.state == "done") {
        live.push((run.contact_id, run.began_at.0 / MINUTE));
    }
    live.sort_unstable();
    let ran = examples(&world, done.id, false).await;
    let mut past: Vec<(Uuid, i64)> = ran.iter().map(|one| (one.contact_id, one.at.0 / MINUTE)).collect();
    past.sort_unstable();
    assert_eq!(past, live);
    assert_eq!((done.counts.runs, done.counts.listened, done.total, done.done), (live.len() as u64, 7, 3, 3));
    let reasons: Vec<_> = done.counts.reasons.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    assert_eq!(reasons.iter().map(|(_, count)| count).sum::<u64>(), 7 - live.len() as u64, "{reasons:?}");
    assert!(reasons.iter().any(|(word, _)| *word == "handover"), "{reasons:?}");
    let skipped = examples(&world, done.id, true).await;
    assert!(skipped.iter().all(|one| !one.runs && one.reason.is_some() && one.message_id.is_some()), "{skipped:?}");
    assert_eq!(ran[0].steps[0].state, "would");
    let notes = "SELECT count(*) FROM message WHERE direction = 'note'";
    assert_eq!(world.number(notes).await, live.len() as i64, "trying does nothing");
    // A channel that it is not for, and a time in which nothing was said.
    let other = NewBacktest { channel_id: Some(Uuid::from_u128(9)), ..of(id) };
    assert!(ask::create(&world.app, &system(&world), other).await.is_err());
    let here = tried(&world, NewBacktest { channel_id: Some(world.channel.0), ..of(id) }).await;
    assert_eq!(here.counts.runs, done.counts.runs);
    let now = world.app.now().0;
    let early = tried(&world, NewBacktest { from: Some(now - 9 * DAY), to: Some(now - 8 * DAY), ..of(id) }).await;
    assert_eq!((early.counts.listened, early.state.as_str()), (0, "done"));
    world.finish().await;
}

async fn a_trial_outlives_restarts_and_takes_everybody_once(backend: Backend) {
    let mut world = World::open(backend).await;
    for n in 0..130 {
        world.deliver(&text(n, &format!("wamid.{n}"), world.app.now().0 / 1_000, "the price?")).await;
    }
    world.settle().await;
    world.clock.advance(MINUTE);
    let definition = json!({
        "name": "Draft", "when": [{ "on": "keyword", "words": ["price"] }],
        "do": [{ "do": "send_text", "body": "It is 10." }],
    });
    let draft = || NewBacktest { definition: Some(definition.clone()), ..NewBacktest::default() };
    let made = ask::create(&world.app, &system(&world), draft()).await.unwrap();
    let again = ask::create(&world.app, &system(&world), draft()).await.unwrap_err();
    assert!(again.to_string().contains("Another rule"), "{again}");
    for _ in 0..3 {
        world.restart().await;
    }
    let done = ended(&world, made.id).await;
    assert_eq!((done.state.as_str(), done.total, done.done), ("done", 130, 130));
    let counts = &done.counts;
    assert_eq!((counts.runs, counts.run_customers, counts.written, counts.written_customers), (130, 130, 130, 130));
    assert_eq!((counts.messages, counts.unpriced, counts.cut, done.limited), (130, 0, 0, false));
    let places = "SELECT count(DISTINCT place) FROM rule_backtest_example WHERE ran";
    assert_eq!(world.number(places).await, 130);
    assert!(world.provider.sends().is_empty());
    // Stopped at once it stays stopped, and makes room for the next.
    let made = ask::create(&world.app, &system(&world), draft()).await.unwrap();
    let stopped = ask::cancel(&world.app, &system(&world), made.id).await.unwrap();
    world.restart().await;
    look().await;
    let after = ask::get(&world.app, &system(&world), made.id).await.unwrap();
    assert_eq!(after.state, if stopped.state == "done" { "done" } else { "cancelled" });
    tried(&world, draft()).await;
    let listed = ask::list(&world.app, &system(&world), BacktestQuery::default(), None, 10).await.unwrap();
    assert_eq!(listed.items.len(), 3);
    world.finish().await;
}

async fn who_only_watches_does_nothing_and_writes_it_down(backend: Backend) {
    let mut world = World::open(backend).await;
    let steps = json!([
        { "do": "add_tags", "tags": ["asked"] }, { "do": "send_text", "body": "It is 10." },
        { "do": "wait", "minutes": 30 }, { "do": "resolve" },
    ]);
    let id = rule(&world, true, json!({ "do": steps, "exclusive": true, "priority": 9 })).await;
    let other = rule(&world, false, json!({ "name": "Behind" })).await;
    hear(&world, 1, "wamid.1", "the price?").await;
    world.until("waiting", "SELECT count(*) FROM rule_run WHERE state = 'waiting' AND shadow = 1", 1).await;
    world.until("behind", "SELECT count(*) FROM rule_run WHERE state = 'done' AND shadow = 0", 1).await;
    assert_eq!(runs_of(&world, other).await[0].state, "done", "who only watches stands in nobody's way");
    world.restart().await;
    world.clock.advance(31 * MINUTE);
    world.until("done", "SELECT count(*) FROM rule_run WHERE state = 'done' AND shadow = 1", 1).await;
    let run = runs_of(&world, id).await.remove(0);
    let states: Vec<_> = run.steps.iter().map(|step| step.state.as_str()).collect();
    assert_eq!((run.shadow, states), (true, vec!["would", "would", "would"]));
    assert!(world.provider.sends().is_empty());
    assert_eq!(world.number("SELECT count(*) FROM contact_tag").await, 0);
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE status = 'resolved'").await, 0);
    // Its limit counts while it watches ...
    hear(&world, 1, "wamid.2", "the price?").await;
    world.until("limited", "SELECT count(*) FROM rule_run WHERE reason = 'rule_limit'", 2).await;
    // ... and everybody is new to it once it is switched on.
    let patch = RulePatch { shadow: Some(false), ..RulePatch::default() };
    assert!(!manage::update(&world.app, &system(&world), id, patch).await.unwrap().shadow);
    switch(&world, other, false).await;
    hear(&world, 1, "wamid.3", "the price?").await;
    let real = "SELECT count(*) FROM rule_run WHERE state = 'waiting' AND shadow = 0";
    world.until("real", real, 1).await;
    assert_eq!(world.number("SELECT count(*) FROM contact_tag").await, 1);
    world.finish().await;
}

async fn what_became_of_a_rule_is_told_and_many_wishes_warn(backend: Backend) {
    let world = World::open(backend).await;
    let change = json!({ "do": [{ "do": "send_text", "body": "It is 10." }] });
    let id = rule(&world, false, change).await;
    for n in 0..20 {
        world.deliver(&text(n, &format!("wamid.{n}"), world.app.now().0 / 1_000, "the price?")).await;
    }
    world.settle().await;
    let out = "SELECT count(*) FROM message WHERE author_kind = 'rule' AND status = 'sent'";
    for _ in 0..80 {
        world.clock.advance(1_100);
        tokio::time::sleep(Duration::from_millis(100)).await;
        if world.number(out).await == 20 {
            break;
        }
    }
    world.until("sent", out, 20).await;
    world.clock.advance(HOUR);
    for n in 0..4 {
        hear(&world, n, &format!("wamid.human{n}"), "I want to talk to a human").await;
    }
    hear(&world, 9, "wamid.thanks", "thanks").await;
    let query = FunnelQuery { days: Some(7) };
    let told = funnel::funnel(&world.app, &system(&world), id, query).await.unwrap();
    assert_eq!((told.listened, told.met, told.runs, told.run_customers), (20, 20, 20, 20));
    assert_eq!((told.sent, told.delivered, told.wrote), (20, 0, 20));
    assert_eq!((told.replied, told.human, told.human_percent, told.too_many_wishes), (5, 4, 20, true));
    let wishes = funnel::wishes(&world.app, &system(&world)).await.unwrap();
    assert_eq!((wishes.len(), wishes[0].rule_id, wishes[0].too_many_wishes), (1, id, true));
    let findings = rapport_app::doctor::run(&world.app, &system(&world)).await.unwrap();
    let found = findings.iter().find(|finding| finding.check == "rule").expect("a finding");
    assert_eq!((found.code, found.values["percent"].as_str()), ("wishes", "20"));
    // The trial of the past finds the same wishes.
    world.clock.advance(MINUTE);
    let done = tried(&world, of(id)).await;
    assert_eq!((done.counts.wrote, done.counts.human, done.counts.too_many_wishes), (20, 4, true));
    world.finish().await;
}

on_both!(
    the_past_says_what_live_did,
    a_trial_outlives_restarts_and_takes_everybody_once,
    who_only_watches_does_nothing_and_writes_it_down,
    what_became_of_a_rule_is_told_and_many_wishes_warn,
);
