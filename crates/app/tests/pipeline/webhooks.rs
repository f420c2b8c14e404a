//! Webhooks are told of what happens: once, signed, in the order of a conversation, through refusals, crashes and long
//! failures; and nothing is stored when nobody listens.

use crate::inbound::on_both;
use crate::rules::{hear, look, rule, runs_of, system};
use crate::world::{World, status};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rapport_app::contact::update::{ContactPatch, update as update_contact};
use rapport_app::doctor;
use rapport_app::error::Error;
use rapport_app::jobs::Job;
use rapport_app::webhook::log::{self, DeliveryFilter, WebhookTest};
use rapport_app::webhook::manage::{self, NewWebhook, NewWebhookSecret, WebhookPatch, WebhookStatus};
use rapport_app::webhook::view::{CreatedWebhook, DeliveryView, WebhookView};
use rapport_connectors::http::{Body, Failure, Request, Response};
use rapport_core::ContactId;
use rapport_core::time::{DAY, HOUR, SECOND};
use rapport_store::{Backend, job};
use ring::hmac;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const URL: &str = "https://company.example/hook";
pub const TAKEN: &str = "SELECT count(*) FROM webhook_delivery WHERE state = 'delivered'";
pub const WAITING: &str = "SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'";
pub const ALL: &str = "SELECT count(*) FROM webhook_delivery";

pub async fn hook(world: &World, events: &[&str]) -> CreatedWebhook {
    let events = events.iter().map(|event| (*event).to_owned()).collect();
    let new = NewWebhook { url: URL.to_owned(), events, ..NewWebhook::default() };
    manage::create(&world.app, &system(world), new).await.unwrap()
}

pub async fn get(world: &World, id: Uuid) -> WebhookView {
    manage::get(&world.app, &system(world), id).await.unwrap()
}

pub async fn switch(world: &World, id: Uuid, status: WebhookStatus) {
    let patch = WebhookPatch { status: Some(status), ..WebhookPatch::default() };
    manage::update(&world.app, &system(world), id, patch).await.unwrap();
}

async fn deliveries(world: &World, id: Uuid) -> Vec<DeliveryView> {
    let page = log::list(&world.app, &system(world), id, DeliveryFilter::default(), None, 100).await.unwrap();
    page.items
}

pub fn answer(world: &World, one: Result<Response, Failure>) {
    world.provider.hook_answers.lock().unwrap().push(one);
}

pub fn status_of(status: u16) -> Result<Response, Failure> {
    Ok(Response::new(status, &[], format!("status {status}")))
}

pub fn told(world: &World) -> Vec<Request> {
    world.provider.hooks.lock().unwrap().clone()
}

fn header(request: &Request, name: &str) -> String {
    let found = request.headers.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no {name}")).1.clone()
}

/// Checks a delivery as its receiver does, by the convention and nothing of ours; gives its body.
fn verified(request: &Request, secret: &str) -> Value {
    let Body::Bytes(body) = &request.body else { panic!("no body") };
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let (id, at) = (header(request, "webhook-id"), header(request, "webhook-timestamp"));
    let signed = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
    let sum = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &signed);
    let expected = format!("v1,{}", STANDARD.encode(sum.as_ref()));
    assert!(header(request, "webhook-signature").split(' ').any(|one| one == expected));
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["id"], id.as_str(), "the body names itself as the header does");
    body
}

/// Time passes until so many deliveries are as wanted.
pub async fn until(world: &World, sql: &str, expected: i64, step: i64) {
    for _ in 0..200 {
        if world.number(sql).await == expected {
            return;
        }
        world.clock.advance(step);
        world.app.bells.jobs.ring();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{sql}: {}, expected {expected}", world.number(sql).await);
}

async fn contact(world: &World) -> ContactId {
    let id =
        rapport_store::testing::text(&world.app.store, "SELECT id FROM contact ORDER BY id LIMIT 1").await.unwrap();
    ContactId(id.parse().unwrap())
}

async fn what_happens_is_told_once_and_signed(backend: Backend) {
    let mut world = World::open(backend).await;
    // Nobody listens: nothing is stored.
    hear(&world, 1, "wamid.0", "before").await;
    let wanted = [
        "message.received",
        "message.sent",
        "message.status",
        "conversation.opened",
        "conversation.resolved",
        "contact.created",
        "contact.updated",
        "tag.added",
    ];
    let made = hook(&world, &wanted).await;
    hear(&world, 2, "wamid.1", "Where is my parcel? \u{1f4e6} مرحبا").await;
    hear(&world, 2, "wamid.1", "Where is my parcel? \u{1f4e6} مرحبا").await;
    until(&world, TAKEN, 3, 0).await;
    let first: Vec<Value> = told(&world).iter().map(|request| verified(request, &made.secret)).collect();
    let mut kinds: Vec<&str> = first.iter().filter_map(|body| body["type"].as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["contact.created", "conversation.opened", "message.received"], "once, whatever came twice");
    let message = first.iter().find(|body| body["type"] == "message.received").unwrap();
    assert_eq!(message["data"]["message"]["text"], "Where is my parcel? \u{1f4e6} مرحبا");
    assert_eq!(message["data"]["contact"]["name"], "Customer 2");
    assert_eq!(message["data"]["conversation"]["status"], "open");
    assert_eq!(message["workspace_id"], world.workspace.0.to_string());
    // What a person does is told too, after a restart as before it.
    world.restart().await;
    let conversation = world.only_conversation().await;
    let sent = world.write(conversation, "On its way").await;
    until(&world, "SELECT count(*) FROM message WHERE status = 'sent'", 1, 1_100).await;
    let seconds = world.app.now().0 / 1_000;
    world.deliver(&status(1, "wamid.OUT1", "delivered", seconds, None)).await;
    world.settle().await;
    let patch: ContactPatch = serde_json::from_value(json!({ "tags": { "add": ["VIP"] } })).unwrap();
    update_contact(&world.app, &system(&world), contact(&world).await, patch).await.unwrap();
    let seen = |kind: &'static str| {
        let bodies: Vec<Value> = told(&world).iter().map(|request| verified(request, &made.secret)).collect();
        bodies.into_iter().filter(|body| body["type"] == kind).collect::<Vec<_>>()
    };
    until(&world, "SELECT count(*) FROM webhook_delivery WHERE kind = 'tag.added' AND state = 'delivered'", 1, 0).await;
    until(&world, WAITING, 0, 0).await;
    assert_eq!(seen("tag.added")[0]["data"]["tags"], json!(["VIP"]));
    assert_eq!(seen("tag.added")[0]["data"]["contact"]["tags"], json!(["VIP"]));
    assert_eq!(seen("contact.updated")[0]["data"]["changed"], json!(["fields.tags"]));
    assert_eq!(seen("message.sent").len(), 1);
    assert_eq!(seen("message.sent")[0]["data"]["message"]["id"], sent.to_string());
    let statuses: Vec<Value> =
        seen("message.status").iter().map(|body| body["data"]["message"]["status"].clone()).collect();
    assert_eq!(statuses.last(), Some(&json!("delivered")), "{statuses:?}");
    assert_eq!(seen("message.received").len(), 1);
    let ids: std::collections::BTreeSet<String> = told(&world).iter().map(|one| header(one, "webhook-id")).collect();
    assert_eq!(ids.len(), told(&world).len(), "each delivery was made once");
    // Removed: nothing more, and nothing is left.
    manage::delete(&world.app, &system(&world), made.webhook.id).await.unwrap();
    let before = told(&world).len();
    hear(&world, 3, "wamid.3", "after").await;
    look().await;
    assert_eq!((told(&world).len(), world.number(ALL).await), (before, 0));
    world.finish().await;
}

async fn refusals_are_tried_again_in_order(backend: Backend) {
    let world = World::open(backend).await;
    let made = hook(&world, &["message.received"]).await;
    let id = made.webhook.id;
    answer(&world, status_of(500));
    hear(&world, 1, "wamid.1", "one").await;
    until(&world, "SELECT count(*) FROM webhook_delivery WHERE attempts = 1", 1, 0).await;
    hear(&world, 1, "wamid.2", "two").await;
    until(&world, TAKEN, 2, SECOND).await;
    // The same message under the same id, signed for the moment of its try.
    let requests = told(&world);
    let of = |text: &str| -> Vec<&Request> {
        requests.iter().filter(|one| verified(one, &made.secret)["data"]["message"]["text"] == text).collect()
    };
    let (first, again) = (of("one")[0], of("one")[1]);
    assert_eq!(header(first, "webhook-id"), header(again, "webhook-id"));
    assert_ne!(header(first, "webhook-timestamp"), header(again, "webhook-timestamp"));
    assert_eq!((of("one").len(), of("two").len()), (2, 1));
    let rows = deliveries(&world, id).await;
    let tries: Vec<(Option<u16>, &str)> = rows[1].tries.iter().map(|one| (one.status, one.code.as_str())).collect();
    assert_eq!(tries, [(Some(500), "failed"), (Some(200), "")]);
    assert_eq!(rows[1].tries[0].answer, "status 500");
    assert_eq!((get(&world, id).await.failures, get(&world, id).await.error), (0, None));
    // Who asks for an hour gets it.
    answer(&world, Ok(Response::new(429, &[("retry-after", "3600")], "")));
    hear(&world, 1, "wamid.3", "three").await;
    until(&world, "SELECT count(*) FROM webhook_delivery WHERE attempts = 1 AND state = 'waiting'", 1, 0).await;
    let row = deliveries(&world, id).await.remove(0);
    assert_eq!((row.tries[0].code.as_str(), row.due_at), ("busy", Some(row.tries[0].at + HOUR)));
    world.clock.advance(HOUR);
    until(&world, TAKEN, 3, SECOND).await;
    // A target that does not answer, and one that points inwards, are failures like others.
    answer(&world, Err(Failure::Ambiguous("company.example: timed out".to_owned())));
    answer(&world, Err(Failure::Blocked("company.example is at 10.0.0.1, which is not a public address".to_owned())));
    hear(&world, 1, "wamid.4", "four").await;
    until(&world, TAKEN, 4, MINUTE).await;
    let codes: Vec<String> = deliveries(&world, id).await[0].tries.iter().map(|one| one.code.clone()).collect();
    assert_eq!(codes, ["no_answer", "blocked", ""]);
    // Gone: it ends there, and what waits is not sent.
    answer(&world, status_of(410));
    hear(&world, 1, "wamid.5", "five").await;
    until(&world, "SELECT count(*) FROM webhook WHERE status = 'ended'", 1, SECOND).await;
    hear(&world, 1, "wamid.6", "six").await;
    look().await;
    let ended = get(&world, id).await;
    assert_eq!((ended.reason.as_deref(), ended.dead, ended.waiting), (Some("gone"), 1, 0));
    let refused = log::replay(&world.app, &system(&world), id, None).await;
    assert!(matches!(refused, Err(Error::Refused { code: "webhook_ended", .. })));
    // By mistake: what happened meanwhile follows, and what was refused when it is asked for.
    switch(&world, id, WebhookStatus::Active).await;
    until(&world, TAKEN, 5, SECOND).await;
    assert_eq!(log::replay(&world.app, &system(&world), id, None).await.unwrap().replayed, 1);
    until(&world, TAKEN, 6, SECOND).await;
    world.finish().await;
}

const MINUTE: i64 = 60 * SECOND;

async fn who_fails_for_three_days_is_left_alone(backend: Backend) {
    let world = World::open(backend).await;
    let made = hook(&world, &["message.received"]).await;
    let id = made.webhook.id;
    for _ in 0..600 {
        answer(&world, status_of(503));
    }
    for n in 0..5 {
        hear(&world, 1, &format!("wamid.{n}"), "hello").await;
    }
    until(&world, "SELECT count(*) FROM webhook WHERE failures >= 3", 1, SECOND).await;
    let findings = |wanted: &'static str| {
        let (app, caller) = (world.app.clone(), system(&world));
        async move {
            let all = doctor::run(&app, &caller).await.unwrap();
            all.into_iter().any(|one| one.check == "webhook.status" && one.code == wanted)
        }
    };
    assert!(findings("failing").await);
    // One at a time asks whether it is back; three days are not used up by hammering.
    until(&world, "SELECT count(*) FROM webhook WHERE status = 'paused'", 1, HOUR).await;
    let asked = told(&world).len();
    assert!(asked < 200, "{asked} tries in three days");
    let paused = get(&world, id).await;
    assert_eq!((paused.reason.as_deref(), paused.error.as_deref()), (Some("failing"), Some("HTTP 503")));
    assert!(paused.waiting + paused.dead == 5, "nothing is lost: {paused:?}");
    assert!(findings("paused").await);
    let audited = "SELECT count(*) FROM audit_log WHERE action = 'webhook.paused'";
    assert_eq!(world.number(audited).await, 1);
    hear(&world, 1, "wamid.9", "still here").await;
    look().await;
    assert_eq!(told(&world).len(), asked, "it rests");
    // Repaired: a trial says so, and what waited follows with what happened meanwhile.
    world.provider.hook_answers.lock().unwrap().clear();
    let trial = log::test(&world.app, &system(&world), id, WebhookTest::default()).await.unwrap();
    assert_eq!((trial.delivery.state.as_str(), &trial.body["type"]), ("delivered", &json!("webhook.test")));
    switch(&world, id, WebhookStatus::Active).await;
    log::replay(&world.app, &system(&world), id, None).await.unwrap();
    until(&world, TAKEN, 7, SECOND).await;
    assert!(!findings("paused").await && !findings("failing").await);
    world.finish().await;
}

async fn a_crash_repeats_a_delivery_once_at_most(backend: Backend) {
    let mut world = World::open(backend).await;
    let made = hook(&world, &["message.received"]).await;
    for n in 0..4 {
        hear(&world, n + 1, &format!("wamid.{n}"), "hello").await;
    }
    until(&world, TAKEN, 4, 0).await;
    // As a crash leaves it that came after the answers and before they were written down: two of four.
    let store = &world.app.store;
    let two = "SELECT id FROM webhook_delivery ORDER BY id LIMIT 2";
    let text = format!("UPDATE webhook_delivery SET state = 'waiting', settled_at = NULL WHERE id IN ({two})");
    assert_eq!(rapport_store::testing::execute(store, &text).await.unwrap(), 2);
    let tx = store.workspace(world.workspace).write().await.unwrap();
    let again = Job::Webhook { webhook_id: made.webhook.id };
    job::enqueue(&tx, vec![again.row(world.app.now())], world.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    world.restart().await;
    until(&world, TAKEN, 4, 0).await;
    // The place in the log was lost too: what is found again is not stored again.
    let text = "UPDATE webhook SET cursor = '0-00000000-0000-0000-0000-000000000000'";
    rapport_store::testing::execute(&world.app.store, text).await.unwrap();
    world.restart().await;
    look().await;
    hear(&world, 9, "wamid.9", "the last").await;
    until(&world, TAKEN, 5, 0).await;
    let mut times = std::collections::BTreeMap::<String, usize>::new();
    for request in told(&world) {
        *times.entry(header(&request, "webhook-id")).or_default() += 1;
    }
    let mut counts: Vec<usize> = times.into_values().collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 1, 2, 2]);
    world.finish().await;
}

async fn secrets_are_replaced_without_losing_a_delivery(backend: Backend) {
    let world = World::open(backend).await;
    let made = hook(&world, &["message.received"]).await;
    let new = manage::rotate(&world.app, &system(&world), made.webhook.id, NewWebhookSecret::default()).await.unwrap();
    assert_ne!(new.secret, made.secret);
    hear(&world, 1, "wamid.1", "one").await;
    until(&world, TAKEN, 1, 0).await;
    verified(&told(&world)[0], &made.secret);
    verified(&told(&world)[0], &new.secret);
    world.clock.advance(DAY + SECOND);
    hear(&world, 1, "wamid.2", "two").await;
    until(&world, TAKEN, 2, SECOND).await;
    let last = told(&world).remove(1);
    verified(&last, &new.secret);
    assert_eq!(header(&last, "webhook-signature").split(' ').count(), 1, "the old one is over");
    let stored = "SELECT count(*) FROM webhook WHERE CAST(secret AS TEXT) LIKE '%whsec%'";
    if backend == Backend::Sqlite {
        assert_eq!(world.number(stored).await, 0, "sealed");
    }
    let audited = "SELECT count(*) FROM audit_log WHERE action = 'webhook.secret_replaced'";
    assert_eq!(world.number(audited).await, 1);
    assert_eq!(world.number(&format!("{audited} AND CAST(after AS TEXT) LIKE '%whsec%'")).await, 0);
    world.finish().await;
}

async fn rules_call_webhooks(backend: Backend) {
    let world = World::open(backend).await;
    let made = hook(&world, &[]).await;
    let steps = json!([
        { "do": "call_webhook", "webhook_id": made.webhook.id },
        { "do": "call_webhook", "url": "https://functions.example/run" },
    ]);
    let id = rule(&world, json!({ "do": steps })).await;
    hear(&world, 1, "wamid.1", "What is the price?").await;
    until(&world, TAKEN, 2, 0).await;
    let named = told(&world).into_iter().find(|one| one.url == URL).unwrap();
    let body = verified(&named, &made.secret);
    assert_eq!(body["type"], "rule.called");
    assert_eq!(body["data"]["rule"]["id"], id.to_string());
    assert_eq!(body["data"]["rule"]["event"], "message");
    assert_eq!(body["data"]["message"]["text"], "What is the price?");
    assert!(told(&world).iter().any(|one| one.url == "https://functions.example/run"));
    world.until("done", "SELECT count(*) FROM rule_run WHERE state = 'done'", 1).await;
    // The same steps done again, as a crash makes them, send nothing twice; another run sends once more.
    let steps = match backend {
        Backend::Sqlite => r#"replace(steps, '"done"', '"planned"')"#,
        Backend::Postgres => r#"replace(steps::text, '"done"', '"planned"')::jsonb"#,
    };
    let text = format!("UPDATE rule_run SET state = 'acting', ended_at = NULL, steps = {steps}");
    rapport_store::testing::execute(&world.app.store, &text).await.unwrap();
    let read = world.app.store.workspace(world.workspace).read();
    let run = runs_of(&world, id).await.remove(0);
    let event = rapport_store::rule::run(&read, run.id).await.unwrap().unwrap().event;
    let again = Job::RuleEvent { event: Box::new(serde_json::from_value(event).unwrap()) };
    let tx = world.app.store.workspace(world.workspace).write().await.unwrap();
    job::enqueue(&tx, vec![again.row(world.app.now())], world.app.now()).await.unwrap();
    tx.commit().await.unwrap();
    world.app.bells.jobs.ring();
    world.until("done again", "SELECT count(*) FROM rule_run WHERE state = 'done'", 1).await;
    look().await;
    assert_eq!(told(&world).len(), 2);
    hear(&world, 1, "wamid.2", "And the price of two?").await;
    until(&world, TAKEN, 4, SECOND).await;
    // An address has one webhook, however often rules call it.
    let all = manage::list(&world.app, &system(&world)).await.unwrap();
    assert_eq!(all.iter().map(|one| one.made_by.as_str()).collect::<Vec<_>>(), ["system", "rule"]);
    // A webhook that was removed: the run says so, and its other steps go on.
    manage::delete(&world.app, &system(&world), made.webhook.id).await.unwrap();
    hear(&world, 1, "wamid.3", "The price?").await;
    until(&world, "SELECT count(*) FROM webhook_delivery WHERE state = 'delivered'", 3, SECOND).await;
    world.until("done", "SELECT count(*) FROM rule_run WHERE state = 'done'", 3).await;
    let steps = runs_of(&world, id).await.remove(0).steps;
    assert_eq!((steps[0].code.as_deref(), steps[1].state.as_str()), (Some("not_found"), "done"));
    world.finish().await;
}

on_both!(
    what_happens_is_told_once_and_signed,
    refusals_are_tried_again_in_order,
    who_fails_for_three_days_is_left_alone,
    a_crash_repeats_a_delivery_once_at_most,
    secrets_are_replaced_without_losing_a_delivery,
    rules_call_webhooks,
);
