//! Sessions that others try to choose, take or use from elsewhere (`perf-reliability.md` F43).

use crate::harness::{Client, PASSWORD, TestApp};
use axum::http::Method;
use futures::StreamExt;
use serde_json::json;
use std::time::{Duration, Instant};

const SESSION: &str = "/api/v1/session";

fn right() -> serde_json::Value {
    json!({ "email": "owner@a.example", "password": PASSWORD })
}

fn session_of(cookies: &str) -> String {
    let found = cookies.split("; ").find_map(|part| part.strip_prefix("rapport_session="));
    found.unwrap_or_else(|| panic!("no session in {cookies}")).to_owned()
}

#[tokio::test]
async fn a_session_id_that_somebody_chose_is_not_taken() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let planted = "rapport_session=0123456789abcdef0123456789abcdef0123456789a";
    let victim = test.nobody().with("cookie", planted).with("x-rapport-csrf", "1");
    assert_eq!(victim.get(SESSION).await.status, 401);
    let signed_in = victim.post(SESSION, right()).await;
    assert_eq!(signed_in.status, 200);
    let given = session_of(&signed_in.cookies());
    assert!(!planted.contains(&given) && given.len() >= 32, "an id of the server's own");
    assert_eq!(victim.get(SESSION).await.status, 401, "the planted id leads nowhere");
    // Every sign-in has an id of its own.
    let again = test.nobody().post(SESSION, right()).await;
    assert_ne!(session_of(&again.cookies()), given);
}

#[tokio::test]
async fn what_changes_a_persons_power_ends_their_sessions() {
    let (test, owner) = TestApp::with_owner().await;
    let agent = test.user(&owner, "agent").await;
    let path = format!("/api/v1/users/{agent}");
    let new_password = "another long password";
    for (change, password) in [
        (json!({ "role": "supervisor" }), PASSWORD),
        (json!({ "role": "viewer" }), PASSWORD),
        (json!({ "password": new_password }), new_password),
    ] {
        let body = json!({ "email": "agent@a.example", "password": PASSWORD });
        let before = test.nobody().post(SESSION, body).await;
        assert_eq!(before.status, 200);
        let browser = test.nobody().with("cookie", before.cookies()).with("x-rapport-csrf", "1");
        assert_eq!(browser.get(SESSION).await.status, 200);
        assert_eq!(owner.patch(&path, change.clone()).await.status, 200, "{change}");
        assert_eq!(browser.get(SESSION).await.status, 401, "{change}");
        let after = test.nobody().post(SESSION, json!({ "email": "agent@a.example", "password": password })).await;
        assert_eq!(after.status, 200, "{change}");
        assert_ne!(session_of(&before.cookies()), session_of(&after.cookies()), "{change}");
    }
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    let theirs: [&[(&'static str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example"), ("host", "desk.example")],
        &[("origin", "null"), ("host", "desk.example")],
    ];
    for headers in theirs {
        let with =
            |client: &Client| headers.iter().fold(client.clone(), |client, (name, value)| client.with(name, *value));
        let forged = with(&browser);
        let refused = (403, "csrf_missing".to_owned());
        assert_eq!(forged.patch("/api/v1/users/me", json!({ "name": "Mallory" })).await.problem(), refused);
        assert_eq!(forged.delete(SESSION).await.problem(), refused);
        assert_eq!(
            with(&test.nobody()).post(SESSION, right()).await.problem(),
            refused,
            "nobody is signed in unawares"
        );
        let program = with(&test.bearer(&workspace.token));
        let team = json!({ "name": format!("team of {}", headers[0].1) });
        assert_eq!(program.post("/api/v1/teams", team).await.status, 201, "a program says who it is");
        // A form can only send these; none of them is read as what the API takes.
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let body = right().to_string().into_bytes();
            let reply = test.nobody().raw(Method::POST, SESSION, Some(kind), body).await;
            assert_eq!(reply.status, 415, "{kind}");
        }
    }
    let own = browser.with("sec-fetch-site", "same-origin").with("origin", "https://desk.example");
    assert_eq!(own.patch("/api/v1/users/me", json!({ "name": "Amal" })).await.status, 200);
}

/// Reads a feed to its end.
async fn ended(body: axum::body::Body) {
    let mut stream = body.into_data_stream();
    while let Some(piece) = stream.next().await {
        piece.unwrap();
    }
}

#[tokio::test]
async fn signing_out_everywhere_closes_every_feed_within_five_seconds() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let (one, two) = (test.browser("owner@a.example").await, test.browser("owner@a.example").await);
    let feeds = [one.open("/api/v1/events").await, two.open("/api/v1/events").await];
    let reply =
        one.post("/api/v1/users/me/password", json!({ "current": PASSWORD, "new": "a new long password" })).await;
    assert_eq!(reply.status, 204);
    let began = Instant::now();
    for feed in feeds {
        tokio::time::timeout(Duration::from_secs(5), ended(feed)).await.expect("an end within 5 s");
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}
