//! `Idempotency-Key`.

use crate::harness::TestApp;
use rapport_core::time::DAY;
use serde_json::json;

#[tokio::test]
async fn a_repeated_write_is_done_once_and_answered_twice() {
    let (test, owner) = TestApp::with_owner().await;
    let keyed = owner.with("idempotency-key", "k1");
    let body = json!({ "name": "hook", "role": "viewer" });
    let first = keyed.post("/api/v1/tokens", body.clone()).await;
    let again = keyed.post("/api/v1/tokens", body.clone()).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.body, again.body, "the secret too");
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    assert_eq!(owner.get("/api/v1/tokens").await.body["items"].as_array().unwrap().len(), 2);
    let other = keyed.post("/api/v1/tokens", json!({ "name": "other", "role": "viewer" })).await;
    assert_eq!(other.problem(), (422, "idempotency_mismatch".to_owned()));
    let elsewhere = keyed.post("/api/v1/teams", json!({ "name": "x" })).await;
    assert_eq!(elsewhere.status, 201, "a key belongs to one method and path");
    test.clock.advance(DAY + 1);
    let later = keyed.post("/api/v1/tokens", body).await;
    assert_ne!(later.body, first.body, "after a day it is a new request");
}

#[tokio::test]
async fn what_was_refused_may_be_sent_again() {
    let (_, owner) = TestApp::with_owner().await;
    let keyed = owner.with("idempotency-key", "k1");
    assert_eq!(keyed.post("/api/v1/teams", json!({ "name": "" })).await.status, 422);
    assert_eq!(keyed.post("/api/v1/teams", json!({ "name": "Sales" })).await.status, 201);
}

#[tokio::test]
async fn one_caller_never_sees_anothers_answer() {
    let (test, owner) = TestApp::with_owner().await;
    let made = owner.post("/api/v1/tokens", json!({ "name": "second", "role": "owner" })).await;
    let second = test.bearer(&made.text("/secret"));
    let body = json!({ "name": "hook", "role": "viewer" });
    let one = owner.with("idempotency-key", "same").post("/api/v1/tokens", body.clone()).await;
    let two = second.with("idempotency-key", "same").post("/api/v1/tokens", body).await;
    assert_ne!(one.text("/secret"), two.text("/secret"));
}

#[tokio::test]
async fn deletes_are_replayed_and_bad_keys_are_refused() {
    let (_, owner) = TestApp::with_owner().await;
    let team = owner.post("/api/v1/teams", json!({ "name": "x" })).await.text("/id");
    let keyed = owner.with("idempotency-key", "k1");
    let path = format!("/api/v1/teams/{team}");
    assert_eq!((keyed.delete(&path).await.status, keyed.delete(&path).await.status), (204, 204));
    assert_eq!(owner.delete(&path).await.status, 404);
    for key in ["", &"x".repeat(201)] {
        let reply = owner.with("idempotency-key", key).post("/api/v1/teams", json!({ "name": "y" })).await;
        assert_eq!(reply.text("/field"), "Idempotency-Key");
    }
}

#[tokio::test]
async fn fifty_at_once_do_it_once() {
    let (_, owner) = TestApp::with_owner().await;
    let keyed = owner.with("idempotency-key", "race");
    let calls = (0..50).map(|_| keyed.post("/api/v1/teams", json!({ "name": "Race" })));
    let replies = futures::future::join_all(calls).await;
    assert!(replies.iter().all(|reply| matches!(reply.status, 201 | 409)));
    assert_eq!(owner.get("/api/v1/teams").await.body["items"].as_array().unwrap().len(), 1);
}
