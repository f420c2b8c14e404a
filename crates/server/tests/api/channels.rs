//! Channels: connecting, changing and disconnecting numbers, with a provider that cannot be reached.

use crate::harness::TestApp;
use rapport_connectors::provider::Kind;
use rapport_store::channel::ChannelRow;
use serde_json::{Value, json};

/// A number to be connected.
pub fn number(phone_number_id: &str, app_secret: &str) -> Value {
    json!({
        "kind": "whatsapp", "phone_number_id": phone_number_id, "waba_id": "2", "access_token": "first-token",
        "app_secret": app_secret, "verify_token": "verify-me",
    })
}

/// Changes what is stored of a channel, as nobody else does.
pub async fn rewrite(test: &TestApp, id: &str, change: impl FnOnce(&mut ChannelRow)) {
    let id = rapport_core::ChannelId(id.parse().unwrap());
    let row = rapport_store::channel::find(&test.app.store, id).await.unwrap().unwrap();
    let tx = test.app.store.workspace(rapport_core::WorkspaceId(row.workspace_id)).write().await.unwrap();
    let mut row = rapport_store::channel::get_for_write(&tx, id).await.unwrap().unwrap();
    change(&mut row);
    rapport_store::channel::update(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    test.app.channels.forget();
}

#[tokio::test]
async fn a_number_is_connected_without_the_provider() {
    let (test, owner) = TestApp::with_owner().await;
    let added = owner.post("/api/v1/channels", number("106", "s")).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let id = added.text("/id");
    assert_eq!(added.text("/webhook_url"), format!("https://chat.shop.example/webhooks/whatsapp/{id}"));
    assert_eq!(added.text("/base_url"), "https://graph.facebook.com");
    let codes: Vec<&str> =
        added.body["findings"].as_array().unwrap().iter().filter_map(|one| one["code"].as_str()).collect();
    assert_eq!(codes, ["unreachable", "not_verified"], "what is left to do is told");
    let listed = owner.get("/api/v1/channels").await;
    assert_eq!((&listed.body["items"][0]["id"], &listed.body["next_cursor"]), (&json!(id), &Value::Null));
    assert_eq!(owner.get(&format!("/api/v1/channels/{id}")).await.body["status"], "active");
    let text = format!("{}{}", added.body, listed.body);
    assert!(!text.contains("first-token") && !text.contains("verify-me"), "secrets are never shown");
    let jobs = test.app.store.queue().claim("channel", 10, test.app.now(), 1_000).await.unwrap();
    assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["sync_templates"]);
    let audit = owner.get("/api/v1/audit?target_kind=channel").await;
    assert_eq!(audit.body["items"][0]["action"], "channel.added");
    assert!(!audit.body.to_string().contains("first-token"));
}

#[tokio::test]
async fn wrong_values_are_named() {
    let (_, owner) = TestApp::with_owner().await;
    for (field, value) in [
        ("kind", json!("telegram")),
        ("name", json!(" ")),
        ("phone_number_id", json!("")),
        ("phone_number_id", json!("1/../2")),
        ("waba_id", json!("a b")),
        ("access_token", json!("")),
        ("access_token", json!("two words")),
        ("app_secret", json!("ключ")),
        ("verify_token", json!("line\nbreak")),
        ("base_url", json!("ftp://graph.example")),
        ("base_url", json!("https://graph.example/?x=1")),
    ] {
        let mut body = number("106", "s");
        body[field] = value.clone();
        let reply = owner.post("/api/v1/channels", body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{field} {value}: {}", reply.body);
    }
    assert_eq!(owner.get("/api/v1/channels").await.body["items"], json!([]));
}

#[tokio::test]
async fn a_number_is_connected_once_and_comes_back_as_itself() {
    let (_, owner) = TestApp::with_owner().await;
    let id = owner.post("/api/v1/channels", number("106", "s")).await.text("/id");
    let again = owner.post("/api/v1/channels", number("106", "t")).await;
    assert_eq!(again.problem(), (409, "number_connected".to_owned()));
    let path = format!("/api/v1/channels/{id}");
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!((owner.get(&path).await.status, owner.delete(&path).await.status), (404, 404));
    assert_eq!(owner.patch(&path, json!({ "status": "active" })).await.status, 404);
    assert_eq!(owner.get("/api/v1/channels").await.body["items"], json!([]));
    let back = owner.post("/api/v1/channels", number("106", "t")).await;
    assert_eq!((back.status, back.text("/id")), (201, id), "its conversations are found again");
}

/// The same number through two providers is two channels, of which one may stand by for the other.
#[tokio::test]
async fn a_number_is_connected_once_at_each_provider() {
    let (test, owner) = TestApp::with_owner().await;
    let meta = owner.post("/api/v1/channels", number("106", "s")).await.text("/id");
    let other = json!({ "kind": "whatsapp", "provider": "dialog360", "phone_number_id": "106", "waba_id": "102",
        "api_key": "key", "webhook_secret": "sixteen-or-more-letters" });
    let added = owner.post("/api/v1/channels", other.clone()).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let standby = added.text("/id");
    assert_ne!(standby, meta);
    for again in [number("106", "t"), other.clone()] {
        assert_eq!(owner.post("/api/v1/channels", again).await.problem(), (409, "number_connected".to_owned()));
    }
    let route = json!({ "standby_channel_id": standby });
    let set = owner.send(axum::http::Method::PUT, &format!("/api/v1/channels/{meta}/route"), Some(route)).await;
    assert_eq!((set.status, &set.body["same_number"]), (200, &json!(true)), "{}", set.body);
    // A delivery that names a number finds the one of its own provider.
    let open = test.app.channels.get(rapport_core::ChannelId(meta.parse().unwrap())).await.unwrap().unwrap();
    for (provider, expected) in [(Kind::Meta, Some(&meta)), (Kind::Dialog360, Some(&standby)), (Kind::Twilio, None)] {
        let found = test.app.channels.by_number(open.workspace, provider, "106").await.unwrap();
        assert_eq!(found.map(|channel| channel.id.to_string()).as_ref(), expected, "{provider:?}");
    }
    let path = format!("/api/v1/channels/{standby}");
    assert_eq!(owner.delete(&path).await.status, 204);
    let back = owner.post("/api/v1/channels", other).await;
    assert_eq!((back.status, back.text("/id")), (201, standby), "it comes back as itself");
}

#[tokio::test]
async fn a_channel_is_changed() {
    let (test, owner) = TestApp::with_owner().await;
    let id = owner.post("/api/v1/channels", number("106", "s")).await.text("/id");
    let path = format!("/api/v1/channels/{id}");
    let changed = owner.patch(&path, json!({ "name": "Shop", "status": "paused", "daily_limit": 1000 })).await;
    let view = |name: &str| changed.body[name].clone();
    assert_eq!((view("name"), view("status"), view("daily_limit")), (json!("Shop"), json!("paused"), json!(1000)));
    assert_eq!(owner.patch(&path, json!({ "name": "Store" })).await.body["daily_limit"], 1000, "left out stays");
    assert_eq!(owner.patch(&path, json!({ "daily_limit": null })).await.body["daily_limit"], Value::Null);
    assert_eq!(owner.patch(&path, json!({ "daily_limit": 0 })).await.text("/field"), "daily_limit");
    assert_eq!(owner.patch(&path, json!({ "status": "error" })).await.status, 400);

    let channel = rapport_core::ChannelId(id.parse().unwrap());
    test.clock.advance(40 * 86_400_000);
    assert_eq!(owner.get(&path).await.body["token_age_days"], 40);
    let untried = owner.patch(&path, json!({ "access_token": "second-token" })).await;
    assert_eq!(untried.problem(), (422, "provider_unavailable".to_owned()), "a token is tried before it is taken");
    let open = test.app.channels.get(channel).await.unwrap().unwrap();
    assert_eq!(open.secrets.access_token.expose(), "first-token");
}

#[tokio::test]
async fn checks_and_templates_say_what_keeps_them() {
    let (_, owner) = TestApp::with_owner().await;
    let id = owner.post("/api/v1/channels", number("106", "s")).await.text("/id");
    let checked = owner.post(&format!("/api/v1/channels/{id}/check"), Value::Null).await;
    let states: Vec<(String, String)> = checked.body["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["check"].as_str().unwrap().to_owned(), one["code"].as_str().unwrap().to_owned()))
        .collect();
    assert!(states.contains(&("channel.number".to_owned(), "unreachable".to_owned())), "{states:?}");
    let channel = owner.get(&format!("/api/v1/channels/{id}")).await;
    assert!(channel.text("/last_error").contains("blocked"));
    let sync = owner.post(&format!("/api/v1/channels/{id}/templates/sync"), Value::Null).await;
    assert_eq!(sync.problem(), (422, "provider_unavailable".to_owned()));
    let templates = owner.get(&format!("/api/v1/templates?channel_id={id}&status=approved&q=order")).await;
    assert_eq!(templates.body, json!({ "items": [], "next_cursor": null }));
    assert_eq!(owner.get("/api/v1/templates?channel_id=00000000-0000-7000-8000-000000000000").await.status, 404);
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong_worst_first() {
    let (test, owner) = TestApp::with_owner().await;
    owner.post("/api/v1/channels", number("106", "s")).await;
    test.app.pulse.beat("senders", std::time::Duration::ZERO);
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    let found = owner.get("/api/v1/doctor").await;
    let findings = found.body["findings"].as_array().unwrap();
    let of = |check: &str| {
        findings.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("{check}: {}", found.body))
    };
    assert_eq!((&findings[0]["check"], &findings[0]["state"]), (&json!("workers"), &json!("blocking")));
    for (check, code) in [
        ("database", "ok"),
        ("data_folder", "ok"),
        ("clock", "ok"),
        ("public_url", "ok"),
        ("events", "ok"),
        ("sending", "ok"),
        ("channel.number", "unreachable"),
        ("channel.templates", "none"),
    ] {
        assert_eq!(of(check)["code"], code, "{check}");
    }
    assert_eq!(of("channel.number")["subject"]["kind"], "channel");
    assert_eq!(of("database")["subject"], Value::Null);
}
