//! The live feed: complete, resumable, and closed to those who may no longer see it.

use crate::harness::{Client, Shop, TestApp};
use axum::body::Body;
use futures::StreamExt;
use rapport_app::auth::{Credential, authenticate};
use rapport_app::live::events::Listener;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// One event of a stream.
#[derive(Debug, Clone)]
struct Heard {
    kind: String,
    id: Option<String>,
    data: Value,
}

struct Stream {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Stream {
    async fn open(client: &Client, query: &str) -> Self {
        let body: Body = client.open(&format!("/api/v1/events{query}")).await;
        Self { body: body.into_data_stream(), text: String::new() }
    }

    /// The next event within a few seconds; `None` when the stream ends.
    async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let Some(kind) = field("event: ") else { continue };
                let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                return Some(Heard { kind, id: field("id: "), data });
            }
            let piece =
                tokio::time::timeout(Duration::from_secs(10), self.body.next()).await.expect("an event in time");
            self.text.push_str(std::str::from_utf8(&piece?.unwrap()).unwrap());
        }
    }
}

#[tokio::test]
async fn what_happens_is_heard_and_resumed_without_gaps() {
    let (_, shop, owner) = Shop::open().await;
    let mut stream = Stream::open(&owner, "").await;
    let hello = stream.next().await.unwrap();
    assert_eq!((hello.kind.as_str(), hello.data["cursor"].as_str()), ("hello", hello.id.as_deref()));
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let mut seen = Vec::new();
    while !seen.iter().any(|event: &Heard| event.kind == "message.created") {
        seen.push(stream.next().await.unwrap());
    }
    let kinds: Vec<&str> = seen.iter().map(|event| event.kind.as_str()).collect();
    assert!(kinds.contains(&"contact.created") && kinds.contains(&"conversation.created"), "{kinds:?}");
    let created = seen.last().unwrap();
    assert_eq!(created.data["message_id"], heard.message.as_str());
    assert_eq!(
        (&created.data["conversation_id"], &created.data["contact_id"]),
        (&json!(heard.conversation), &json!(heard.contact))
    );
    assert!(created.data["at"].is_i64() && created.data["kind"] == "message.created");
    let cursor = created.id.clone().unwrap();
    drop(stream);
    // While nobody listens.
    let mut missed = Vec::new();
    for n in 0..30 {
        missed.push(shop.hear("971500000001", "Amal", &format!("line {n}")).await.message);
    }
    let first = hello.id.clone().unwrap();
    let resumed = owner.with("last-event-id", cursor.clone());
    for (client, query) in [(owner.clone(), format!("?cursor={cursor}")), (resumed, format!("?cursor={first}"))] {
        let mut stream = Stream::open(&client, &query).await;
        let mut got = Vec::new();
        while got.len() < missed.len() {
            let event = stream.next().await.unwrap();
            if event.kind == "message.created" {
                got.push(event.data["message_id"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(got, missed, "everything once, in order");
    }
    let bad = owner.get("/api/v1/events?cursor=x").await;
    assert_eq!((bad.status, bad.text("/field")), (422, "cursor".to_owned()));
}

#[tokio::test]
async fn a_cursor_the_log_does_not_know_resets() {
    let (_, shop, owner) = Shop::open().await;
    let far = format!("?cursor=999999-{}", uuid::Uuid::nil());
    let mut stream = Stream::open(&owner, &far).await;
    assert_eq!(stream.next().await.unwrap().kind, "hello");
    let reset = stream.next().await.unwrap();
    assert_eq!(reset.kind, "reset");
    assert_eq!(reset.data["cursor"].as_str(), reset.id.as_deref());
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let mut last = stream.next().await.unwrap();
    while last.kind != "message.created" {
        last = stream.next().await.unwrap();
    }
    assert_eq!(last.data["message_id"], heard.message.as_str());
}

#[tokio::test]
async fn typing_passes_by_and_is_told_to_the_customer_now_and_then() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let browser = test.browser("agent@a.example").await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let mut stream = Stream::open(&owner, "").await;
    assert_eq!(stream.next().await.unwrap().kind, "hello");
    // The first read of the log shows that the subscription stands.
    let path = format!("/api/v1/conversations/{}/typing", heard.conversation);
    let jobs = || async {
        let counts = test.app.store.queue().counts().await.unwrap();
        counts.iter().filter(|count| count.queue == "channel").map(|count| count.count).sum::<i64>()
    };
    let before = jobs().await;
    let (said, typing) = tokio::join!(
        async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            browser.post(&path, json!({ "state": "typing" })).await
        },
        stream.next()
    );
    assert_eq!(said.status, 204);
    let typing = typing.unwrap();
    assert_eq!((typing.kind.as_str(), &typing.id), ("typing", &None));
    assert_eq!(typing.data["conversation_id"], heard.conversation.as_str());
    assert_eq!(
        typing.data["data"],
        json!({ "conversation_id": heard.conversation, "user_id": agent, "name": "agent", "state": "typing" })
    );
    assert_eq!(jobs().await, before + 1);
    for state in ["typing", "note", "idle"] {
        assert_eq!(browser.post(&path, json!({ "state": state })).await.status, 204);
    }
    assert_eq!(jobs().await, before + 1, "at most every 20 s");
    assert_eq!(browser.post(&path, json!({ "state": "singing" })).await.status, 400);
}

#[tokio::test]
async fn another_workspace_hears_nothing() {
    let (test, shop, owner) = Shop::open().await;
    let b = test.workspace("b").await;
    let start = owner.get("/api/v1/events").await;
    assert_eq!(start.status, 200);
    let mut stream = Stream::open(&test.bearer(&b.token), "").await;
    assert_eq!(stream.next().await.unwrap().kind, "hello");
    shop.hear("971500000001", "Amal", "hello").await;
    let nothing = tokio::time::timeout(Duration::from_millis(800), stream.body.next()).await;
    assert!(nothing.is_err(), "silence");
}

async fn listener(test: &TestApp, client: &Client) -> Listener {
    let cookie = client.get("/api/v1/session").await;
    assert_eq!(cookie.status, 200);
    let text =
        client.header("cookie").split("; ").find_map(|part| part.strip_prefix("rapport_session=")).unwrap().to_owned();
    let caller = authenticate(&test.app, &Credential::Session(text)).await.unwrap();
    Listener::open(&test.app, Arc::new(caller), None, Duration::from_millis(50)).await.unwrap()
}

#[tokio::test]
async fn a_session_that_ends_ends_its_feed() {
    let (test, _, _) = Shop::open().await;
    let browser = test.browser("owner@a.example").await;
    let mut live = listener(&test, &browser).await;
    assert_eq!(live.next().await.unwrap().kind, "hello");
    let still = tokio::time::timeout(Duration::from_millis(300), live.next()).await;
    assert!(still.is_err(), "open while the session is");
    assert_eq!(browser.delete("/api/v1/session").await.status, 204);
    let end = tokio::time::timeout(Duration::from_secs(5), live.next()).await.expect("an end");
    assert_eq!(end, None);
}

#[tokio::test]
async fn feeds_of_one_caller_are_bounded_and_end_with_the_process() {
    let (test, _, owner) = Shop::open().await;
    let mut streams = Vec::new();
    for _ in 0..24 {
        streams.push(Stream::open(&owner, "").await);
    }
    assert_eq!(owner.get("/api/v1/events").await.problem(), (429, "rate_limited".to_owned()));
    streams.pop();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(owner.get("/api/v1/events").await.status, 200);
    let mut last = streams.pop().unwrap();
    assert_eq!(last.next().await.unwrap().kind, "hello");
    test.app.shutdown.cancel();
    assert!(last.next().await.is_none());
}
