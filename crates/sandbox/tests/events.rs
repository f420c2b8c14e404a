//! What Meta does by itself: reviews, pauses, quality, categories, tiers, restrictions; and recipients with a fate.

mod common;

use common::{Bench, P, W, bench};
use serde_json::{Value, json};

const DAY: i64 = 86_400_000;

fn code(answer: &(u16, Value)) -> (u16, i64) {
    (answer.0, answer.1.pointer("/error/code").and_then(Value::as_i64).unwrap_or(0))
}

/// Values of the webhooks of that field.
fn told(b: &Bench, field: &str) -> Vec<Value> {
    let all = b.receiver.all();
    let change = |hook: &common::Hook| hook.body.pointer("/entry/0/changes/0").cloned();
    all.iter().filter_map(change).filter(|c| c["field"] == field).map(|c| c["value"].clone()).collect()
}

async fn until(b: &Bench, field: &str, count: usize) -> Vec<Value> {
    b.receiver.until(|_| told(b, field).len() >= count).await;
    told(b, field)
}

async fn create(b: &Bench, name: &str) -> String {
    let new = json!({"name": name, "language": "en", "category": "UTILITY", "components": [
        {"type": "BODY", "text": "Your order has been packed."}]});
    let (status, made) = b.call("POST", &format!("/v26.0/{W}/message_templates"), Some(new)).await;
    assert_eq!(status, 200, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

async fn sale(b: &Bench) -> (u16, Value) {
    let parameters = json!([{"type": "text", "text": "Ana"}, {"type": "text", "text": "20%"}]);
    let components = json!([{"type": "body", "parameters": parameters}]);
    b.send(json!({"type": "template", "template": {"name": "season_sale", "language": {"code": "en"}, "components": components}}))
        .await
}

async fn sale_id(b: &Bench) -> String {
    let (_, list) = b.call("GET", &format!("/{W}/message_templates?name=season_sale&language=en"), None).await;
    list["data"][0]["id"].as_str().unwrap().to_owned()
}

async fn template(b: &Bench, id: &str, fields: &str) -> Value {
    b.call("GET", &format!("/v26.0/{id}?fields={fields}"), None).await.1
}

#[tokio::test]
async fn reviews_end_as_chosen() {
    let b = bench().await;
    let reject = json!({"event": "reject", "reason": "TAG_CONTENT_MISMATCH", "recommendation": "Say what it is"});
    b.control("/whatsapp/reviews", json!({"name": "promo", "outcome": reject, "times": 1})).await;
    b.control("/whatsapp/reviews", json!({"name": "slow", "outcome": {"event": "hold"}})).await;
    b.control("/whatsapp/reviews", json!({"name": "sly", "outcome": {"event": "category", "to": "marketing"}})).await;
    let refused = create(&b, "promo_1").await;
    let value = until(&b, "message_template_status_update", 1).await.remove(0);
    assert_eq!((value["event"].as_str(), value["reason"].as_str()), (Some("REJECTED"), Some("TAG_CONTENT_MISMATCH")));
    assert_eq!(value["rejection_info"]["recommendation"], "Say what it is");
    assert_eq!(template(&b, &refused, "status,rejected_reason").await["rejected_reason"], "TAG_CONTENT_MISMATCH");
    let slow = create(&b, "slow_1").await;
    let fine = create(&b, "promo_2").await;
    let sly = create(&b, "sly_1").await;
    let value = until(&b, "template_category_update", 1).await.remove(0);
    assert_eq!(
        (value["previous_category"].as_str(), value["new_category"].as_str()),
        (Some("UTILITY"), Some("MARKETING"))
    );
    assert_eq!(template(&b, &sly, "status,category").await["category"], "MARKETING");
    assert_eq!(template(&b, &slow, "status").await["status"], "PENDING");
    assert_eq!(template(&b, &fine, "status").await["status"], "APPROVED");
    let wrong = json!({"name": "", "outcome": {"event": "pause"}});
    assert_eq!(b.call("POST", "/_sandbox/whatsapp/reviews", Some(wrong)).await.0, 400);
}

#[tokio::test]
async fn pauses_end_by_themselves_and_the_third_is_for_good() {
    let b = bench().await;
    b.customer_writes("hi").await;
    let id = sale_id(&b).await;
    let path = format!("/whatsapp/templates/{id}/events");
    for (hours, title) in [(3, "FIRST_PAUSE"), (6, "SECOND_PAUSE")] {
        b.receiver.clear();
        b.control(&path, json!({"event": "pause"})).await;
        let value = until(&b, "message_template_status_update", 1).await.remove(0);
        assert_eq!((value["event"].as_str(), value["other_info"]["title"].as_str()), (Some("PAUSED"), Some(title)));
        assert_eq!(code(&sale(&b).await), (400, 132_015));
        b.control("/clock", json!({"advance_ms": hours * 3_600_000 + 1_000})).await;
        let value = until(&b, "message_template_status_update", 2).await.remove(1);
        assert_eq!(
            (value["event"].as_str(), value["other_info"]["title"].as_str()),
            (Some("APPROVED"), Some("UNPAUSE"))
        );
        assert_eq!(sale(&b).await.0, 200);
    }
    b.receiver.clear();
    b.control(&path, json!({"event": "pause"})).await;
    let value = until(&b, "message_template_status_update", 1).await.remove(0);
    assert_eq!(value["event"], "DISABLED");
    assert_eq!(code(&sale(&b).await), (400, 132_016));
}

#[tokio::test]
async fn quality_and_category_change_with_notice() {
    let b = bench().await;
    let id = sale_id(&b).await;
    let path = format!("/whatsapp/templates/{id}/events");
    b.control(&path, json!({"event": "quality", "score": "yellow"})).await;
    let value = until(&b, "message_template_quality_update", 1).await.remove(0);
    assert_eq!(
        (value["previous_quality_score"].as_str(), value["new_quality_score"].as_str()),
        (Some("GREEN"), Some("YELLOW"))
    );
    b.control(&path, json!({"event": "category", "to": "UTILITY"})).await;
    let notice = until(&b, "template_category_update", 1).await.remove(0);
    assert_eq!(
        (notice["new_category"].as_str(), notice["correct_category"].as_str()),
        (Some("MARKETING"), Some("UTILITY"))
    );
    assert_eq!(template(&b, &id, "category,correct_category").await["category"], "MARKETING");
    b.control("/clock", json!({"advance_ms": DAY + 1_000})).await;
    let done = until(&b, "template_category_update", 2).await.remove(1);
    assert_eq!(
        (done["previous_category"].as_str(), done["new_category"].as_str()),
        (Some("MARKETING"), Some("UTILITY"))
    );
    assert_eq!(template(&b, &id, "category").await["category"], "UTILITY");
    let wrong = json!({"event": "quality", "score": "PINK"});
    assert_eq!(b.call("POST", &format!("/_sandbox{path}"), Some(wrong)).await.0, 400);
}

#[tokio::test]
async fn tiers_count_users_written_to_first_within_a_day() {
    let b = bench().await;
    let path = format!("/whatsapp/numbers/{P}/events");
    b.control(&path, json!({"event": "tier", "limit": 2})).await;
    let value = until(&b, "phone_number_quality_update", 1).await.remove(0);
    assert_eq!(
        (value["event"].as_str(), value["max_daily_conversations_per_business"].as_str()),
        (Some("DOWNGRADE"), Some("TIER_50"))
    );
    assert_eq!(until(&b, "business_capability_update", 1).await[0]["max_daily_conversations_per_business"], 2);
    let hello = async |to: &str| {
        let hello = json!({"name": "hello_world", "language": {"code": "en_US"}});
        b.send(json!({"to": to, "type": "template", "template": hello})).await
    };
    for to in ["+4915100001", "+4915100002", "+4915100001"] {
        assert_eq!(hello(to).await.0, 200, "{to}");
    }
    assert_eq!(code(&hello("+4915100003").await), (400, 131_048));
    // Who wrote may be answered: that is not counted.
    b.control("/whatsapp/inbound", json!({"from": "+4915100003", "text": "hi"})).await;
    assert_eq!(hello("+4915100003").await.0, 200);
    b.control("/clock", json!({"advance_ms": DAY + 1_000})).await;
    assert_eq!(hello("+4915100004").await.0, 200);
    b.control(&path, json!({"event": "tier", "limit": null})).await;
    let (_, number) = b.call("GET", &format!("/{P}?fields=whatsapp_business_manager_messaging_limit"), None).await;
    assert_eq!(number["whatsapp_business_manager_messaging_limit"], "TIER_UNLIMITED");
}

#[tokio::test]
async fn numbers_are_flagged_upgraded_banned_and_renamed() {
    let b = bench().await;
    b.customer_writes("hi").await;
    let path = format!("/whatsapp/numbers/{P}/events");
    b.control(&path, json!({"event": "quality", "score": "RED"})).await;
    assert_eq!(until(&b, "phone_number_quality_update", 1).await[0]["event"], "FLAGGED");
    b.control(&path, json!({"event": "throughput", "high": true})).await;
    assert_eq!(until(&b, "phone_number_quality_update", 2).await[1]["event"], "THROUGHPUT_UPGRADE");
    assert_eq!(code(&b.send(json!({"text": {"body": "x"}})).await), (500, 131_057));
    b.control("/clock", json!({"advance_ms": 61_000})).await;
    b.control("/limits", json!({"whatsapp": {"pair_burst": 1_000}})).await;
    b.control("/clock", json!({"advance_ms": 6_000_000})).await;
    for _ in 0..100 {
        assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    }
    b.control(&path, json!({"event": "status", "status": "BANNED"})).await;
    assert_eq!(code(&b.send(json!({"text": {"body": "x"}})).await), (403, 131_031));
    b.control(&path, json!({"event": "name", "decision": "APPROVED", "name": "New name"})).await;
    assert_eq!(until(&b, "phone_number_name_update", 1).await[0]["requested_verified_name"], "New name");
    let (_, number) = b.call("GET", &format!("/{P}?fields=status,verified_name,quality_rating,throughput"), None).await;
    assert_eq!((number["status"].as_str(), number["verified_name"].as_str()), (Some("BANNED"), Some("New name")));
    assert_eq!(
        (number["quality_rating"].as_str(), number["throughput"]["level"].as_str()),
        (Some("RED"), Some("HIGH"))
    );
}

#[tokio::test]
async fn accounts_are_restricted_disabled_and_reinstated() {
    let b = bench().await;
    b.customer_writes("hi").await;
    let path = format!("/whatsapp/numbers/{P}/events");
    let event = |updates: &[Value]| updates.last().and_then(|v| v["event"].as_str()).unwrap_or("").to_owned();
    b.control(&path, json!({"event": "violation", "violation_type": "SCAM"})).await;
    assert_eq!(event(&until(&b, "account_update", 1).await), "ACCOUNT_VIOLATION");
    b.control(&path, json!({"event": "restrict", "lasting_ms": DAY})).await;
    let updates = until(&b, "account_update", 2).await;
    assert_eq!(event(&updates), "ACCOUNT_RESTRICTION");
    assert!(updates[1]["restriction_info"][0]["expiration"].is_i64());
    let hello = json!({"to": "+4915100001", "type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}});
    assert_eq!(code(&b.send(hello.clone()).await), (403, 368));
    assert_eq!(b.send(json!({"text": {"body": "an answer"}})).await.0, 200);
    b.control(&path, json!({"event": "disable"})).await;
    let updates = until(&b, "account_update", 3).await;
    assert_eq!(updates[2]["ban_info"]["waba_ban_state"], "DISABLE");
    assert_eq!(code(&b.send(json!({"text": {"body": "x"}})).await), (403, 131_031));
    b.control(&path, json!({"event": "reinstate"})).await;
    assert_eq!(until(&b, "account_update", 4).await[3]["ban_info"]["waba_ban_state"], "REINSTATE");
    assert_eq!(b.send(hello).await.0, 200);
    b.control(&path, json!({"event": "review", "decision": "APPROVED"})).await;
    assert_eq!(until(&b, "account_review_update", 1).await[0]["decision"], "APPROVED");
    b.control(&path, json!({"event": "alert", "alert_type": "OBA_APPROVED", "severity": "INFORMATIONAL"})).await;
    assert_eq!(until(&b, "account_alerts", 1).await[0]["alert_type"], "OBA_APPROVED");
}

#[tokio::test]
async fn recipients_have_a_fate() {
    let b = bench().await;
    // Told by the number itself.
    assert_eq!(b.send(json!({"to": "+971500131026", "text": {"body": "x"}})).await.0, 200);
    b.receiver.until(|r| r.items("statuses").iter().any(|s| s["errors"][0]["code"] == 131_026)).await;
    assert_eq!(code(&b.send(json!({"to": "+971500130429", "text": {"body": "x"}})).await), (400, 130_429));
    assert_eq!(code(&b.send(json!({"to": "+971500131016", "text": {"body": "x"}})).await), (500, 131_016));
    // Chosen over the control API.
    b.customer_writes("hi").await;
    b.control("/whatsapp/customers", json!({"wa_id": "491511234567", "answers_with": 131_049})).await;
    b.receiver.clear();
    assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    b.receiver.until(|r| r.items("statuses").iter().any(|s| s["errors"][0]["code"] == 131_049)).await;
    b.control("/whatsapp/customers", json!({"wa_id": "491511234567", "answers_with": 0})).await;
    b.receiver.clear();
    assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    b.receiver.until(|r| r.items("statuses").iter().any(|s| s["status"] == "read")).await;
    b.control("/limits", json!({"whatsapp": {"magic_numbers": false}})).await;
    assert_eq!(b.send(json!({"to": "+971500130429", "text": {"body": "x"}})).await.0, 200);
}

#[tokio::test]
async fn delays_vary_and_answers_take_their_time() {
    let b = bench().await;
    b.customer_writes("hi").await;
    b.control("/limits", json!({"latency": {"shape": "lognormal", "spread": 1.0}})).await;
    for _ in 0..10 {
        assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    }
    b.receiver.until(|r| r.items("statuses").iter().filter(|s| s["status"] == "read").count() == 10).await;
    let mut seen = std::collections::HashMap::<String, Vec<String>>::new();
    for status in b.receiver.items("statuses") {
        seen.entry(status["id"].to_string()).or_default().push(status["status"].as_str().unwrap().to_owned());
    }
    assert!(seen.values().all(|all| *all == ["sent", "delivered", "read"]), "each message keeps its order");
    // Five minutes at a thousandfold: three tenths of a second.
    b.control("/limits", json!({"latency": {"shape": "fixed", "answer_ms": 300_000}})).await;
    b.control("/clock", json!({"speed": 1_000.0})).await;
    let start = std::time::Instant::now();
    assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    let took = start.elapsed().as_millis();
    assert!((280..5_000).contains(&took), "{took} ms");
}
