//! The Graph API stand-in, seen from outside.

mod common;

use common::{P, W, bench};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

fn code(answer: &(u16, Value)) -> (u16, i64) {
    (answer.0, answer.1.pointer("/error/code").and_then(Value::as_i64).unwrap_or(0))
}

#[tokio::test]
async fn a_customer_writes_and_is_answered() {
    let b = bench().await;
    let injected = b.customer_writes("Grüße 😀 a/b").await;
    assert_eq!(injected["delivery"], "delivered");
    let hook = &b.receiver.all()[0];
    let text = String::from_utf8(hook.raw.clone()).unwrap();
    assert!(text.contains(r"Gr\u00fc\u00dfe \ud83d\ude00 a\/b"), "{text}");
    let mut mac = Hmac::<Sha256>::new_from_slice(b"sandbox-app-secret").unwrap();
    mac.update(&hook.raw);
    assert_eq!(hook.headers["x-hub-signature-256"], format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
    let value = hook.body.pointer("/entry/0/changes/0/value").unwrap();
    assert_eq!(value["metadata"]["phone_number_id"], P);
    assert_eq!(value["contacts"][0]["profile"]["name"], "Ana Grün");
    assert_eq!(value["messages"][0]["from"], "491511234567");
    assert!(value["messages"][0]["from_user_id"].as_str().unwrap().starts_with("DE."));

    let (status, answer) = b.send(json!({"text": {"body": "hello"}, "biz_opaque_callback_data": "rpt:1:1"})).await;
    assert_eq!(status, 200);
    assert_eq!(answer["contacts"][0]["wa_id"], "491511234567");
    let wamid = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    b.receiver.until(|r| r.items("statuses").len() == 3).await;
    let statuses = b.receiver.items("statuses");
    let names: Vec<&str> = statuses.iter().filter_map(|s| s["status"].as_str()).collect();
    assert_eq!(names, ["sent", "delivered", "read"]);
    assert!(statuses.iter().all(|s| s["id"] == wamid.as_str() && s["biz_opaque_callback_data"] == "rpt:1:1"));
    assert_eq!(statuses[0]["pricing"]["category"], "service");

    let read = json!({"messaging_product": "whatsapp", "status": "read", "message_id": injected["wamid"], "typing_indicator": {"type": "text"}});
    assert_eq!(b.call("POST", &format!("/{P}/messages"), Some(read)).await, (200, json!({"success": true})));
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received?to=%2B491511234567", None).await;
    assert_eq!(received["items"][0]["wamid"], wamid.as_str());
    assert_eq!(received["totals"]["typing"], 1);
}

#[tokio::test]
async fn the_window_closes_after_a_day() {
    let b = bench().await;
    b.customer_writes("hi").await;
    b.control("/clock", json!({"advance_ms": 86_400_000})).await;
    b.receiver.clear();
    let (status, _) = b.send(json!({"text": {"body": "too late"}})).await;
    assert_eq!(status, 200);
    b.receiver.until(|r| !r.items("statuses").is_empty()).await;
    let failed = &b.receiver.items("statuses")[0];
    assert_eq!((failed["status"].as_str(), failed["errors"][0]["code"].as_i64()), (Some("failed"), Some(131_047)));
    assert!(b.receiver.all()[0].body.pointer("/entry/0/changes/0/value/contacts").is_some());
    b.control("/limits", json!({"whatsapp": {"contacts_on_failed": false}})).await;
    b.receiver.clear();
    b.send(json!({"text": {"body": "still too late"}})).await;
    b.receiver.until(|r| !r.items("statuses").is_empty()).await;
    assert!(b.receiver.all()[0].body.pointer("/entry/0/changes/0/value/contacts").is_none());
    let template = json!({"type": "template", "template": {"name": "order_update", "language": {"code": "ar"}, "components": [
        {"type": "body", "parameters": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}, {"type": "text", "text": "c"}]}]}});
    let (status, answer) = b.send(template).await;
    assert_eq!((status, answer["messages"][0]["message_status"].as_str()), (200, Some("accepted")));
    let (_, state) = b.call("GET", "/_sandbox/state", None).await;
    assert_eq!(state["whatsapp"]["totals"]["outside_window"], 2);
}

#[tokio::test]
async fn templates_are_checked() {
    let b = bench().await;
    let send = |language: &str, parameters: Value| json!({"type": "template", "template": {"name": "season_sale", "language": {"code": language}, "components": [{"type": "body", "parameters": parameters}]}});
    let two = |text: &str| json!([{"type": "text", "text": text}, {"type": "text", "text": "20%"}]);
    assert_eq!(code(&b.send(send("fr", two("Ana"))).await), (404, 132_001));
    assert_eq!(code(&b.send(send("en", json!([{"type": "text", "text": "Ana"}]))).await), (400, 132_000));
    assert_eq!(code(&b.send(send("en", two("A\nna"))).await), (400, 132_018));
    assert_eq!(
        code(&b.send(send("en", json!([{"type": "image"}, {"type": "text", "text": "x"}]))).await),
        (400, 132_012)
    );
    let (_, list) = b.call("GET", &format!("/v23.0/{W}/message_templates?name=season_sale&language=en"), None).await;
    let id = list["data"][0]["id"].as_str().unwrap().to_owned();
    b.control(&format!("/whatsapp/templates/{id}/status"), json!({"status": "PAUSED"})).await;
    assert_eq!(code(&b.send(send("en", two("Ana"))).await), (400, 132_015));
    b.receiver
        .until(|r| {
            r.all()
                .iter()
                .any(|h| h.body.pointer("/entry/0/changes/0/field") == Some(&json!("message_template_status_update")))
        })
        .await;
}

#[tokio::test]
async fn templates_are_created_reviewed_listed_and_deleted() {
    let b = bench().await;
    let path = format!("/v23.0/{W}/message_templates");
    let new = json!({"name": "greeting_1", "language": "en_US", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Hi {{1}}, your order has been packed.", "example": {"body_text": [["Ana"]]}}]});
    let (status, made) = b.call("POST", &path, Some(new.clone())).await;
    assert_eq!((status, made["status"].as_str()), (200, Some("PENDING")));
    assert_eq!(b.call("POST", &path, Some(new)).await.1["error"]["error_subcode"], 2_388_024);
    let id = made["id"].as_str().unwrap().to_owned();
    b.receiver.until(|r| !r.all().is_empty()).await;
    let value = b.receiver.all()[0].body.pointer("/entry/0/changes/0/value").cloned().unwrap();
    assert_eq!(
        (value["event"].as_str(), value["message_template_language"].as_str()),
        (Some("APPROVED"), Some("en-US"))
    );
    let (_, one) = b.call("GET", &format!("/v23.0/{id}"), None).await;
    assert_eq!(one["status"], "APPROVED");
    let (_, page) = b.call("GET", &format!("{path}?limit=2"), None).await;
    assert_eq!(page["data"].as_array().unwrap().len(), 2);
    let after = page["paging"]["cursors"]["after"].as_str().unwrap();
    let (_, next) = b.call("GET", &format!("{path}?limit=2&after={after}"), None).await;
    assert_ne!(next["data"][0]["id"], page["data"][0]["id"]);
    assert_eq!(b.call("DELETE", &format!("{path}?name=greeting_1"), None).await.0, 200);
    assert_eq!(b.call("GET", &format!("/v23.0/{id}"), None).await.1["status"], "PENDING_DELETION");
}

#[tokio::test]
async fn tokens_and_objects_are_checked() {
    let b = bench().await;
    let url = format!("{}/v23.0/{P}/messages", b.sandbox.base_url());
    let response = b.http.post(&url).bearer_auth("wrong-token").json(&json!({})).send().await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(response.headers()["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], 190);
    let missing = b.call("GET", "/v23.0/999", None).await;
    assert_eq!((code(&missing), missing.1["error"]["error_subcode"].as_i64()), ((400, 100), Some(33)));
    let (_, number) =
        b.call("GET", &format!("/{P}?fields=status,throughput,whatsapp_business_manager_messaging_limit"), None).await;
    assert_eq!(
        (number["status"].as_str(), number["throughput"]["level"].as_str()),
        (Some("CONNECTED"), Some("STANDARD"))
    );
}

#[tokio::test]
async fn limits_and_recipients() {
    let b = bench().await;
    b.customer_writes("hi").await;
    b.control("/limits", json!({"whatsapp": {"pair_burst": 2}})).await;
    for expected in [200, 200, 400] {
        assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, expected);
    }
    b.control("/clock", json!({"advance_ms": 6_000})).await;
    assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    b.control("/limits", json!({"whatsapp": {"pair_burst": 45, "throughput_per_second": 0}})).await;
    b.control("/clock", json!({"advance_ms": 60_000})).await;
    assert_eq!(code(&b.send(json!({"text": {"body": "x"}})).await), (400, 130_429));
    b.control("/limits", json!({"whatsapp": {"throughput_per_second": 80}})).await;
    assert_eq!(code(&b.send(json!({"to": "15550783881", "text": {"body": "x"}})).await), (400, 131_021));
    b.control("/whatsapp/customers", json!({"wa_id": "4915199999", "reachable": false})).await;
    b.receiver.clear();
    assert_eq!(b.send(json!({"to": "4915199999", "text": {"body": "x"}})).await.0, 200);
    b.receiver.until(|r| r.items("statuses").iter().any(|s| s["errors"][0]["code"] == 131_026)).await;
}

#[tokio::test]
async fn users_without_a_number() {
    let b = bench().await;
    let hidden = json!({"user_id": "US.13491208655302741918", "username": "sheena.n", "name": "Sheena", "hide_number": true, "text": "hi"});
    b.control("/whatsapp/inbound", hidden).await;
    let value = b.receiver.all()[0].body.pointer("/entry/0/changes/0/value").cloned().unwrap();
    assert!(value["messages"][0].get("from").is_none() && value["contacts"][0].get("wa_id").is_none());
    assert_eq!(value["contacts"][0]["profile"]["username"], "sheena.n");
    let body = json!({"messaging_product": "whatsapp", "recipient": "US.13491208655302741918", "type": "text", "text": {"body": "hello"}});
    let (status, answer) = b.call("POST", &format!("/v23.0/{P}/messages"), Some(body)).await;
    assert_eq!((status, answer["contacts"][0]["user_id"].as_str()), (200, Some("US.13491208655302741918")));
    b.receiver.until(|r| r.items("statuses").len() == 3).await;
    let sent = &b.receiver.items("statuses")[0];
    assert!(sent.get("recipient_id").is_none() && sent["recipient_user_id"] == "US.13491208655302741918");
}

#[tokio::test]
async fn media_goes_both_ways() {
    let b = bench().await;
    let part =
        reqwest::multipart::Part::bytes(b"\x89PNG data".to_vec()).file_name("a.png").mime_str("image/png").unwrap();
    // The file before the other field: both orders are legal.
    let form = reqwest::multipart::Form::new().part("file", part).text("messaging_product", "whatsapp");
    let base = b.sandbox.base_url();
    let response = b
        .http
        .post(format!("{base}/v23.0/{P}/media"))
        .bearer_auth("sandbox-token")
        .multipart(form)
        .send()
        .await
        .unwrap();
    let id = response.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    let (_, info) = b.call("GET", &format!("/v23.0/{id}"), None).await;
    assert_eq!((info["mime_type"].as_str(), info["file_size"].as_u64()), (Some("image/png"), Some(9)));
    let url = info["url"].as_str().unwrap();
    let get = |token: &'static str| b.http.get(url).bearer_auth(token).send();
    assert_eq!(get("sandbox-token").await.unwrap().bytes().await.unwrap().as_ref(), b"\x89PNG data");
    assert_eq!(get("bad-token-xx").await.unwrap().status(), 401);
    b.control("/clock", json!({"advance_ms": 301_000})).await;
    assert_eq!(get("sandbox-token").await.unwrap().status(), 404);
    b.customer_writes("hi").await;
    assert_eq!(b.send(json!({"type": "image", "image": {"id": id}})).await.0, 200);
    assert_eq!(code(&b.send(json!({"type": "image", "image": {"id": "1"}})).await), (400, 100));
    b.receiver.clear();
    b.control(
        "/whatsapp/inbound",
        json!({"from": "+491511234567", "message": {"type": "image", "image": {"caption": "look"}}}),
    )
    .await;
    let image = b.receiver.items("messages")[0]["image"].clone();
    let (_, info) = b.call("GET", &format!("/v23.0/{}", image["id"].as_str().unwrap()), None).await;
    assert_eq!(info["mime_type"], "image/png");
    assert_eq!(b.call("DELETE", &format!("/v23.0/{id}"), None).await.0, 200);
    assert_eq!(b.call("GET", &format!("/v23.0/{id}"), None).await.0, 400);
}

#[tokio::test]
async fn callbacks_are_verified_and_overridden() {
    let b = bench().await;
    let path = format!("/v23.0/{W}/subscribed_apps");
    let wrong = json!({"override_callback_uri": b.hook_url, "verify_token": "nope"});
    assert_eq!(code(&b.call("POST", &path, Some(wrong)).await), (400, 2_200));
    let right = json!({"override_callback_uri": b.hook_url, "verify_token": "sandbox-verify"});
    assert_eq!(b.call("POST", &path, Some(right)).await.0, 200);
    let (_, list) = b.call("GET", &path, None).await;
    assert_eq!(list["data"][0]["override_callback_uri"], b.hook_url.as_str());
    assert_eq!(b.call("DELETE", &path, None).await.0, 200);
    assert_eq!(b.customer_writes("nobody listens").await["delivery"], "no_subscriber");
}

#[tokio::test]
async fn users_are_blocked_and_links_are_made() {
    let b = bench().await;
    let path = format!("/v23.0/{P}/block_users");
    let body = json!({"messaging_product": "whatsapp", "block_users": [{"user": "+491511234567"}]});
    let refused = b.call("POST", &path, Some(body.clone())).await;
    assert_eq!(code(&refused), (400, 139_100));
    b.customer_writes("hi").await;
    let (status, answer) = b.call("POST", &path, Some(body.clone())).await;
    assert_eq!((status, answer["block_users"]["added_users"][0]["wa_id"].as_str()), (200, Some("491511234567")));
    let (status, _) =
        b.call("POST", "/_sandbox/whatsapp/inbound", Some(json!({"from": "+491511234567", "text": "x"}))).await;
    assert_eq!(status, 400);
    assert_eq!(b.call("DELETE", &path, Some(body)).await.0, 200);
    let (_, link) = b
        .call(
            "POST",
            &format!("/v23.0/{P}/message_qrdls"),
            Some(json!({"prefilled_message": "Hi", "generate_qr_image": "SVG"})),
        )
        .await;
    assert_eq!(link["code"].as_str().map(str::len), Some(14));
    let (_, debug) = b.call("GET", "/debug_token?input_token=sandbox-token", None).await;
    assert_eq!(debug["data"]["is_valid"], true);
}

#[tokio::test]
async fn templates_come_from_the_library() {
    let b = bench().await;
    let browse = async |query: &str| b.call("GET", &format!("/v26.0/message_template_library{query}"), None).await.1;
    let page = browse("?limit=5").await;
    assert_eq!(page["data"].as_array().unwrap().len(), 5);
    let next = page["paging"]["cursors"]["after"].as_str().unwrap();
    assert_ne!(browse(&format!("?limit=5&after={next}")).await["data"][0], page["data"][0]);
    let found = browse("?language=en_US&usecase=PAYMENT_DUE_REMINDER&industry=FINANCIAL_SERVICES").await;
    let entry = &found["data"][0];
    assert_eq!((entry["name"].as_str(), entry["topic"].as_str()), (Some("payment_due_reminder_1"), Some("PAYMENTS")));
    assert_eq!(entry["body_param_types"], json!(["TEXT", "AMOUNT", "DATE"]));
    assert_eq!(browse("?search=warehouse&language=en").await["data"][0]["name"], "shipment_confirmation_1");
    assert_eq!(browse("?name=nothing").await["data"], json!([]));

    let path = format!("/v26.0/{W}/message_templates");
    let make = async |new: serde_json::Value| b.call("POST", &path, Some(new)).await;
    let mut new = json!({"name": "pay_soon", "language": "en_US", "category": "UTILITY",
        "library_template_name": "payment_due_reminder_1"});
    assert_eq!(make(new.clone()).await.0, 400, "the buttons need addresses");
    // As a text, as forms send it.
    new["library_template_button_inputs"] = r#"[{"type":"URL","url":{"base_url":"https://shop.example/pay/{{1}}","url_suffix_example":"https://shop.example/pay/7"}},{"type":"PHONE_NUMBER","phone_number":"+16315551010"}]"#.into();
    let (status, made) = make(new.clone()).await;
    assert_eq!((status, made["status"].as_str()), (200, Some("APPROVED")), "{made}");
    new["library_template_name"] = "no_such_entry".into();
    assert_eq!(make(new).await.0, 400);
    let listed = b.call("GET", &format!("{path}?name=pay_soon"), None).await.1;
    assert_eq!(listed["data"][0]["library_template_name"], "payment_due_reminder_1", "{listed}");
    b.receiver
        .until(|r| r.all().iter().any(|h| h.body.pointer("/entry/0/changes/0/value/event") == Some(&json!("APPROVED"))))
        .await;
}

#[tokio::test]
async fn a_known_number_is_changed_where_it_is_named() {
    let b = bench().await;
    let there = json!({"override_callback_uri": format!("{}?own", b.hook_url), "verify_token": "sandbox-verify"});
    let pointed = json!({ "webhook_configuration": there });
    assert_eq!(b.call("POST", &format!("/v26.0/{P}"), Some(pointed)).await.0, 200);
    b.control(&format!("/whatsapp/numbers/{P}/events"), json!({"event": "quality", "score": "YELLOW"})).await;
    let own = format!("{}?own", b.hook_url);
    for (change, callback) in [
        (json!({"dialog360_key": "chosen"}), json!(own)),
        (json!({"verified_name": "Another"}), json!(own)),
        (json!({"callback_url": b.hook_url}), json!(b.hook_url)),
        (json!({"callback_url": null}), Value::Null),
    ] {
        let mut number = change.clone();
        number["phone_number_id"] = P.into();
        b.control("/whatsapp/numbers", number).await;
        let (_, list) = b.call("GET", "/_sandbox/whatsapp/numbers", None).await;
        assert_eq!(list["items"][0]["callback_url"], callback, "{change}");
    }
    let (_, seen) = b.call("GET", &format!("/v26.0/{P}?fields=quality_rating,verified_name"), None).await;
    assert_eq!((&seen["quality_rating"], &seen["verified_name"]), (&json!("YELLOW"), &json!("Another")));
    let odd = json!({"phone_number_id": P, "callback": b.hook_url});
    let (status, refused) = b.call("POST", "/_sandbox/whatsapp/numbers", Some(odd)).await;
    assert_eq!(status, 400, "{refused}");
    let said = refused["error"].as_str().unwrap();
    assert!(said.contains("`callback`") && said.contains("`callback_url`"), "{said}");
}

#[tokio::test]
async fn a_clock_runs_at_a_speed_it_can_run_at() {
    let b = bench().await;
    for speed in [-1.0, 0.0, 0.000_9, 1_000_001.0] {
        let (status, refused) = b.call("POST", "/_sandbox/clock", Some(json!({"speed": speed, "advance_ms": 5}))).await;
        assert_eq!(status, 400, "{speed}");
        assert_eq!(refused["error"], format!("speed must be 0.001 to 1000000, and it is {speed}"));
    }
    assert_eq!(b.call("GET", "/_sandbox/clock", None).await.1["speed"], 1.0, "nothing changed");
    for speed in [0.001, 1_000_000.0] {
        assert_eq!(b.control("/clock", json!({"speed": speed})).await["speed"], speed);
    }
}
