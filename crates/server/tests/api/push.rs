//! Notices on one's own devices over the API, and the files of the installed app.

use crate::harness::{Client, TestApp};
use serde_json::{Value, json};

const KEY: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

pub fn subscription(place: &str) -> Value {
    json!({ "endpoint": format!("https://push.example/{place}"), "p256dh": KEY, "auth": "BTBZMqHH6r4Tts7J_aSIgg" })
}

async fn devices(client: &Client) -> Vec<Value> {
    client.get("/api/v1/push").await.body["devices"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_browser_is_one_device_of_the_person_who_is_signed_in() {
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await;
    let (one, two) = (test.browser("owner@a.example").await, test.browser("owner@a.example").await);
    let key = one.get("/api/v1/push").await.text("/public_key");
    assert_eq!((key.len(), two.get("/api/v1/push").await.text("/public_key")), (87, key));
    let made = one.put("/api/v1/push/subscriptions", subscription("one")).await;
    assert_eq!((made.status, &made.body["current"]), (200, &json!(true)), "{}", made.body);
    assert_eq!(made.body["wants"], json!({ "mine": true, "mentions": true, "team": false, "hide_text": false }));
    let mut changed = subscription("one");
    changed["wants"] = json!({ "mine": true, "mentions": false, "team": true, "hide_text": true });
    let again = one.put("/api/v1/push/subscriptions", changed).await;
    assert_eq!((again.text("/id"), &again.body["wants"]["hide_text"]), (made.text("/id"), &json!(true)));
    let kept = one.put("/api/v1/push/subscriptions", subscription("moved")).await;
    assert_eq!((kept.text("/id"), &kept.body["wants"]["team"]), (made.text("/id"), &json!(true)), "a new address");
    two.put("/api/v1/push/subscriptions", subscription("two")).await;
    let all = devices(&two).await;
    assert_eq!(all.iter().map(|device| device["current"].clone()).collect::<Vec<_>>(), [json!(true), json!(false)]);
    let program = test.bearer(&workspace.token);
    assert_eq!(program.get("/api/v1/push").await.status, 403, "programs have no devices");
    assert_eq!(one.delete(&format!("/api/v1/push/subscriptions/{}", made.text("/id"))).await.status, 204);
    assert_eq!(devices(&one).await.len(), 1);
    two.delete("/api/v1/session").await;
    assert!(devices(&one).await.is_empty(), "signed out");
}

#[tokio::test]
async fn addresses_of_other_kinds_and_broken_keys_are_refused() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    for (field, value) in [("endpoint", "ftp://push.example/x"), ("p256dh", "AAAA"), ("auth", "AAAA")] {
        let mut given = subscription("x");
        given[field] = json!(value);
        let reply = browser.put("/api/v1/push/subscriptions", given).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{}", reply.body);
    }
    assert!(devices(&browser).await.is_empty());
}

#[tokio::test]
async fn ten_devices_and_no_more() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let mut last = test.browser("owner@a.example").await;
    for place in 0..10 {
        last = test.browser("owner@a.example").await;
        assert_eq!(last.put("/api/v1/push/subscriptions", subscription(&place.to_string())).await.status, 200);
    }
    let another = test.browser("owner@a.example").await;
    let reply = another.put("/api/v1/push/subscriptions", subscription("more")).await;
    assert_eq!(reply.problem(), (422, "too_many_devices".to_owned()));
    assert_eq!(last.put("/api/v1/push/subscriptions", subscription("9")).await.status, 200, "its own again");
}

#[tokio::test]
async fn a_test_that_fails_is_told_and_remembered() {
    let test = TestApp::new().await;
    test.workspace("a").await;
    let browser = test.browser("owner@a.example").await;
    let id = browser.put("/api/v1/push/subscriptions", subscription("x")).await.text("/id");
    let path = format!("/api/v1/push/subscriptions/{id}/test");
    let reply = browser.post(&path, json!({})).await;
    assert_eq!(reply.problem(), (422, "push_failed".to_owned()));
    assert!(devices(&browser).await[0]["failed_at"].is_i64());
    assert_eq!(browser.post(&path, json!({})).await.status, 429, "not over and over");
}

#[tokio::test]
async fn the_installed_app_has_its_files() {
    let test = TestApp::new().await;
    for (path, kind) in [
        ("/sw.js", "text/javascript"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/manifest.ar.webmanifest", "application/manifest+json"),
        ("/offline.html", "text/html"),
        ("/icons/maskable-512.png", "image/png"),
    ] {
        let reply = test.nobody().get(path).await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-cache"), "{path}");
        assert!(reply.header("content-type").starts_with(kind), "{path}: {}", reply.header("content-type"));
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("worker-src 'self'") && policy.contains("manifest-src 'self'"));
    }
}
