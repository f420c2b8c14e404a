//! What broken and hostile requests get.

use crate::harness::TestApp;
use axum::http::Method;
use serde_json::json;
use std::io::Write;
use std::time::{Duration, Instant};

const TEAMS: &str = "/api/v1/teams";

#[tokio::test]
async fn bombs_are_refused_quickly() {
    let (_, owner) = TestApp::with_owner().await;
    let many_keys = (0..60_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(",");
    for (name, body, code) in [
        ("depth", "[".repeat(100_000), "json_too_deep"),
        ("objects", "{\"a\":".repeat(50_000), "json_too_deep"),
        ("keys", format!("{{{many_keys}}}"), "invalid_body"),
        ("twice", "{\"name\":\"a\",\"name\":\"b\"}".to_owned(), "invalid_body"),
        ("huge number", "{\"name\":1e400}".to_owned(), "invalid_json"),
        ("lone surrogate", "{\"name\":\"\\ud800\"}".to_owned(), "invalid_json"),
        ("byte order mark", "\u{feff}{}".to_owned(), "invalid_json"),
        ("empty", String::new(), "invalid_json"),
    ] {
        let began = Instant::now();
        let reply = owner.raw(Method::POST, TEAMS, Some("application/json"), body.into_bytes()).await;
        assert_eq!((reply.status, reply.text("/code")), (400, code.to_owned()), "{name}: {}", reply.body);
        assert!(began.elapsed() < Duration::from_secs(1), "{name} took {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn too_much_is_refused_before_it_is_read() {
    let (_, owner) = TestApp::with_owner().await;
    let large = json!({ "name": "x".repeat(2 << 20) });
    let reply = owner.post(TEAMS, large.clone()).await;
    assert_eq!(reply.problem(), (413, "too_large".to_owned()));
    let keyed = owner.with("idempotency-key", "k").post(TEAMS, large).await;
    assert_eq!(keyed.problem(), (413, "too_large".to_owned()));
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    bomb.write_all(&vec![b' '; 50 << 20]).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let reply = owner.with("content-encoding", "gzip").raw(Method::POST, TEAMS, Some("application/json"), bomb).await;
    assert_eq!(reply.problem(), (413, "too_large".to_owned()), "the limit counts decoded bytes");
}

#[tokio::test]
async fn gzipped_json_is_read() {
    let (_, owner) = TestApp::with_owner().await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"{\"name\":\"Zipped\"}").unwrap();
    let packed = packed.finish().unwrap();
    let reply =
        owner.with("content-encoding", "gzip").raw(Method::POST, TEAMS, Some("application/json"), packed.clone()).await;
    assert_eq!(reply.status, 201);
    let cut = owner
        .with("content-encoding", "gzip")
        .raw(Method::POST, TEAMS, Some("application/json"), packed[..10].to_vec())
        .await;
    assert_eq!(cut.status, 400);
    let odd =
        owner.with("content-encoding", "compress").raw(Method::POST, TEAMS, Some("application/json"), packed).await;
    assert_eq!(odd.problem(), (415, "unsupported_media_type".to_owned()));
}

#[tokio::test]
async fn every_error_is_a_problem() {
    let (test, owner) = TestApp::with_owner().await;
    let json = Some("application/json");
    for (reply, status, code) in [
        (owner.get("/api/v1/nothing").await, 404, "not_found"),
        (owner.get("/api").await, 404, "not_found"),
        (owner.get("/webhooks/unknown/1").await, 404, "not_found"),
        (owner.raw(Method::POST, "/webhooks/unknown/1", json, vec![]).await, 404, "not_found"),
        (owner.get("/webhooks/hubspot/1").await, 405, "method_not_allowed"),
        (owner.raw(Method::PUT, TEAMS, json, vec![]).await, 405, "method_not_allowed"),
        (owner.raw(Method::from_bytes(b"BREW").unwrap(), TEAMS, None, vec![]).await, 405, "method_not_allowed"),
        (owner.raw(Method::POST, TEAMS, Some("text/plain"), b"{}".to_vec()).await, 415, "unsupported_media_type"),
        (owner.raw(Method::POST, TEAMS, None, b"{}".to_vec()).await, 415, "unsupported_media_type"),
        (owner.post(TEAMS, json!({})).await, 400, "invalid_body"),
        (owner.get("/api/v1/users/not-an-id").await, 404, "not_found"),
        (test.nobody().get(TEAMS).await, 401, "unauthenticated"),
    ] {
        assert_eq!(reply.problem(), (status, code.to_owned()), "{}", reply.body);
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!(reply.text("/type"), format!("urn:rapport:problem:{code}"));
        assert!(!reply.header("x-request-id").is_empty());
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!(owner.post(TEAMS, json!({})).await.text("/field"), "name");
    assert_eq!(owner.post(TEAMS, json!({ "name": "x", "extra": 1 })).await.text("/field"), "extra");
    assert_eq!(owner.post(TEAMS, json!({ "name": "x", "member_ids": [1] })).await.text("/field"), "member_ids[0]");
}

#[tokio::test]
async fn text_cannot_break_out() {
    let (_, owner) = TestApp::with_owner().await;
    for name in ["<script>alert(1)</script>", "'; DROP TABLE team; --", "الدعم", "👩‍👩‍👧"] {
        let reply = owner.post(TEAMS, json!({ "name": name })).await;
        assert_eq!(reply.text("/name"), name);
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
    }
    assert_eq!(owner.post(TEAMS, json!({ "name": "a\u{0}b" })).await.status, 422);
}
