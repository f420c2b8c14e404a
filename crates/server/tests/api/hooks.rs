//! Deliveries: what is taken, and what everything else gets.

use crate::harness::{Client, Reply, TestApp};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request};
use rapport_app::channel::tally;
use rapport_app::ingest::Acceptor;
use rapport_connectors::whatsapp::signature::sign;
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};
use tower::ServiceExt;

const SECRET: &str = "the-app-secret";
const JSON: Option<&str> = Some("application/json");

/// An application that takes deliveries, its owner, and where a channel's deliveries go.
async fn receiving() -> (TestApp, Client, String) {
    let (test, owner) = TestApp::with_owner().await;
    let app = &test.app;
    let acceptor =
        Acceptor::start(&app.store, &app.clock, &app.bells.events, &app.pace, &app.shutdown).expect("a thread");
    assert!(app.acceptor.set(acceptor).is_ok());
    let added = owner.post("/api/v1/channels", crate::channels::number("1", SECRET)).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let url = added.text("/webhook_url");
    let path = url.strip_prefix("https://chat.shop.example").unwrap().to_owned();
    (test, owner, path)
}

/// A delivery of one text message.
fn message(id: &str) -> Vec<u8> {
    let text =
        json!({ "from": "16505551234", "id": id, "timestamp": "1790000000", "type": "text", "text": { "body": "Hi" } });
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "15550783881", "phone_number_id": "1" },
        "contacts": [{ "profile": { "name": "Ana" }, "wa_id": "16505551234" }],
        "messages": [text],
    });
    let entry = json!({ "id": "2", "changes": [{ "field": "messages", "value": value }] });
    json!({ "object": "whatsapp_business_account", "entry": [entry] }).to_string().into_bytes()
}

async fn deliver(test: &TestApp, path: &str, body: &[u8]) -> Reply {
    let signed = test.nobody().with("x-hub-signature-256", sign(SECRET, body));
    signed.raw(Method::POST, path, JSON, body.to_vec()).await
}

async fn counts(owner: &Client) -> Value {
    owner.get("/api/v1/audit/counts").await.body
}

#[tokio::test]
async fn what_is_signed_is_stored_once() {
    let (test, owner, path) = receiving().await;
    for _ in 0..2 {
        let reply = deliver(&test, &path, &message("wamid.A")).await;
        assert_eq!((reply.status, reply.bytes.len()), (200, 0));
    }
    assert_eq!(deliver(&test, &path, &message("wamid.B")).await.status, 200);
    assert_eq!(deliver(&test, &path, b"{}").await.status, 200, "a legal body without a change is kept as it is");
    let counts = counts(&owner).await;
    assert_eq!((counts["received"].as_i64(), counts["duplicates"].as_i64()), (Some(4), Some(1)), "{counts}");
    tally::flush(&test.app).await;
    let channel = owner.get("/api/v1/channels").await;
    assert_eq!(channel.body["items"][0]["last_event_at"], test.app.now().0);
}

#[tokio::test]
async fn nothing_else_is_taken() {
    let (test, owner, path) = receiving().await;
    let body = message("wamid.A");
    let good = sign(SECRET, &body);
    let nobody = test.nobody();
    let unknown = "/webhooks/whatsapp/00000000-0000-7000-8000-000000000000";
    let upper = good.to_uppercase();
    let other = sign("another", &body);
    for (name, path, content_type, signature, body, status) in [
        ("no signature", path.as_str(), JSON, None, body.clone(), 401),
        ("not hexadecimal", &path, JSON, Some("sha256=zz"), body.clone(), 401),
        ("too short", &path, JSON, Some("sha256=00"), body.clone(), 401),
        ("another algorithm", &path, JSON, Some(good.trim_start_matches("sha256=")), body.clone(), 401),
        ("prefix in capitals", &path, JSON, Some(upper.as_str()), body.clone(), 401),
        ("another secret", &path, JSON, Some(other.as_str()), body.clone(), 401),
        ("a changed body", &path, JSON, Some(good.as_str()), message("wamid.X"), 401),
        ("a changed space", &path, JSON, Some(good.as_str()), [body.clone(), b" ".to_vec()].concat(), 401),
        ("unknown channel", unknown, JSON, Some(good.as_str()), body.clone(), 404),
        ("no channel id", "/webhooks/whatsapp/nonsense", JSON, Some(good.as_str()), body.clone(), 404),
        ("a form", &path, Some("application/x-www-form-urlencoded"), Some(good.as_str()), body.clone(), 415),
        ("no type", &path, None, Some(good.as_str()), body.clone(), 415),
    ] {
        let client = match signature {
            Some(signature) => nobody.with("x-hub-signature-256", signature),
            None => nobody.clone(),
        };
        let reply = client.raw(Method::POST, path, content_type, body).await;
        assert_eq!(reply.status, status, "{name}: {}", reply.body);
    }
    let twice = nobody.with("x-hub-signature-256", good.clone()).with("x-hub-signature-256", "sha256=00");
    assert_eq!(twice.raw(Method::POST, &path, JSON, body.clone()).await.status, 401, "which one counts?");
    assert_eq!(nobody.raw(Method::PUT, &path, JSON, body).await.status, 405);
    assert_eq!(counts(&owner).await["received"], 0);

    tally::flush(&test.app).await;
    let found = owner.get("/api/v1/doctor").await;
    let finding =
        found.body["findings"].as_array().unwrap().iter().find(|one| one["check"] == "channel.signature").unwrap();
    assert_eq!((&finding["code"], &finding["values"]["count"]), (&json!("wrong"), &json!("9")), "counted");
}

#[tokio::test]
async fn broken_bodies_are_refused_quickly() {
    let (test, owner, path) = receiving().await;
    let large = format!("{{\"entry\":[],\"x\":\"{}\"}}", "x".repeat(3 << 20)).into_bytes();
    for (name, body, status) in [
        ("no JSON", b"hello".to_vec(), 400),
        ("empty", Vec::new(), 400),
        ("a list", b"[1]".to_vec(), 400),
        ("cut off", message("wamid.A")[..100].to_vec(), 400),
        ("not UTF-8", b"{\"a\":\"\xff\"}".to_vec(), 400),
        ("depth", "{\"a\":".repeat(100_000).into_bytes(), 400),
        ("too large", large, 413),
    ] {
        let began = Instant::now();
        let reply = deliver(&test, &path, &body).await;
        assert_eq!(reply.status, status, "{name}: {}", reply.body);
        assert!(began.elapsed() < Duration::from_secs(1), "{name} took {:?}", began.elapsed());
    }
    assert_eq!(counts(&owner).await["received"], 0);
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
}

#[tokio::test]
async fn a_packed_body_counts_by_what_is_in_it() {
    let (test, owner, path) = receiving().await;
    let body = message("wamid.A");
    let signed =
        |body: &[u8]| test.nobody().with("x-hub-signature-256", sign(SECRET, body)).with("content-encoding", "gzip");
    let reply = signed(&body).raw(Method::POST, &path, JSON, gzip(&body)).await;
    assert_eq!(reply.status, 200, "signed is what was packed: {}", reply.body);
    let bomb = vec![b' '; 60 << 20];
    let packed = gzip(&bomb);
    assert!(packed.len() < 100_000);
    assert_eq!(signed(&bomb).raw(Method::POST, &path, JSON, packed).await.status, 413);
    assert_eq!(signed(&body).raw(Method::POST, &path, JSON, gzip(&body)[..20].to_vec()).await.status, 400);
    assert_eq!(counts(&owner).await["received"], 1);
}

#[tokio::test]
async fn a_body_in_pieces_is_put_together() {
    let (test, _, path) = receiving().await;
    let body = message("wamid.A");
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let reply = send(&test.router, &path, &body, Body::from_stream(futures::stream::iter(pieces))).await;
    assert_eq!(reply, 200);
    let cut: Vec<Result<Bytes, std::io::Error>> =
        vec![Ok(Bytes::copy_from_slice(&body[..20])), Err(std::io::Error::other("gone"))];
    let reply = send(&test.router, &path, &body, Body::from_stream(futures::stream::iter(cut))).await;
    assert_eq!(reply, 400);
}

async fn send(router: &Router, path: &str, signed: &[u8], body: Body) -> u16 {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("x-hub-signature-256", sign(SECRET, signed))
        .body(body)
        .unwrap();
    router.clone().oneshot(request).await.unwrap().status().as_u16()
}

#[tokio::test]
async fn without_workers_the_provider_is_asked_to_come_again() {
    let (test, owner) = TestApp::with_owner().await;
    let added = owner.post("/api/v1/channels", crate::channels::number("1", SECRET)).await;
    let path = added.text("/webhook_url").replace("https://chat.shop.example", "");
    let reply = deliver(&test, &path, &message("wamid.A")).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "1"));
}

#[tokio::test]
async fn the_handshake_answers_only_the_right_question() {
    let (test, owner, path) = receiving().await;
    let nobody = test.nobody();
    let ask = |query: &str| format!("{path}?{query}");
    let right = nobody.get(&ask("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me")).await;
    assert_eq!((right.status, right.bytes.as_slice()), (200, b"1158201444".as_slice()));
    assert_eq!(right.header("content-type"), "text/plain; charset=utf-8");
    for query in [
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-me",
        "hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=verify-me",
        "hub.mode=subscribe&hub.challenge=1",
        "",
    ] {
        assert_eq!(nobody.get(&ask(query)).await.status, 403, "{query}");
    }
    let unknown =
        nobody.get("/webhooks/whatsapp/00000000-0000-7000-8000-000000000000?hub.verify_token=verify-me").await;
    assert_eq!(unknown.status, 404);
    tally::flush(&test.app).await;
    let found = owner.get("/api/v1/doctor").await;
    let finding =
        found.body["findings"].as_array().unwrap().iter().find(|one| one["check"] == "channel.webhook").unwrap();
    assert_eq!(finding["code"], "no_events", "verified, and nothing came yet");
}

#[tokio::test]
async fn two_secrets_are_valid_while_one_is_replaced() {
    let (test, owner, path) = receiving().await;
    let id = owner.get("/api/v1/channels").await.text("/items/0/id");
    let channel = format!("/api/v1/channels/{id}");
    let with = async |secret: &str, id: &str| {
        let body = message(id);
        let client = test.nobody().with("x-hub-signature-256", sign(secret, &body));
        client.raw(Method::POST, &path, JSON, body).await.status
    };
    assert_eq!(with("second", "wamid.1").await, 401);
    let until = async || owner.get(&channel).await.body["previous_secret_until"].clone();
    assert_eq!(until().await, Value::Null);
    assert_eq!(owner.patch(&channel, json!({ "app_secret": "secnod" })).await.status, 200, "entered wrongly");
    assert_eq!(with(SECRET, "wamid.0").await, 200, "what the provider signs with is accepted");
    test.clock.advance(60_000);
    assert_eq!(owner.patch(&channel, json!({ "app_secret": "second" })).await.status, 200);
    let end = test.app.now().0 + SECRET_GRACE_MS;
    assert_eq!((with(SECRET, "wamid.2").await, with("second", "wamid.3").await), (200, 200));
    test.clock.advance(60_000);
    assert_eq!(owner.patch(&channel, json!({ "app_secret": "second" })).await.status, 200, "again changes nothing");
    assert_eq!((with(SECRET, "wamid.4").await, until().await), (200, json!(end)));
    assert_eq!(owner.patch(&channel, json!({ "retire_previous_app_secret": true })).await.status, 200);
    assert_eq!((with(SECRET, "wamid.5").await, with("second", "wamid.6").await), (401, 200));
    assert_eq!(until().await, Value::Null);
    assert_eq!(owner.delete(&channel).await.status, 204);
    assert_eq!(with("second", "wamid.7").await, 404, "a disconnected number is unknown");
}

/// Seven days.
const SECRET_GRACE_MS: i64 = 7 * 86_400_000;

#[tokio::test]
async fn a_secret_that_was_replaced_ends_by_itself() {
    let (test, owner, path) = receiving().await;
    let id = owner.get("/api/v1/channels").await.text("/items/0/id");
    let channel = format!("/api/v1/channels/{id}");
    let with = async |secret: &str, id: &str| {
        let body = message(id);
        let client = test.nobody().with("x-hub-signature-256", sign(secret, &body));
        client.raw(Method::POST, &path, JSON, body).await.status
    };
    assert_eq!(owner.patch(&channel, json!({ "app_secret": "second" })).await.status, 200);
    test.clock.advance(SECRET_GRACE_MS - 1);
    assert_eq!((with(SECRET, "wamid.1").await, with("second", "wamid.2").await), (200, 200));
    // What was read a moment before is believed for some seconds.
    test.clock.advance(3_001);
    assert_eq!((with(SECRET, "wamid.3").await, with("second", "wamid.4").await), (401, 200));
    assert_eq!(owner.patch(&channel, json!({ "app_secret": "third" })).await.status, 200);
    assert_eq!((with(SECRET, "wamid.5").await, with("second", "wamid.6").await), (401, 200), "it does not come back");

    // One that was replaced before there was an end: it gets one once the provider is seen to sign with the newest.
    tally::flush(&test.app).await;
    crate::channels::rewrite(&test, &id, |row| row.settings = json!({})).await;
    assert_eq!(owner.get(&channel).await.body["previous_secret_until"], Value::Null);
    for (secret, id, expected) in [("second", "wamid.7", false), ("third", "wamid.8", true)] {
        assert_eq!(with(secret, id).await, 200);
        tally::flush(&test.app).await;
        assert_eq!(owner.post(&format!("{channel}/check"), Value::Null).await.status, 200);
        assert_eq!(owner.get(&channel).await.body["previous_secret_until"].is_i64(), expected, "{secret}");
    }
    assert_eq!(owner.get(&channel).await.body["previous_secret_until"], test.app.now().0 + SECRET_GRACE_MS);
}

#[tokio::test]
async fn a_crm_may_knock_before_it_calls() {
    let (test, _, _) = receiving().await;
    for (kind, status) in [("intercom", 200), ("hubspot", 200), ("unknown", 404)] {
        let reply = test.nobody().raw(Method::HEAD, &format!("/webhooks/{kind}/1"), None, vec![]).await;
        assert_eq!(reply.status, status, "{kind}");
    }
}
