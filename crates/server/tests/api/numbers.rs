//! A number at the provider: its timeline, profile, registration, links, blocks, where it delivers, its token.

use crate::channels::rewrite;
use crate::harness::{Client, Shop, TestApp};
use axum::http::Method;
use futures::future::BoxFuture;
use rapport_connectors::http::{Executor, Failure, Request, Response, Streamed};
use rapport_core::inbound::AccountEvent;
use rapport_core::{ContactId, MessageId};
use rapport_store::reach::Reach;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWrite;

/// Answers by operation, and remembers what was asked; what is not scripted cannot be reached.
#[derive(Default)]
struct Provider {
    answers: Mutex<HashMap<&'static str, (u16, Value)>>,
    asked: Mutex<Vec<(&'static str, Method, Value)>>,
}

impl Provider {
    fn says(&self, operation: &'static str, status: u16, body: Value) {
        self.answers.lock().unwrap().insert(operation, (status, body));
    }

    fn refuses(&self, operation: &'static str, code: i64, message: &str) {
        self.says(operation, 400, json!({ "error": { "message": message, "code": code } }));
    }

    /// The bodies of the calls of an operation.
    fn got(&self, operation: &str) -> Vec<Value> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(name, ..)| *name == operation).map(|(_, _, body)| body.clone()).collect()
    }
}

impl Executor for Provider {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        let method = request.method.as_str().parse().unwrap();
        let body = request.json().unwrap_or_default();
        self.asked.lock().unwrap().push((request.operation, method, body));
        let known = self.answers.lock().unwrap().get(request.operation).cloned();
        Box::pin(async move {
            let (status, body) = known.ok_or_else(|| Failure::NotSent("no route".to_owned()))?;
            Ok(Response::new(status, &[], body.to_string()))
        })
    }

    fn stream<'a>(
        &'a self,
        _: Request,
        _: &'a mut (dyn AsyncWrite + Unpin + Send),
        _: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        Box::pin(async { Err(Failure::NotSent("no files in this test".to_owned())) })
    }
}

struct Scene {
    test: TestApp,
    shop: Shop,
    owner: Client,
    provider: Arc<Provider>,
    path: String,
}

fn number(callback: Value) -> Value {
    json!({ "id": "100", "status": "CONNECTED", "quality_rating": "GREEN", "webhook_configuration": callback })
}

async fn scene() -> Scene {
    let provider = Arc::new(Provider::default());
    let (test, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    let path = format!("/api/v1/channels/{}", shop.channel);
    let scopes = ["whatsapp_business_messaging", "whatsapp_business_management"];
    provider.says("debug_token", 200, json!({ "data": { "is_valid": true, "app_id": "1", "scopes": scopes } }));
    provider.says("number", 200, number(json!({})));
    Scene { test, shop, owner, provider, path }
}

#[tokio::test]
async fn what_happens_to_the_account_is_a_timeline_with_advice() {
    let Scene { test, shop, owner, path, .. } = scene().await;
    let channel = test.app.channels.get(shop.channel).await.unwrap().unwrap();
    let restricted = AccountEvent::Notice {
        field: "account_update".to_owned(),
        code: "ACCOUNT_RESTRICTION".to_owned(),
        summary: "Account: restriction: restricted biz initiated messaging".to_owned(),
        blocking: true,
    };
    let paused = AccountEvent::TemplateStatus {
        id: "7".to_owned(),
        name: "order".to_owned(),
        language: "en_US".to_owned(),
        status: "PAUSED".to_owned(),
        reason: None,
    };
    for event in [restricted, paused] {
        test.clock.advance(60_000);
        let now = test.app.now();
        let tx = shop.scope().write().await.unwrap();
        rapport_app::channel::account::note(&tx, &channel, &event, now).await.unwrap();
        tx.commit().await.unwrap();
    }
    let first = owner.get(&format!("{path}/timeline?limit=1")).await;
    assert_eq!(first.body["items"][0]["kind"], "template_paused", "{}", first.body);
    assert_eq!(first.body["items"][0]["values"]["name"], "order");
    let next = owner.get(&format!("{path}/timeline?limit=1&cursor={}", first.text("/next_cursor"))).await;
    let line = &next.body["items"][0];
    assert_eq!((&line["kind"], &line["severity"]), (&json!("account_restricted"), &json!("severe")));
    assert_eq!(line["advice"], "account_restricted");
    assert!(line["advice_text"].as_str().unwrap().contains("Account quality"));
    assert_eq!(next.body["next_cursor"], Value::Null);
    assert_eq!(owner.get(&path).await.body["status"], "error", "a restriction stops sending");
    let found = owner.post(&format!("{path}/check"), Value::Null).await;
    let trouble = found.body["findings"].as_array().unwrap().iter().find(|one| one["check"] == "channel.account");
    assert!(trouble.unwrap()["cause"].as_str().unwrap().contains("(1 min ago)"), "{}", found.body);
}

#[tokio::test]
async fn the_profile_is_read_and_changed_within_limits() {
    let Scene { owner, provider, path, .. } = scene().await;
    let path = format!("{path}/profile");
    assert_eq!(owner.get(&path).await.problem(), (422, "provider_unavailable".to_owned()));
    let kept = json!({ "about": "Clothes", "websites": ["https://shop.example"], "vertical": "RETAIL" });
    provider.says("profile", 200, json!({ "data": [kept] }));
    let seen = owner.get(&path).await;
    assert_eq!((&seen.body["about"], &seen.body["email"]), (&json!("Clothes"), &json!("")));
    for (field, value) in [
        ("about", json!("")),
        ("about", json!("x".repeat(140))),
        ("address", json!("x".repeat(257))),
        ("description", json!("x".repeat(513))),
        ("email", json!("nobody")),
        ("websites", json!(["https://a.example", "https://b.example", "https://c.example"])),
        ("websites", json!(["shop.example"])),
        ("vertical", json!("PIRACY")),
    ] {
        let refused = owner.patch(&path, json!({ field: value })).await;
        assert_eq!((refused.status, refused.text("/field")), (422, field.to_owned()), "{}", refused.body);
    }
    let long = owner.patch(&path, json!({ "about": "x".repeat(140) })).await;
    assert_eq!(long.text("/detail"), "about must be 1 to 139 characters, but it is 140 characters");
    assert_eq!(provider.got("profile_update"), Vec::<Value>::new(), "nothing of this reached the provider");
    provider.says("profile_update", 200, json!({ "success": true }));
    assert_eq!(owner.patch(&path, json!({ "about": " Fine clothes ", "address": "" })).await.status, 200);
    let sent = json!({ "messaging_product": "whatsapp", "about": "Fine clothes", "address": "" });
    assert_eq!(provider.got("profile_update"), [sent]);
}

#[tokio::test]
async fn a_number_is_registered_and_refusals_are_explained() {
    let Scene { owner, provider, path, .. } = scene().await;
    let register = format!("{path}/register");
    for (pin, found) in
        [("12345", "5 characters"), ("abcdef", "other than digits"), ("１２３４５６", "other than digits")]
    {
        let wrong = owner.post(&register, json!({ "pin": pin })).await;
        assert_eq!((wrong.status, wrong.text("/field")), (422, "pin".to_owned()), "{pin}");
        let detail = wrong.text("/detail");
        assert!(detail.starts_with("pin must be six digits") && detail.contains(found), "{detail}");
        assert!(!detail.contains(pin), "a PIN is not repeated");
    }
    provider.refuses("register", 133_005, "Two step verification PIN Mismatch");
    let refused = owner.post(&register, json!({ "pin": "111111" })).await;
    assert_eq!(refused.problem(), (422, "provider_refused".to_owned()));
    assert_eq!(refused.body["provider_code"], 133_005);
    assert!(refused.text("/detail").starts_with("The PIN of the number is wrong. Reset the PIN"), "{}", refused.body);
    provider.says("register", 200, json!({ "success": true }));
    assert_eq!(owner.post(&register, json!({ "pin": "482913" })).await.status, 200);
    provider.says("request_code", 200, json!({ "success": true }));
    let asked = owner.post(&format!("{path}/request-code"), json!({ "method": "voice", "language": "ar" })).await;
    assert_eq!(asked.status, 204);
    assert_eq!(provider.got("request_code"), [json!({ "code_method": "VOICE", "language": "ar" })]);
    provider.refuses("verify_code", 136_025, "Verify code error");
    assert_eq!(owner.post(&format!("{path}/verify-code"), json!({ "code": "000000" })).await.status, 422);
    provider.says("deregister", 200, json!({ "success": true }));
    assert_eq!(owner.post(&format!("{path}/deregister"), Value::Null).await.status, 200);
    let audit = owner.get("/api/v1/audit?target_kind=channel").await.body.to_string();
    assert!(audit.contains("channel.registered") && audit.contains("channel.deregistered"));
    assert!(!audit.contains("482913"), "the PIN is kept nowhere");
}

#[tokio::test]
async fn short_links_are_made_changed_and_removed() {
    let Scene { owner, provider, path, .. } = scene().await;
    let path = format!("{path}/qr-codes");
    let link = |text: &str| json!({ "code": "4O4YGZEG3RIVE1", "prefilled_message": text, "deep_link_url": "https://wa.me/message/4O4YGZEG3RIVE1" });
    provider.says("qr_code_save", 200, link("Hello"));
    let made = owner.post(&path, json!({ "text": "Hello" })).await;
    assert_eq!((made.status, made.text("/link")), (201, "https://wa.me/message/4O4YGZEG3RIVE1".to_owned()));
    assert_eq!(owner.post(&path, json!({ "text": "x".repeat(141) })).await.text("/field"), "text");
    provider.says("qr_codes", 200, json!({ "data": [link("Hello")] }));
    assert_eq!(owner.get(&path).await.body["items"][0]["text"], "Hello");
    let one = format!("{path}/4O4YGZEG3RIVE1");
    assert_eq!(owner.patch(&one, json!({ "text": "Hi" })).await.status, 200);
    assert_eq!(provider.got("qr_code_save")[1], json!({ "prefilled_message": "Hi", "code": "4O4YGZEG3RIVE1" }));
    provider.says("qr_code_delete", 200, json!({ "success": true }));
    assert_eq!(owner.delete(&one).await.status, 204);
    let gone = json!({ "error": { "code": 100, "error_subcode": 33, "type": "GraphMethodException", "message": "Unsupported delete request." } });
    provider.says("qr_code_delete", 400, gone.clone());
    assert_eq!(owner.delete(&one).await.problem(), (404, "not_found".to_owned()));
    provider.says("qr_code_save", 400, gone);
    assert_eq!(owner.patch(&one, json!({ "text": "Hi" })).await.problem(), (404, "not_found".to_owned()));
    provider.says("qr_code_delete", 400, json!({ "error": { "code": 100, "message": "Invalid parameter" } }));
    assert_eq!(owner.delete(&one).await.problem(), (422, "provider_refused".to_owned()));
}

#[tokio::test]
async fn a_blocked_customer_is_not_written_to() {
    let Scene { shop, owner, provider, .. } = scene().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/contacts/{}/block", heard.contact);
    let on = json!({ "channel_id": shop.channel });
    let late = json!({ "code": 139_100, "error_data": { "details": "The user has not written within 24 hours." } });
    let failed = json!({ "block_users": { "failed_users": [{ "errors": [late] }] }, "error": { "code": 139_100, "message": "Failed" } });
    provider.says("block", 400, failed);
    let refused = owner.post(&path, on.clone()).await;
    assert!(refused.text("/detail").contains("not written within 24 hours"), "{}", refused.body);
    provider.says("block", 200, json!({ "block_users": { "added_users": [{ "wa_id": "971500000001" }] } }));
    let blocked = owner.post(&path, on.clone()).await;
    assert_eq!(blocked.body["blocked_on"], json!([shop.channel]), "{}", blocked.body);
    assert_eq!(provider.got("block")[1]["block_users"], json!([{ "user": "971500000001" }]));
    assert_eq!(owner.post(&path, on.clone()).await.status, 200, "again changes nothing");
    let preview = json!({ "conversation_id": heard.conversation, "content": { "type": "text", "body": "Hi" } });
    let verdict = owner.post("/api/v1/guard/preview", preview.clone()).await;
    assert_eq!(verdict.body["outcome"], "refuse", "{}", verdict.body);
    assert!(verdict.body.to_string().contains("guard.blocked.blocked"));
    provider.says("unblock", 200, json!({ "block_users": { "removed_users": [{}] } }));
    let free = owner.send(Method::DELETE, &path, Some(on)).await;
    assert_eq!((free.status, &free.body["blocked_on"]), (200, &json!([])));
    assert_eq!(owner.post("/api/v1/guard/preview", preview).await.body["outcome"], "allow");
}

#[tokio::test]
async fn deliveries_are_pointed_here() {
    let Scene { shop, owner, provider, path, .. } = scene().await;
    let here = format!("https://chat.shop.example/webhooks/whatsapp/{}", shop.channel);
    provider.says("number", 200, number(json!({ "application": "https://elsewhere.example" })));
    provider.says("subscribed_apps", 200, json!({ "data": [] }));
    let seen = owner.get(&format!("{path}/subscription")).await;
    assert_eq!(
        (&seen.body["points_here"], seen.text("/delivers_to").as_str()),
        (&json!(false), "https://elsewhere.example")
    );
    provider.says("subscribe", 200, json!({ "success": true }));
    provider.refuses("point_webhook", 2_200, "Callback verification failed: no route to host");
    let refused = owner.post(&format!("{path}/subscribe"), Value::Null).await;
    assert_eq!((refused.status, &refused.body["provider_code"]), (422, &json!(2_200)));
    let mine = json!({ "data": [{ "whatsapp_business_api_data": { "id": "1", "name": "Ours" } }] });
    provider.says("subscribed_apps", 200, mine);
    provider.says("number", 200, number(json!({})));
    let found = owner.post(&format!("{path}/check"), Value::Null).await;
    assert!(found.body.to_string().contains("Callback verification failed"), "the doctor remembers: {}", found.body);
    provider.says("point_webhook", 200, json!({ "success": true }));
    let done = owner.post(&format!("{path}/subscribe"), Value::Null).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let hook = json!({ "webhook_configuration": { "override_callback_uri": here, "verify_token": "verify" } });
    assert_eq!(provider.got("point_webhook")[1], hook);
    assert_eq!(provider.got("subscribe").len(), 1, "an app that is subscribed already is left alone");
    provider.says("number", 200, number(json!({ "phone_number": here })));
    assert_eq!(owner.get(&format!("{path}/subscription")).await.body["points_here"], true);
    let other = json!({ "data": [{ "whatsapp_business_api_data": { "id": "9", "name": "Theirs" } }] });
    provider.says("subscribed_apps", 200, other);
    let found = owner.post(&format!("{path}/check"), Value::Null).await;
    assert!(found.body.to_string().contains("other_app"), "{}", found.body);
}

#[tokio::test]
async fn a_bad_token_leaves_the_old_one_in_place() {
    let Scene { test, shop, owner, provider, path, .. } = scene().await;
    let in_use = async || test.app.channels.get(shop.channel).await.unwrap().unwrap().token().expose().to_owned();
    provider.says("number", 401, json!({ "error": { "message": "Session has expired", "code": 190 } }));
    let refused = owner.patch(&path, json!({ "access_token": "stale" })).await;
    assert_eq!((refused.status, refused.text("/field")), (422, "access_token".to_owned()));
    assert!(refused.text("/detail").ends_with("Session has expired. The old one stays in use."), "{}", refused.body);
    provider.says("number", 200, number(json!({})));
    let scopes = json!({ "data": { "is_valid": true, "scopes": ["whatsapp_business_management"] } });
    provider.says("debug_token", 200, scopes);
    let refused = owner.patch(&path, json!({ "access_token": "narrow" })).await;
    assert!(refused.text("/detail").contains("lacks the permission whatsapp_business_messaging"), "{}", refused.body);
    assert_eq!(in_use().await, "token");
    provider.says("debug_token", 400, json!({}));
    test.clock.advance(40 * 86_400_000);
    assert_eq!(owner.patch(&path, json!({ "access_token": " second-token " })).await.body["token_age_days"], 0);
    assert_eq!(in_use().await, "second-token", "used from the next call on");
    let audit = owner.get("/api/v1/audit?target_kind=channel").await;
    assert_eq!(audit.body["items"][0]["after"]["replaced"], json!(["access_token"]));
    assert!(!audit.body.to_string().contains("second-token"));
}

/// How far the messaging limit is used, and what leads to the next one; customers count once, answers not at all.
#[tokio::test]
async fn the_next_limit_says_what_holds_it_back() {
    let Scene { test, shop, owner, path, .. } = scene().await;
    let tier = async |limit: Option<i64>, quality: &str| {
        let channel = shop.channel.to_string();
        rewrite(&test, &channel, |row| (row.tier_limit, row.quality) = (limit, quality.to_owned())).await;
        let found = owner.get(&format!("{path}/tier")).await;
        assert_eq!(found.status, 200, "{}", found.body);
        found.body
    };
    let portfolio = test.app.channels.get(shop.channel).await.unwrap().unwrap().portfolio_key.clone();
    let now = test.app.now();
    let sent = |n: u128, days: i64, initiated: bool| Reach {
        message_id: MessageId(uuid::Uuid::from_u128(n)),
        channel_id: shop.channel,
        contact_id: ContactId(uuid::Uuid::from_u128(n / 2)),
        portfolio_key: portfolio.clone(),
        at: now.plus(-days * 86_400_000 + 1),
        template: true,
        promotion: false,
        initiated,
        content_hash: None,
        event_key: None,
    };
    let mut reached: Vec<Reach> = (2..6).map(|n| sent(n, 1, true)).collect();
    reached.extend([sent(6, 7, true), sent(8, 8, true), sent(10, 1, false), sent(12, 30, true)]);
    let tx = shop.scope().write().await.unwrap();
    rapport_store::reach::note(&tx, &reached).await.unwrap();
    tx.commit().await.unwrap();
    let next = |limit: Value, days, reached, needed, holds: &[&str]| json!({ "limit": limit, "days": days, "reached": reached, "needed": needed, "holds": holds });
    for (limit, quality, expected) in [
        (None, "GREEN", Value::Null),
        (Some(i64::MAX), "RED", Value::Null),
        (Some(250), "GREEN", next(json!(2_000), 30, 5, 2_000, &["volume", "verification"])),
        (Some(2_000), "RED", next(json!(10_000), 7, 3, 1_000, &["quality", "volume"])),
        (Some(100_000), "GREEN", next(Value::Null, 7, 3, 50_000, &["volume"])),
    ] {
        let found = tier(limit, quality).await;
        let shown = limit.filter(|limit| *limit < i64::MAX);
        assert_eq!(found, json!({ "known": limit.is_some(), "limit": shown, "used": 2, "next": expected }));
    }
}
