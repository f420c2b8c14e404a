//! The 360dialog stand-in, seen from outside.

mod common;

use common::{Bench, P, bench};
use serde_json::{Value, json};

const KEY: &str = "d360-106540352242922";

async fn call(b: &Bench, key: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request =
        b.http.request(method, format!("{}/dialog360{path}", b.sandbox.base_url())).header("D360-API-KEY", key);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// A bench whose number delivers through 360dialog only.
async fn through_360dialog() -> Bench {
    let b = bench().await;
    b.control("/whatsapp/numbers", json!({"phone_number_id": P, "callback_url": null})).await;
    let hook = json!({"url": b.hook_url, "headers": {"Authorization": "Bearer ours", "X-Shop": "1"}});
    let (status, set) = call(&b, KEY, "POST", "/v1/configs/webhook", Some(hook.clone())).await;
    assert_eq!((status, &set), (200, &hook));
    b
}

#[tokio::test]
async fn messages_go_both_ways_with_metas_words_and_our_headers() {
    let b = through_360dialog().await;
    let injected = b.customer_writes("Grüße").await;
    assert_eq!(injected["delivery"], "delivered");
    let hook = &b.receiver.all()[0];
    assert_eq!(hook.body.pointer("/entry/0/changes/0/value/messages/0/text/body"), Some(&json!("Grüße")));
    assert_eq!((hook.headers["authorization"].as_str(), hook.headers["x-shop"].as_str()), ("Bearer ours", "1"));
    assert!(!hook.headers.contains_key("x-hub-signature-256"));

    let body = json!({"messaging_product": "whatsapp", "to": "+491511234567", "type": "text", "text": {"body": "hi"}});
    let (status, answer) = call(&b, KEY, "POST", "/messages", Some(body)).await;
    assert_eq!((status, answer["contacts"][0]["wa_id"].as_str()), (200, Some("491511234567")));
    b.receiver.until(|r| r.items("statuses").len() == 3).await;
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received", None).await;
    assert_eq!(received["items"][0]["via"], "dialog360");
    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": injected["wamid"]});
    assert_eq!(call(&b, KEY, "POST", "/messages", Some(read)).await, (200, json!({"success": true})));
}

#[tokio::test]
async fn keys_and_addresses_are_checked() {
    let b = bench().await;
    let (status, body) = call(&b, "wrong", "GET", "/v1/configs/webhook", None).await;
    assert_eq!((status, body["meta"]["success"].as_bool()), (401, Some(false)));
    assert!(body["meta"]["developer_message"].is_string());
    let wrong = json!({"url": "not an address"});
    assert_eq!(call(&b, KEY, "POST", "/v1/configs/webhook", Some(wrong)).await.0, 400);
    let wrong = json!({"url": "https://x.example", "headers": {"a": 1}});
    assert_eq!(call(&b, KEY, "POST", "/v1/configs/webhook", Some(wrong)).await.0, 400);
    assert_eq!(call(&b, KEY, "GET", "/nothing/here", None).await.0, 404);
    b.control("/whatsapp/numbers", json!({"phone_number_id": P, "dialog360_key": "chosen"})).await;
    assert_eq!(call(&b, KEY, "GET", "/v1/configs/webhook", None).await.0, 401);
    assert_eq!(call(&b, "chosen", "GET", "/v1/configs/webhook", None).await.0, 200);
}

#[tokio::test]
async fn a_number_tells_how_it_is() {
    let b = bench().await;
    let (status, health) = call(&b, KEY, "GET", "/health_status", None).await;
    assert_eq!((status, health["health_status"]["can_send_message"].as_str()), (200, Some("AVAILABLE")));
    let number = &health["health_status"]["entities"][0];
    assert_eq!((number["entity_type"].as_str(), number["id"].as_str()), (Some("PHONE_NUMBER"), Some(P)));
    assert!(health.get("display_phone_number").is_none());
    let (_, more) = call(&b, KEY, "GET", "/health_status?fields=display_phone_number", None).await;
    assert!(more["health_status"].is_object() && more["display_phone_number"].is_string(), "{more}");
    assert_eq!(call(&b, "wrong", "GET", "/health_status", None).await.0, 401);
}

#[tokio::test]
async fn windows_and_errors_are_the_same_world() {
    let b = through_360dialog().await;
    let text = json!({"messaging_product": "whatsapp", "to": "+491519999999", "type": "text", "text": {"body": "hi"}});
    assert_eq!(call(&b, KEY, "POST", "/messages", Some(text)).await.0, 200);
    b.receiver.until(|r| r.items("statuses").iter().any(|s| s["errors"][0]["code"] == 131_047)).await;
    let empty = json!({"messaging_product": "whatsapp", "to": "+491519999999", "type": "text", "text": {}});
    let (status, error) = call(&b, KEY, "POST", "/messages", Some(empty)).await;
    assert_eq!((status, error["error"]["code"].as_i64()), (400, Some(100)));
    // A message sent over the Graph API is told to Meta's callback, not here.
    b.customer_writes("hi").await;
    b.receiver.clear();
    assert_eq!(b.send(json!({"text": {"body": "over Meta"}})).await.0, 200);
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    assert!(b.receiver.items("statuses").is_empty());
}

#[tokio::test]
async fn media_is_fetched_through_the_same_host() {
    let b = through_360dialog().await;
    let part = reqwest::multipart::Part::bytes(b"\x89PNG x".to_vec()).file_name("a.png").mime_str("image/png").unwrap();
    let form = reqwest::multipart::Form::new().text("messaging_product", "whatsapp").part("file", part);
    let base = format!("{}/dialog360", b.sandbox.base_url());
    let request = b.http.post(format!("{base}/media")).header("D360-API-KEY", KEY).multipart(form);
    let id = request.send().await.unwrap().json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let fetch = async |url: &str| {
        let ours = url.replace("https://lookaside.fbsbx.com", &base);
        assert_ne!(ours, url, "Meta's own address is told");
        b.http.get(ours).header("D360-API-KEY", KEY).send().await.unwrap()
    };
    let (status, info) = call(&b, KEY, "GET", &format!("/{id}"), None).await;
    assert_eq!((status, info["mime_type"].as_str()), (200, Some("image/png")));
    let got = fetch(info["url"].as_str().unwrap()).await;
    assert_eq!(got.bytes().await.unwrap().as_ref(), b"\x89PNG x");
    // Addresses live five minutes, ids of uploads 30 days.
    b.control("/clock", json!({"advance_ms": 301_000})).await;
    assert_eq!(fetch(info["url"].as_str().unwrap()).await.status(), 404);
    b.control("/whatsapp/inbound", json!({"from": "+491511234567", "message": {"type": "image", "image": {}}})).await;
    let image = b.receiver.items("messages")[0]["image"].clone();
    assert_eq!(fetch(image["url"].as_str().unwrap()).await.status(), 200);
    assert_eq!(call(&b, KEY, "DELETE", &format!("/{id}"), None).await.0, 200);
    assert_eq!(call(&b, KEY, "GET", &format!("/{id}"), None).await.0, 400);
}

#[tokio::test]
async fn templates_are_listed_made_and_deleted() {
    let b = through_360dialog().await;
    let new = json!({"name": "packed_3", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hi {{1}}, your order has been packed.", "example": {"body_text": [["Ana"]]}}]});
    let (status, made) = call(&b, KEY, "POST", "/v1/configs/templates", Some(new)).await;
    assert_eq!((status, made["status"].as_str(), made["name"].as_str()), (201, Some("submitted"), Some("packed_3")));
    b.receiver
        .until(|r| {
            r.all()
                .iter()
                .any(|h| h.body.pointer("/entry/0/changes/0/field") == Some(&json!("message_template_status_update")))
        })
        .await;
    let (_, list) = call(&b, KEY, "GET", "/v1/configs/templates?limit=3&offset=1", None).await;
    assert_eq!((list["count"].as_u64(), list["offset"].as_u64()), (Some(3), Some(1)));
    let (_, list) = call(&b, KEY, "GET", "/v1/configs/templates", None).await;
    let all = list["waba_templates"].as_array().unwrap();
    assert_eq!(list["total"].as_u64(), Some(all.len() as u64));
    assert!(all.iter().any(|t| t["name"] == "packed_3" && t["status"] == "approved"));
    assert_eq!(call(&b, KEY, "DELETE", "/v1/configs/templates/packed_3", None).await.0, 200);
    assert_eq!(call(&b, KEY, "DELETE", "/v1/configs/templates/packed_3", None).await.0, 400);
}
