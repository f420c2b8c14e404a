//! API tokens: scopes, ends, what they may hand on.

use crate::harness::TestApp;
use rapport_core::time::DAY;
use serde_json::json;

#[tokio::test]
async fn scopes_cut_the_role() {
    let (test, owner) = TestApp::with_owner().await;
    let made =
        owner.post("/api/v1/tokens", json!({ "name": "reader", "role": "admin", "scopes": ["user.read"] })).await;
    assert_eq!(made.status, 201);
    assert!(made.text("/secret").starts_with("rpt_"));
    let reader = test.bearer(&made.text("/secret"));
    assert_eq!(reader.get("/api/v1/users").await.status, 200);
    assert_eq!(reader.get("/api/v1/tokens").await.problem(), (403, "forbidden".to_owned()));
    let listed = owner.get("/api/v1/tokens").await;
    assert!(!String::from_utf8(listed.bytes).unwrap().contains("rpt_"), "a secret is shown once");
    for (body, field) in [
        (json!({ "name": "x", "role": "viewer", "scopes": ["user.manage"] }), "scopes"),
        (json!({ "name": "x", "role": "viewer", "scopes": ["everything"] }), "scopes"),
        (json!({ "name": "x", "role": "viewer", "expires_at": 1 }), "expires_at"),
        (json!({ "name": "", "role": "viewer" }), "name"),
    ] {
        let reply = owner.post("/api/v1/tokens", body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()));
    }
}

#[tokio::test]
async fn a_token_hands_on_no_more_than_it_has() {
    let (test, owner) = TestApp::with_owner().await;
    let narrow = json!({ "name": "maker", "role": "admin", "scopes": ["token.manage", "user.read"] });
    let maker = test.bearer(&owner.post("/api/v1/tokens", narrow).await.text("/secret"));
    let reply = maker.post("/api/v1/tokens", json!({ "name": "x", "role": "owner" })).await;
    assert_eq!(reply.status, 403, "no role above its own");
    let reply = maker.post("/api/v1/tokens", json!({ "name": "x", "role": "admin", "scopes": ["user.manage"] })).await;
    assert_eq!(reply.status, 403, "no scope it does not have");
    let sister = maker.post("/api/v1/tokens", json!({ "name": "x", "role": "admin" })).await;
    assert_eq!(sister.body["scopes"], json!(["user.read", "token.manage"]), "no scopes means its own, not all");
}

#[tokio::test]
async fn tokens_end_and_are_revoked() {
    let (test, owner) = TestApp::with_owner().await;
    let ends = test.app.now().plus(DAY).0;
    let made = owner.post("/api/v1/tokens", json!({ "name": "short", "role": "viewer", "expires_at": ends })).await;
    let short = test.bearer(&made.text("/secret"));
    assert_eq!(short.get("/api/v1/users").await.status, 200);
    test.clock.advance(DAY);
    assert_eq!(short.get("/api/v1/users").await.status, 401);
    let made = owner.post("/api/v1/tokens", json!({ "name": "leaked", "role": "viewer" })).await;
    let leaked = test.bearer(&made.text("/secret"));
    assert_eq!(leaked.get("/api/v1/users").await.status, 200);
    assert_eq!(owner.delete(&format!("/api/v1/tokens/{}", made.text("/id"))).await.status, 204);
    assert_eq!(leaked.get("/api/v1/users").await.status, 401);
}

#[tokio::test]
async fn nonsense_is_no_token() {
    let (test, _) = TestApp::with_owner().await;
    let other = "rpt_".to_owned() + &"A".repeat(64);
    for token in ["", "rpt_", "x", other.as_str()] {
        assert_eq!(test.bearer(token).get("/api/v1/users").await.status, 401);
    }
}

#[tokio::test]
async fn a_token_is_no_person() {
    let (_, owner) = TestApp::with_owner().await;
    assert_eq!(owner.get("/api/v1/session").await.problem(), (403, "forbidden".to_owned()));
    assert_eq!(owner.patch("/api/v1/users/me", json!({})).await.status, 403);
    assert_eq!(owner.get("/api/v1/sessions").await.status, 403);
}
