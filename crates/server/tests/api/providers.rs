//! Numbers that somebody else than Meta carries: connecting them, their deliveries, and what they do not offer.

use crate::channels::rewrite;
use crate::harness::{Client, Shop, TestApp};
use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rapport_app::channel::tally;
use rapport_app::ingest::Acceptor;
use serde_json::{Value, json};
use sha1::Sha1;

const SID: &str = "AC0123456789abcdef0123456789abcdef";
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json");
const HERE: &str = "https://chat.shop.example";

/// A good number of each provider.
fn numbers() -> [Value; 4] {
    [
        json!({"kind": "whatsapp", "provider": "dialog360", "phone_number_id": "206", "waba_id": "202", "api_key": "d360-key", "webhook_secret": "sixteen-or-more-letters"}),
        json!({"kind": "whatsapp", "provider": "twilio", "phone_number": "+1 415 523-8886", "account_sid": SID, "auth_token": "auth-token"}),
        json!({"kind": "whatsapp", "provider": "bird", "workspace_id": "space-1", "bird_channel_id": "chan-1", "access_key": "key", "signing_key": "b1rd-s3cret"}),
        json!({"kind": "whatsapp", "provider": "gateway", "phone_number": "+14155238887", "shared_secret": "sixteen-or-more-letters", "base_url": "https://gate.example/wa/"}),
    ]
}

async fn connected(owner: &Client, number: Value) -> Value {
    let added = owner.post("/api/v1/channels", number).await;
    assert_eq!(added.status, 201, "{}", added.body);
    added.body
}

#[tokio::test]
async fn every_provider_is_connected_and_says_what_is_left() {
    let (_, owner) = TestApp::with_owner().await;
    for (number, id, account, base, code) in [
        (0, "206", "202", "https://waba-v2.360dialog.io", "no_events_dialog360"),
        (1, "14155238886", SID, "https://api.twilio.com", "no_events_twilio"),
        (2, "chan-1", "space-1", "https://api.bird.com", "no_events_bird"),
        (3, "14155238887", "gateway-14155238887", "https://gate.example/wa", "no_events_gateway"),
    ] {
        let given = numbers()[number].clone();
        let channel = connected(&owner, given.clone()).await;
        assert_eq!(channel["provider"], given["provider"]);
        assert_eq!((&channel["phone_number_id"], &channel["waba_id"]), (&json!(id), &json!(account)));
        assert_eq!(channel["base_url"], base);
        let codes: Vec<&Value> = channel["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes, ["unreachable", code]);
        assert!(channel["not_offered"].as_array().unwrap().contains(&json!("registration")));
        for secret in ["d360-key", "auth-token", "b1rd-s3cret", "sixteen-or-more-letters"] {
            assert!(!channel.to_string().contains(secret), "secrets are never shown");
        }
    }
    let meta = connected(&owner, crate::channels::number("106", "s")).await;
    assert_eq!((&meta["provider"], &meta["not_offered"]), (&json!("meta"), &json!([])));
    assert_eq!((&meta["not_carried"], &meta["text_max"]), (&json!([]), &json!(4096)));
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let (_, owner) = TestApp::with_owner().await;
    for (number, field, value) in [
        (0, "api_key", json!("")),
        (0, "webhook_secret", json!("short")),
        (0, "waba_id", json!("")),
        (0, "app_secret", json!("Meta's")),
        (1, "account_sid", json!("SM0123")),
        (1, "auth_token", json!("two words")),
        (1, "phone_number", json!("0912345678")),
        (1, "phone_number", json!("shop")),
        (1, "verify_token", json!("x")),
        (2, "workspace_id", json!("../x")),
        (2, "signing_key", json!("")),
        (3, "base_url", json!("")),
        (3, "shared_secret", json!("")),
        (3, "api_key", json!("x")),
        (3, "provider", json!("telegram")),
    ] {
        let mut body = numbers()[number].clone();
        body[field] = value.clone();
        let reply = owner.post("/api/v1/channels", body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{field} {value}: {}", reply.body);
    }
    assert_eq!(owner.get("/api/v1/channels").await.body["items"], json!([]));
}

/// What signs deliveries is as hard to guess afterwards as when the number was connected.
#[tokio::test]
async fn what_signs_deliveries_is_replaced() {
    let (test, owner) = TestApp::with_owner().await;
    for (number, good) in [(0, "another-one-of-sixteen"), (2, "short"), (3, "another-one-of-sixteen")] {
        let id = connected(&owner, numbers()[number].clone()).await["id"].as_str().unwrap().to_owned();
        let replace =
            async |secret: &str| owner.patch(&format!("/api/v1/channels/{id}"), json!({ "app_secret": secret })).await;
        for bad in ["", "two words", "short"].into_iter().filter(|bad| *bad != good) {
            let reply = replace(bad).await;
            assert_eq!((reply.status, reply.text("/field")), (422, "app_secret".to_owned()), "{number} {bad}");
        }
        let reply = replace(good).await;
        assert!(reply.status == 200 && reply.body["previous_secret_until"].is_i64(), "{number}: {}", reply.body);
    }
    // 360dialog sends the one before until it is told.
    let id = owner.get("/api/v1/channels").await.text("/items/0/id");
    rewrite(&test, &id, |row| (row.last_event_at, row.settings) = (Some(1), json!({}))).await;
    let dialog = format!("/api/v1/channels/{id}");
    let here = async || owner.get(&format!("{dialog}/subscription")).await.body["points_here"].clone();
    assert_eq!(here().await, true, "what comes is delivered here");
    for (secret, expected) in [("another-one-of-sixteen", true), ("a-third-one-of-sixteen", false)] {
        assert_eq!(owner.patch(&dialog, json!({ "app_secret": secret })).await.status, 200);
        assert_eq!(here().await, expected, "{secret}");
    }
    let twilio = connected(&owner, numbers()[1].clone()).await["id"].as_str().unwrap().to_owned();
    let reply = owner.patch(&format!("/api/v1/channels/{twilio}"), json!({ "app_secret": "x" })).await;
    assert_eq!((reply.status, reply.text("/field")), (422, "app_secret".to_owned()), "its token signs");
}

#[tokio::test]
async fn what_a_provider_lacks_is_told() {
    let (_, owner) = TestApp::with_owner().await;
    let id = connected(&owner, numbers()[1].clone()).await["id"].as_str().unwrap().to_owned();
    let path = |rest: &str| format!("/api/v1/channels/{id}/{rest}");
    let refused = (422, "not_offered_by_provider".to_owned());
    for rest in ["profile", "qr-codes"] {
        assert_eq!(owner.get(&path(rest)).await.problem(), refused, "{rest}");
    }
    assert_eq!(owner.post(&path("register"), json!({"pin": "123456"})).await.problem(), refused);
    assert_eq!(owner.post(&path("subscribe"), json!({})).await.problem(), refused);
    let token = owner.patch(&format!("/api/v1/channels/{id}"), json!({"verify_token": "x"})).await;
    assert_eq!((token.status, token.text("/field")), (422, "verify_token".to_owned()));
}

/// The shop's number is another provider's from now on.
async fn goes_over(test: &TestApp, shop: &Shop, provider: &str) {
    rewrite(test, &shop.channel.to_string(), |row| row.provider = provider.to_owned()).await;
}

/// The tools beside a message are offered as `not_carried` and `not_offered` say; whoever asks all the same is told the name.
#[tokio::test]
async fn a_reaction_and_a_quote_need_a_provider_that_has_them() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let reaction = json!({ "content": { "type": "reaction", "target": heard.message, "emoji": "👍" } });
    let quote = json!({ "content": { "type": "text", "body": "yes" }, "reply_to": heard.message });
    for (provider, name, reacts, quotes) in [
        ("meta", "Meta", true, true),
        ("dialog360", "360dialog", true, true),
        ("twilio", "Twilio", false, false),
        ("bird", "Bird", false, true),
    ] {
        goes_over(&test, &shop, provider).await;
        let channel = owner.get(&format!("/api/v1/channels/{}", shop.channel)).await.body;
        let lacks = |list: &str, word: &str| channel[list].as_array().unwrap().contains(&json!(word));
        assert_eq!(
            (!lacks("not_carried", "reaction"), !lacks("not_offered", "quotes")),
            (reacts, quotes),
            "{provider}"
        );
        for (body, may) in [(&reaction, reacts), (&quote, quotes)] {
            let reply = owner.post(&path, body.clone()).await;
            if may {
                assert_eq!(reply.status, 202, "{provider}: {}", reply.body);
            } else {
                assert_eq!(reply.problem(), (422, "not_offered_by_provider".to_owned()), "{provider}");
                assert!(reply.text("/detail").contains(name), "{}", reply.body);
            }
        }
    }
}

/// What is too much for the number's provider is refused when it is written, with the limit.
#[tokio::test]
async fn a_text_is_as_long_as_its_provider_takes() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let say = async |body: String| owner.post(&path, json!({ "content": { "type": "text", "body": body } })).await;
    assert_eq!(say("x".repeat(4_096)).await.status, 202);
    goes_over(&test, &shop, "twilio").await;
    let channel = &owner.get(&format!("/api/v1/channels/{}", shop.channel)).await.body;
    assert_eq!(channel["text_max"], 1_600);
    assert!(channel["not_carried"].as_array().unwrap().contains(&json!("interactive/flow")), "{channel}");
    for (body, actual) in [("x".repeat(1_601), "1601"), ("غ".repeat(4_096), "4096"), ("🛍".repeat(801), "1602")] {
        let refused = say(body).await;
        assert_eq!((refused.status, refused.text("/field")), (422, "content.body".to_owned()), "{}", refused.body);
        let told = json!([{ "code": "too_long", "field": "content.body", "limit": "1600", "actual": actual }]);
        assert_eq!(refused.body["problems"], told);
    }
    assert_eq!(say("غ".repeat(1_600)).await.status, 202);
    let flow = json!({ "type": "interactive", "kind": "location_request_message", "body": "Where?", "action": { "name": "send_location" } });
    assert_eq!(
        owner.post(&path, json!({ "content": flow })).await.problem(),
        (422, "not_offered_by_provider".to_owned())
    );
}

fn signature(token: &str, url: &str, sorted: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(format!("{url}{sorted}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn deliveries_are_proved_in_the_providers_way() {
    let (test, owner) = TestApp::with_owner().await;
    let app = &test.app;
    let acceptor =
        Acceptor::start(&app.store, &app.clock, &app.bells.events, &app.pace, &app.shutdown).expect("a thread");
    assert!(app.acceptor.set(acceptor).is_ok());
    let twilio = connected(&owner, numbers()[1].clone()).await["webhook_url"].as_str().unwrap().to_owned();
    let dialog = connected(&owner, numbers()[0].clone()).await["webhook_url"].as_str().unwrap().to_owned();
    let (twilio_path, dialog_path) = (twilio.strip_prefix(HERE).unwrap(), dialog.strip_prefix(HERE).unwrap());
    let form = b"From=whatsapp%3A%2B16505551234&MessageSid=SM1&Body=Hi&To=whatsapp%3A%2B14155238886".to_vec();
    let sorted = "BodyHiFromwhatsapp:+16505551234MessageSidSM1Towhatsapp:+14155238886";
    let signed = |token: &str| test.nobody().with("x-twilio-signature", signature(token, &twilio, sorted));

    let good = signed("auth-token").raw(Method::POST, twilio_path, FORM, form.clone()).await;
    assert_eq!((good.status, good.bytes.len()), (200, 0), "{}", good.body);
    for (name, client) in [
        ("another token", signed("other")),
        ("no signature", test.nobody()),
        ("Meta's signature", test.nobody().with("x-hub-signature-256", "sha256=00")),
    ] {
        assert_eq!(client.raw(Method::POST, twilio_path, FORM, form.clone()).await.status, 401, "{name}");
    }
    let elsewhere = format!("{twilio_path}?rapport=x");
    assert_eq!(
        signed("auth-token").raw(Method::POST, &elsewhere, FORM, form.clone()).await.status,
        401,
        "the query is signed"
    );

    let body = json!({"object": "whatsapp_business_account", "entry": []}).to_string().into_bytes();
    let with = |secret: &str| test.nobody().with("x-rapport-secret", secret.to_owned());
    assert_eq!(with("sixteen-or-more-letters").raw(Method::POST, dialog_path, JSON, body.clone()).await.status, 200);
    assert_eq!(with("wrong").raw(Method::POST, dialog_path, JSON, body.clone()).await.status, 401);
    assert_eq!(with("sixteen-or-more-letters").raw(Method::POST, dialog_path, FORM, form).await.status, 415);
    let handshake = format!("{dialog_path}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=");
    assert_eq!(test.nobody().get(&handshake).await.status, 403, "no token, no handshake");

    tally::flush(&test.app).await;
    let found = owner.get("/api/v1/doctor").await.body;
    let mut counted: Vec<&str> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["check"] == "channel.signature")
        .filter_map(|one| one["values"]["count"].as_str())
        .collect();
    counted.sort_unstable();
    assert_eq!(counted, ["1", "4"], "each at its own door");
}

#[tokio::test]
async fn files_have_links_that_end() {
    let (test, shop, owner) = Shop::open().await;
    let uploaded = shop.upload(&owner, "a.pdf", b"%PDF-1.4 a paper").await;
    assert_eq!(uploaded.status, 201, "{}", uploaded.body);
    let (media, channel) = (uploaded.text("/id"), owner.get("/api/v1/channels").await.text("/items/0/id"));
    let expires = test.app.now().0 + 60_000;
    let opened = test.app.channels.get(channel.parse::<uuid::Uuid>().unwrap().into()).await.unwrap().unwrap();
    let name = format!("{channel}/{media}/{expires}");
    let sum = rapport_connectors::provider::sign_link(opened.secrets.app_secrets[0].expose(), &name);
    let good = test.nobody().get(&format!("/files/{name}/{sum}")).await;
    assert_eq!((good.status, good.bytes.as_slice()), (200, b"%PDF-1.4 a paper".as_slice()));
    assert_eq!(good.header("cache-control"), "private, no-store");
    for (what, path) in [
        ("another moment", format!("/files/{channel}/{media}/{}/{sum}", expires + 1)),
        ("no signature", format!("/files/{name}/00")),
        ("another file", format!("/files/{channel}/{channel}/{expires}/{sum}")),
        ("no channel", format!("/files/{media}/{media}/{expires}/{sum}")),
    ] {
        assert_eq!(test.nobody().get(&path).await.status, 404, "{what}");
    }
}
