//! Messages that are planned, changed or taken back while the sender works: what is handed over is what is stored, once.

use crate::inbound::on_both;
use crate::world::{START, World, text};
use rapport_app::account::workspace::{self, WorkspacePatch};
use rapport_app::auth::Caller;
use rapport_app::error::Error;
use rapport_app::inbox::send::{SendRequest, send};
use rapport_app::inbox::thread;
use rapport_app::inbox::unsent::{self, MessagePatch};
use rapport_app::inbox::update::{ConversationPatch, update};
use rapport_app::inbox::view::MessageView;
use rapport_app::inbox::words::StatusWord;
use rapport_core::MessageId;
use rapport_core::message::Content;
use rapport_core::time::{DAY, HOUR, MINUTE};
use rapport_store::Backend;
use std::collections::HashMap;
use std::time::Duration;

const NOW_S: i64 = START.0 / 1_000;

async fn opened(backend: Backend) -> World {
    let world = World::open(backend).await;
    world.deliver(&text(1, "wamid.IN", NOW_S, "hello")).await;
    world.settle().await;
    world.clock.advance(1_100);
    world
}

fn words(body: &str) -> Content {
    Content::Text { body: body.to_owned(), preview_url: None }
}

async fn say(world: &World, body: &str, send_at: Option<i64>, cancel_on_reply: bool) -> MessageView {
    let caller = Caller::system(world.workspace);
    let request = SendRequest {
        client_id: None,
        content: words(body),
        reply_to: None,
        event: None,
        send_at,
        cancel_on_reply,
        about: None,
        run: None,
    };
    send(&world.app, &caller, world.only_conversation().await, request).await.unwrap().message
}

async fn change(world: &World, id: MessageId, patch: MessagePatch) -> Result<MessageView, Error> {
    unsent::edit(&world.app, &Caller::system(world.workspace), id, patch).await
}

fn body(content: &str) -> MessagePatch {
    MessagePatch { content: Some(words(content)), ..MessagePatch::default() }
}

async fn count(world: &World, status: &str, expected: i64) {
    let sql = format!("SELECT count(*) FROM message WHERE direction = 'out' AND status = '{status}'");
    world.until(status, &sql, expected).await;
}

/// Time for the sender to look at the queue.
async fn look() {
    tokio::time::sleep(Duration::from_millis(900)).await;
}

async fn a_planned_message_goes_at_its_time_and_stands_where_it_went(backend: Backend) {
    let world = opened(backend).await;
    let at = world.app.now().plus(2 * HOUR).0;
    let planned = say(&world, "Good morning", Some(at), false).await;
    assert_eq!((planned.status.as_str(), planned.at), ("scheduled", at));
    assert_eq!(planned.plan.unwrap().send_at, at);
    let waiting = "SELECT count(*) FROM conversation WHERE waiting_since IS NOT NULL AND last_direction = 'in'";
    assert_eq!(world.number(waiting).await, 1, "it answers nobody before");
    look().await;
    world.clock.advance(HOUR);
    look().await;
    assert!(world.provider.sends().is_empty());
    world.clock.advance(HOUR + 5_000);
    count(&world, "sent", 1).await;
    assert_eq!(world.provider.sends()[0]["text"]["body"], "Good morning");
    let caller = Caller::system(world.workspace);
    let sent = thread::get(&world.app, &caller, MessageId(planned.id)).await.unwrap();
    assert!(sent.at >= at && sent.plan.is_none());
    assert_eq!(
        world.number("SELECT count(*) FROM conversation WHERE waiting_since IS NULL AND last_direction = 'out'").await,
        1
    );
    world.finish().await;
}

async fn a_clock_that_is_set_back_sends_nothing_before_its_time(backend: Backend) {
    let world = opened(backend).await;
    say(&world, "tomorrow", Some(world.app.now().plus(20 * HOUR).0), false).await;
    look().await;
    world.clock.advance(-HOUR);
    look().await;
    world.clock.advance(4_000);
    look().await;
    assert!(world.provider.sends().is_empty());
    count(&world, "scheduled", 1).await;
    world.finish().await;
}

async fn a_window_that_closed_meanwhile_refuses_it_where_somebody_sees_it(backend: Backend) {
    let world = opened(backend).await;
    let planned = say(&world, "too late", Some(world.app.now().plus(25 * HOUR).0), false).await;
    world.clock.advance(25 * HOUR + MINUTE);
    count(&world, "refused", 1).await;
    assert!(world.provider.sends().is_empty());
    assert_eq!(world.number("SELECT count(*) FROM conversation WHERE last_status = 'refused'").await, 1);
    let caller = Caller::system(world.workspace);
    let refused = thread::get(&world.app, &caller, MessageId(planned.id)).await.unwrap();
    assert_eq!(refused.verdict.unwrap().decided_by, Some("window"));
    assert_eq!(refused.content["body"], "too late", "nothing of it is lost");
    // The customer writes again, and the same words go out after all.
    let seconds = world.app.now().0 / 1_000;
    world.deliver(&text(1, "wamid.AGAIN", seconds, "are you there?")).await;
    world.settle().await;
    change(&world, MessageId(planned.id), body("in time now")).await.unwrap();
    count(&world, "sent", 1).await;
    assert_eq!(world.provider.sends()[0]["text"]["body"], "in time now");
    world.finish().await;
}

async fn the_customer_who_writes_first_cancels_it(backend: Backend) {
    let world = opened(backend).await;
    let at = world.app.now().plus(HOUR).0;
    let first = say(&world, "Are you still interested?", Some(at), true).await;
    let other = say(&world, "Goes anyway", Some(at), false).await;
    assert!(first.plan.unwrap().heed_since.is_some() && other.plan.unwrap().heed_since.is_none());
    world.clock.advance(10 * MINUTE);
    world.deliver(&text(1, "wamid.FIRST", NOW_S + 605, "I am")).await;
    world.settle().await;
    world.clock.advance(HOUR);
    count(&world, "sent", 1).await;
    count(&world, "withdrawn", 1).await;
    assert_eq!(world.provider.sends()[0]["text"]["body"], "Goes anyway");
    let caller = Caller::system(world.workspace);
    let gone = thread::get(&world.app, &caller, MessageId(first.id)).await.unwrap();
    assert!(gone.error.is_some(), "the thread says why");
    world.finish().await;
}

/// A new conversation begins as soon as the older one is resolved; the customer is the same.
async fn the_customer_who_writes_anew_cancels_it_too(backend: Backend) {
    let world = opened(backend).await;
    let caller = Caller::system(world.workspace);
    let patch = WorkspacePatch { reopen_days: Some(0), ..WorkspacePatch::default() };
    workspace::update(&world.app, &caller, patch).await.unwrap();
    let older = world.only_conversation().await;
    let at = world.app.now().plus(HOUR).0;
    let heeds = say(&world, "Are you still interested?", Some(at), true).await;
    let resolved = ConversationPatch { status: Some(StatusWord::Resolved), ..ConversationPatch::default() };
    update(&world.app, &caller, older, resolved).await.unwrap();
    world.clock.advance(10 * MINUTE);
    world.deliver(&text(1, "wamid.NEW", NOW_S + 600, "hello again")).await;
    world.settle().await;
    assert_eq!(world.number("SELECT count(*) FROM conversation").await, 2);
    // A plan made in the older thread after that heeds only what comes after it.
    let request = SendRequest {
        send_at: Some(at),
        cancel_on_reply: true,
        ..SendRequest::plain(None, words("Your order has come"))
    };
    let later = send(&world.app, &caller, older, request).await.unwrap().message;
    assert_eq!(later.plan.unwrap().heed_since, Some((NOW_S + 600) * 1_000));
    let changed = change(&world, MessageId(later.id), body("Your order is here")).await.unwrap();
    assert_eq!(changed.plan.unwrap().heed_since, Some((NOW_S + 600) * 1_000));
    world.clock.advance(HOUR);
    count(&world, "sent", 1).await;
    count(&world, "withdrawn", 1).await;
    assert_eq!(world.provider.sends()[0]["text"]["body"], "Your order is here");
    let gone = thread::get(&world.app, &caller, MessageId(heeds.id)).await.unwrap();
    assert_eq!(gone.status, "withdrawn");
    world.finish().await;
}

/// What is nobody's answer is none either when the answer is taken back.
async fn who_is_answered_no_more_waits_again(backend: Backend) {
    const WAITING: &str = "SELECT count(*) FROM conversation WHERE waiting_since IS NOT NULL";
    let world = opened(backend).await;
    let caller = Caller::system(world.workspace);
    // For a moment far away, so that the sender takes none of them.
    let at = Some(world.app.now().plus(HOUR).0);
    for body in ["held", "to many"] {
        say(&world, body, at, false).await;
    }
    let answer = say(&world, "the answer", at, false).await;
    let run = |sql: String| {
        let store = world.app.store.clone();
        async move { rapport_store::testing::execute(&store, &sql).await.unwrap() }
    };
    let sent = "status = 'sent', author_kind = 'campaign'";
    for (body, is) in [("held", "status = 'held'"), ("to many", sent), ("the answer", "status = 'failed'")] {
        run(format!("UPDATE message SET {is} WHERE preview = '{body}'")).await;
    }
    let gone = "(SELECT id FROM message WHERE status IN ('sent', 'failed'))";
    run(format!("DELETE FROM send_queue WHERE message_id IN {gone}")).await;
    run("UPDATE conversation SET waiting_since = NULL".to_owned()).await;
    assert_eq!(world.number(WAITING).await, 0);
    unsent::withdraw(&world.app, &caller, MessageId(answer.id)).await.unwrap();
    assert_eq!(world.number(WAITING).await, 1);
    world.finish().await;
}

/// Forty messages are changed and taken back at the very moment they are sent: each goes out as it is stored, or not at all.
async fn whoever_is_quicker_is_believed(backend: Backend) {
    let world = opened(backend).await;
    let conversation = world.only_conversation().await;
    let mut ids = Vec::new();
    for n in 0..40 {
        ids.push(world.write(conversation, &format!("old {n}")).await);
    }
    let tries = ids.iter().enumerate().map(|(n, id)| {
        let world = &world;
        async move {
            if n % 4 == 3 {
                let gone = unsent::withdraw(&world.app, &Caller::system(world.workspace), *id).await;
                return (*id, gone.map(|_| None));
            }
            let changed = change(world, *id, body(&format!("new {n}"))).await;
            (*id, changed.map(|_| Some(format!("new {n}"))))
        }
    });
    let done: HashMap<_, _> = futures::future::join_all(tries).await.into_iter().collect();
    world.until("all of them", "SELECT count(*) FROM send_queue", 0).await;
    let sent: HashMap<String, String> = world
        .provider
        .sends()
        .iter()
        .map(|one| {
            let callback = one["biz_opaque_callback_data"].as_str().unwrap();
            let id = callback.split(':').nth(1).unwrap().to_owned();
            (id, one["text"]["body"].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(sent.len(), world.provider.sends().len(), "none of them twice");
    let caller = Caller::system(world.workspace);
    for (n, id) in ids.iter().enumerate() {
        let stored = thread::get(&world.app, &caller, *id).await.unwrap();
        let went = sent.get(&id.to_string());
        match &done[id] {
            Ok(Some(new)) => assert_eq!((went, stored.content["body"].as_str()), (Some(new), Some(new.as_str()))),
            Ok(None) => assert_eq!((went, stored.status.as_str()), (None, "withdrawn"), "message {n}"),
            Err(error) => {
                assert!(matches!(error, Error::Conflict { code: "on_its_way" | "gone_out", .. }), "{error}");
                assert_eq!(
                    (went, stored.content["body"].as_str()),
                    (Some(&format!("old {n}")), Some(format!("old {n}").as_str()))
                );
            }
        }
    }
    world.finish().await;
}

async fn a_plan_can_be_moved_hurried_and_dropped(backend: Backend) {
    let world = opened(backend).await;
    let planned = say(&world, "later", Some(world.app.now().plus(DAY / 2).0), false).await;
    let id = MessageId(planned.id);
    let at = world.app.now().plus(HOUR).0;
    let moved = change(&world, id, MessagePatch { send_at: Some(Some(at)), ..body("sooner") }).await.unwrap();
    assert_eq!((moved.at, moved.status.as_str(), moved.content["body"].as_str()), (at, "scheduled", Some("sooner")));
    let past = change(&world, id, MessagePatch { send_at: Some(Some(1)), ..MessagePatch::default() }).await;
    assert!(matches!(past, Err(Error::Invalid { .. })));
    let hurried = change(&world, id, MessagePatch { send_at: Some(None), ..MessagePatch::default() }).await.unwrap();
    assert_eq!((hurried.status.as_str(), hurried.plan), ("queued", None));
    count(&world, "sent", 1).await;
    assert_eq!(world.provider.sends()[0]["text"]["body"], "sooner");
    let late = change(&world, id, body("too late")).await;
    assert!(matches!(late, Err(Error::Conflict { code: "gone_out", .. })), "{late:?}");
    let dropped = say(&world, "never", Some(world.app.now().plus(HOUR).0), false).await;
    let caller = Caller::system(world.workspace);
    for _ in 0..2 {
        let gone = unsent::withdraw(&world.app, &caller, MessageId(dropped.id)).await.unwrap();
        assert_eq!(gone.status, "withdrawn");
    }
    world.clock.advance(2 * HOUR);
    look().await;
    assert_eq!(world.provider.sends().len(), 1);
    world.finish().await;
}

on_both!(
    a_planned_message_goes_at_its_time_and_stands_where_it_went,
    a_clock_that_is_set_back_sends_nothing_before_its_time,
    a_window_that_closed_meanwhile_refuses_it_where_somebody_sees_it,
    the_customer_who_writes_first_cancels_it,
    the_customer_who_writes_anew_cancels_it_too,
    who_is_answered_no_more_waits_again,
    whoever_is_quicker_is_believed,
    a_plan_can_be_moved_hurried_and_dropped,
);
