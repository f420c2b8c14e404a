//! Standby routes of channels: chosen, looked at, switched by hand.

use crate::channels::number;
use crate::harness::{Client, Reply, TestApp};
use axum::http::Method;
use serde_json::{Value, json};

async fn put(client: &Client, path: &str, body: Value) -> Reply {
    client.send(Method::PUT, path, Some(body)).await
}

async fn two(owner: &Client) -> (String, String) {
    let one = owner.post("/api/v1/channels", number("106", "s")).await.text("/id");
    let two = owner.post("/api/v1/channels", number("107", "s")).await.text("/id");
    (one, two)
}

#[tokio::test]
async fn a_standby_is_chosen_and_dropped() {
    let (_, owner) = TestApp::with_owner().await;
    let (one, two) = two(&owner).await;
    let path = format!("/api/v1/channels/{one}/route");
    let none = owner.get(&path).await;
    assert_eq!(none.status, 200, "{}", none.body);
    assert_eq!((&none.body["state"], &none.body["active"]), (&json!("none"), &json!("primary")));
    assert_eq!((&none.body["slow_ms"], &none.body["probe_every_seconds"]), (&json!(1_500), &json!(3_600)));
    let set = put(&owner, &path, json!({ "standby_channel_id": two, "probe_every_seconds": 600 })).await;
    assert_eq!(set.status, 200, "{}", set.body);
    assert_eq!((&set.body["standby_channel_id"], &set.body["state"]), (&json!(two), &json!("healthy")));
    assert_eq!((&set.body["probe_every_seconds"], &set.body["probe_suspicious_seconds"]), (&json!(600), &json!(60)));
    assert_eq!(set.body["same_number"], false, "nobody knows their numbers yet");
    let audit = owner.get("/api/v1/audit?target_kind=channel").await;
    assert_eq!(audit.body["items"][0]["action"], "channel.route_changed");
    let dropped = put(&owner, &path, json!({ "standby_channel_id": null })).await;
    assert_eq!((&dropped.body["standby_channel_id"], &dropped.body["state"]), (&Value::Null, &json!("none")));
}

#[tokio::test]
async fn what_is_wrong_about_a_route_is_named() {
    let (test, owner) = TestApp::with_owner().await;
    let (one, two) = two(&owner).await;
    let path = format!("/api/v1/channels/{one}/route");
    let elsewhere = test.workspace("b").await;
    let stranger = test.bearer(&elsewhere.token).post("/api/v1/channels", number("108", "s")).await.text("/id");
    for (field, value) in [
        ("standby_channel_id", json!(one)),
        ("standby_channel_id", json!(stranger)),
        ("slow_ms", json!(10)),
        ("slow_ms", json!(60_000)),
        ("probe_every_seconds", json!(1)),
        ("probe_suspicious_seconds", json!(0)),
    ] {
        let mut body = json!({ "standby_channel_id": two });
        body[field] = value.clone();
        let reply = put(&owner, &path, body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{field} {value}: {}", reply.body);
    }
    let switched = owner.post(&format!("{path}/switch"), json!({ "to": "standby" })).await;
    assert_eq!(switched.problem().1, "no_standby");
}

#[tokio::test]
async fn a_person_switches_and_goes_back() {
    let (_, owner) = TestApp::with_owner().await;
    let (one, two) = two(&owner).await;
    let path = format!("/api/v1/channels/{one}/route");
    put(&owner, &path, json!({ "standby_channel_id": two })).await;
    let over = owner.post(&format!("{path}/switch"), json!({ "to": "standby" })).await;
    assert_eq!(over.status, 200, "{}", over.body);
    assert_eq!((&over.body["state"], &over.body["pinned"]), (&json!("failed_over"), &json!(true)));
    assert_eq!(over.body["reason"], "by_hand");
    let told = owner.get(&format!("/api/v1/channels/{one}/timeline")).await;
    assert_eq!(told.body["items"][0]["kind"], "route_by_hand");
    let found = owner.post(&format!("/api/v1/channels/{one}/check"), json!({})).await;
    let findings = found.body["findings"].as_array().unwrap();
    assert!(findings.iter().any(|one| one["check"] == "channel.route" && one["code"] == "by_hand"), "{}", found.body);
    let back = owner.post(&format!("{path}/switch"), json!({ "to": "primary" })).await;
    assert_eq!((&back.body["state"], &back.body["active"]), (&json!("healthy"), &json!("primary")));
    let told = owner.get(&format!("/api/v1/channels/{one}/timeline")).await;
    assert_eq!(told.body["items"][0]["kind"], "route_returned");
}
