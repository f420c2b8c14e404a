//! Signing in, staying in, signing out.

use crate::harness::{PASSWORD, TestApp};
use rapport_core::time::{DAY, HOUR, MINUTE, SECOND};
use serde_json::json;

fn wrong(email: &str) -> serde_json::Value {
    json!({ "email": email, "password": "not the password" })
}

#[tokio::test]
async fn a_person_signs_in_is_known_and_signs_out() {
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await;
    let reply =
        test.nobody().post("/api/v1/session", json!({ "email": " Owner@A.example", "password": PASSWORD })).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["user"]["id"], workspace.owner_id.as_str());
    assert_eq!(reply.body["workspace"]["id"], workspace.id.as_str());
    assert!(reply.body["permissions"].as_array().unwrap().contains(&json!("owner.manage")));
    assert!(!reply.text("/feed_cursor").is_empty());
    let cookie = reply.header("set-cookie");
    for part in ["rapport_session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let browser = test.nobody().with("cookie", reply.cookies()).with("x-rapport-csrf", "1");
    assert_eq!(browser.get("/api/v1/session").await.status, 200);
    let out = browser.delete("/api/v1/session").await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.get("/api/v1/session").await.problem(), (401, "unauthenticated".to_owned()));
}

#[tokio::test]
async fn wrong_unknown_and_disabled_look_the_same() {
    let (test, owner) = TestApp::with_owner().await;
    let agent = test.user(&owner, "agent").await;
    owner.patch(&format!("/api/v1/users/{agent}"), json!({ "disabled": true })).await;
    let mut bodies = Vec::new();
    for body in [
        wrong("owner@a.example"),
        wrong("nobody@a.example"),
        json!({ "email": "agent@a.example", "password": PASSWORD }),
        json!({ "email": "", "password": "" }),
        json!({ "email": "x".repeat(300), "password": "x".repeat(5_000) }),
    ] {
        let reply = test.nobody().post("/api/v1/session", body).await;
        assert_eq!(reply.problem(), (401, "bad_credentials".to_owned()));
        assert_eq!(reply.header("www-authenticate"), "Bearer");
        bodies.push(reply.body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn failures_make_strangers_wait_but_not_a_known_browser() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let known =
        test.nobody().post("/api/v1/session", json!({ "email": "owner@a.example", "password": PASSWORD })).await;
    for _ in 0..6 {
        assert_eq!(test.nobody().post("/api/v1/session", wrong("owner@a.example")).await.status, 401);
    }
    let right = json!({ "email": "owner@a.example", "password": PASSWORD });
    let reply = test.nobody().post("/api/v1/session", right.clone()).await;
    assert_eq!(reply.problem(), (429, "rate_limited".to_owned()));
    assert_eq!(reply.header("retry-after"), "1");
    for _ in 0..6 {
        let reply = test.nobody().post("/api/v1/session", wrong("ghost@a.example")).await;
        assert_eq!(reply.status, 401);
    }
    let ghost = test.nobody().post("/api/v1/session", wrong("ghost@a.example")).await;
    assert_eq!(ghost.status, 429, "an account that does not exist is limited like one that does");
    let browser = test.nobody().with("cookie", known.cookies());
    assert_eq!(browser.post("/api/v1/session", right.clone()).await.status, 200);
    test.clock.advance(SECOND);
    assert_eq!(
        test.nobody().post("/api/v1/session", right).await.status,
        200,
        "the honest user gets in after the wait"
    );
}

#[tokio::test]
async fn a_session_slides_and_ends() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    for _ in 0..3 {
        test.clock.advance(13 * DAY);
        assert_eq!(browser.get("/api/v1/session").await.status, 200);
    }
    test.clock.advance(14 * DAY + HOUR);
    assert_eq!(browser.get("/api/v1/session").await.status, 401);
}

#[tokio::test]
async fn writes_with_the_cookie_need_the_header() {
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    let forged = browser.without("x-rapport-csrf");
    let reply = forged.patch("/api/v1/users/me", json!({ "name": "Mallory" })).await;
    assert_eq!(reply.problem(), (403, "csrf_missing".to_owned()));
    assert_eq!(forged.delete("/api/v1/session").await.status, 403);
    assert_eq!(forged.get("/api/v1/session").await.status, 200, "reading needs none");
    assert_eq!(browser.patch("/api/v1/users/me", json!({ "name": "Amal" })).await.status, 200);
    let program = test.bearer(&workspace.token);
    assert_eq!(program.post("/api/v1/teams", json!({ "name": "x" })).await.status, 201, "a token needs none");
}

#[tokio::test]
async fn a_wrong_token_is_not_rescued_by_the_cookie() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    for header in ["Bearer rpt_x", "Basic abc", "Bearer", ""] {
        assert_eq!(browser.with("authorization", header).get("/api/v1/session").await.status, 401, "{header}");
    }
}

#[tokio::test]
async fn sessions_are_listed_and_revoked() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let (one, two) = (test.browser("owner@a.example").await, test.browser("owner@a.example").await);
    let list = one.get("/api/v1/sessions").await;
    let items = list.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|item| item["current"] == false).unwrap()["id"].as_str().unwrap();
    assert_eq!(one.delete(&format!("/api/v1/sessions/{other}")).await.status, 204);
    assert_eq!(two.get("/api/v1/session").await.status, 401);
    assert_eq!(one.delete(&format!("/api/v1/sessions/{other}")).await.status, 404);
}

#[tokio::test]
async fn signing_in_again_replaces_the_session() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    let again = browser.post("/api/v1/session", json!({ "email": "owner@a.example", "password": PASSWORD })).await;
    assert_eq!(again.status, 200);
    assert_eq!(browser.get("/api/v1/session").await.status, 401, "a preset or old session does not live on");
}

#[tokio::test]
async fn a_changed_password_ends_every_session() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let (one, two) = (test.browser("owner@a.example").await, test.browser("owner@a.example").await);
    let new = "a new long password";
    let path = "/api/v1/users/me/password";
    let reply = one.post(path, json!({ "current": "wrong", "new": new })).await;
    assert_eq!((reply.problem(), reply.text("/field")), ((422, "invalid".to_owned()), "current".to_owned()));
    let reply = one.post(path, json!({ "current": PASSWORD, "new": "short" })).await;
    assert_eq!(reply.text("/field"), "new");
    let reply = one.post(path, json!({ "current": PASSWORD, "new": new })).await;
    assert_eq!(reply.status, 204);
    for old in [&one, &two] {
        assert_eq!(old.get("/api/v1/session").await.status, 401);
    }
    let renewed = test.nobody().with("cookie", reply.cookies());
    assert_eq!(renewed.get("/api/v1/session").await.status, 200);
    test.clock.advance(MINUTE);
    assert_eq!(
        test.nobody().post("/api/v1/session", json!({ "email": "owner@a.example", "password": PASSWORD })).await.status,
        401
    );
    assert_eq!(
        test.nobody().post("/api/v1/session", json!({ "email": "owner@a.example", "password": new })).await.status,
        200
    );
}
