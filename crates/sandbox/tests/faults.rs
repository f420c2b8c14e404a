//! Misbehaviour on request, retries and accelerated time.

mod common;

use common::{P, bench};
use serde_json::json;

#[tokio::test]
async fn a_lost_answer_is_still_an_accepted_message() {
    let b = bench().await;
    b.customer_writes("hi").await;
    for (kind, accepted) in [("cut_before", 0), ("drop_response", 1)] {
        b.control("/faults", json!({"target": "whatsapp", "match": {"path": "/messages"}, "kind": kind, "times": 1}))
            .await;
        let body = json!({"messaging_product": "whatsapp", "to": "+491511234567", "text": {"body": kind}});
        let url = format!("{}/v23.0/{P}/messages", b.sandbox.base_url());
        let answer = b.http.post(url).bearer_auth("sandbox-token").json(&body).send().await;
        assert!(answer.is_err(), "{kind}: the connection must be cut");
        let (_, received) = b.call("GET", "/_sandbox/whatsapp/received?status=rejected", None).await;
        assert_eq!(
            (received["totals"]["accepted"].as_i64(), received["items"].as_array().map(Vec::len)),
            (Some(accepted), Some(0))
        );
    }
    assert_eq!(b.send(json!({"text": {"body": "fine"}})).await.0, 200);
}

#[tokio::test]
async fn an_answer_may_deny_what_was_done() {
    let b = bench().await;
    b.customer_writes("hi").await;
    let fault = |kind: &str| json!({"target": "whatsapp", "match": {"path": "/messages"}, "kind": kind, "status": 503, "after": true, "times": 1});
    b.control("/faults", fault("status")).await;
    let (status, body) = b.send(json!({"text": {"body": "taken"}})).await;
    assert_eq!((status, body["error"]["code"].as_i64()), (503, Some(2)));
    b.control("/faults", fault("timeout")).await;
    let body = json!({"messaging_product": "whatsapp", "to": "+491511234567", "text": {"body": "silent"}});
    let url = format!("{}/v23.0/{P}/messages", b.sandbox.base_url());
    let patience = std::time::Duration::from_millis(300);
    let answer = b.http.post(url).bearer_auth("sandbox-token").json(&body).timeout(patience).send().await;
    assert!(answer.is_err_and(|error| error.is_timeout()));
    let (_, received) = b.call("GET", "/_sandbox/whatsapp/received", None).await;
    assert_eq!(received["totals"]["accepted"].as_i64(), Some(2), "both were taken");
    b.receiver.until(|r| r.items("statuses").iter().filter(|s| s["status"] == "read").count() == 2).await;
}

#[tokio::test]
async fn errors_on_request() {
    let b = bench().await;
    b.customer_writes("hi").await;
    b.control("/faults", json!({"target": "whatsapp", "match": {"to": "+491511234567"}, "kind": "error_code", "code": 130_429, "retry_after": 3, "times": 1})).await;
    let (status, body) = b.send(json!({"text": {"body": "x"}})).await;
    assert_eq!((status, body["error"]["code"].as_i64()), (400, Some(130_429)));
    b.control("/faults", json!({"target": "whatsapp", "kind": "error_code", "code": 131_049, "times": 1})).await;
    assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 200);
    b.receiver.until(|r| r.items("statuses").iter().any(|s| s["errors"][0]["code"] == 131_049)).await;
    b.control("/faults", json!({"target": "whatsapp", "kind": "status", "status": 503, "times": 1})).await;
    assert_eq!(b.send(json!({"text": {"body": "x"}})).await.0, 503);
    let (_, list) = b.call("GET", "/_sandbox/faults", None).await;
    assert_eq!(list["items"].as_array().unwrap().iter().map(|f| f["hits"].as_i64()).collect::<Vec<_>>(), [Some(1); 3]);
    b.call("DELETE", "/_sandbox/faults", None).await;
    assert_eq!(b.call("GET", "/_sandbox/faults", None).await.1["items"], json!([]));
}

#[tokio::test]
async fn trouble_of_one_kind_of_message_with_any_retry_after() {
    let b = bench().await;
    b.customer_writes("hi").await;
    let waits =
        [json!(0), json!(1_000_000_000), json!("Wed, 21 Oct 2026 07:28:00 GMT"), json!("soon"), json!("new\nline")];
    let expected = [Some("0"), Some("1000000000"), Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some("soon"), None];
    let url = format!("{}/v23.0/{P}/messages", b.sandbox.base_url());
    let send = async |content: serde_json::Value| {
        let mut body = json!({"messaging_product": "whatsapp", "to": "+491511234567"});
        body.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
        b.http.post(&url).bearer_auth("sandbox-token").json(&body).send().await.unwrap()
    };
    for (wait, said) in waits.into_iter().zip(expected) {
        b.call("DELETE", "/_sandbox/faults", None).await;
        let fault = json!({"target": "whatsapp", "match": {"type": "template"}, "kind": "error_code", "code": 130_429, "status": 429, "retry_after": wait});
        b.control("/faults", fault).await;
        let template = json!({"type": "template", "template": {"name": "hello_world", "language": {"code": "en_US"}}});
        let refused = send(template).await;
        let header = refused.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!((refused.status().as_u16(), header.as_deref()), (429, said));
        assert_eq!(send(json!({"type": "text", "text": {"body": "x"}})).await.status().as_u16(), 200);
    }
}

#[tokio::test]
async fn webhooks_are_retried_doubled_and_reordered() {
    let b = bench().await;
    b.receiver.refuse_next(2);
    let injected = b.customer_writes("try again").await;
    assert_eq!(injected["delivery"], "failed");
    // The first retry comes at once, the second after two seconds of sandbox time.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    b.control("/clock", json!({"advance_ms": 3_000})).await;
    b.receiver.until(|r| r.items("messages").len() == 1).await;
    b.receiver.clear();
    b.control("/faults", json!({"target": "whatsapp", "kind": "duplicate", "times": 1})).await;
    b.customer_writes("twice").await;
    b.receiver.until(|r| r.items("messages").len() == 2).await;
    b.receiver.clear();
    b.control("/faults", json!({"target": "whatsapp", "kind": "reorder", "times": 1})).await;
    let body = |text: &str| json!({"from": "+491511234567", "text": text, "wait": false});
    b.control("/whatsapp/inbound", body("first")).await;
    b.control("/whatsapp/inbound", body("second")).await;
    b.receiver.until(|r| r.items("messages").len() == 2).await;
    let texts: Vec<String> = b.receiver.items("messages").iter().map(|m| m["text"]["body"].to_string()).collect();
    assert_eq!(texts, ["\"second\"", "\"first\""]);
}

#[tokio::test]
async fn raw_webhooks_forced_statuses_and_changes() {
    let b = bench().await;
    let wrong = b.control("/whatsapp/raw", json!({"value": {"messages": []}, "wrong_signature": true})).await;
    assert_eq!(wrong["delivery"], "delivered");
    let injected = b.customer_writes("teh").await;
    let wamid = injected["wamid"].as_str().unwrap();
    for (path, body) in [
        ("edit", json!({"from": "+491511234567", "wamid": wamid, "text": "the"})),
        ("revoke", json!({"from": "+491511234567", "wamid": wamid})),
        ("react", json!({"from": "+491511234567", "wamid": wamid, "emoji": "👍"})),
    ] {
        assert_eq!(b.control(&format!("/whatsapp/{path}"), body).await["delivery"], "delivered");
    }
    let kinds: Vec<String> = b.receiver.items("messages").iter().map(|m| m["type"].to_string()).collect();
    assert_eq!(kinds, ["\"text\"", "\"edit\"", "\"revoke\"", "\"reaction\""]);
    let (_, sent) = b.send(json!({"text": {"body": "x"}})).await;
    let forced = b
        .control("/whatsapp/status", json!({"wamid": sent["messages"][0]["id"], "status": "failed", "code": 131_000}))
        .await;
    assert_eq!(forced["delivery"], "delivered");
}

#[tokio::test]
async fn many_webhooks_are_delivered_quickly() {
    let b = bench().await;
    b.control("/limits", json!({"delays": {"sent_ms": 0, "delivered_ms": 0, "read_ms": 0}})).await;
    for n in 0..1_000 {
        let value = json!({"messages": [{"from": format!("49151{n:07}"), "id": format!("wamid.{n}"), "timestamp": "1", "type": "text", "text": {"body": "x"}}]});
        let body = json!({"from": format!("49151{n:07}"), "message": value["messages"][0], "wait": false});
        b.control("/whatsapp/inbound", body).await;
    }
    b.receiver.until(|r| r.all().len() == 1_000).await;
    let (_, state) = b.call("GET", "/_sandbox/state", None).await;
    assert_eq!(
        (state["deliveries"]["created"].as_i64(), state["deliveries"]["dropped"].as_i64()),
        (Some(1_000), Some(0))
    );
}

#[tokio::test]
async fn a_body_that_comes_late_does_not_cost_the_connection() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let b = bench().await;
    let mut stream = tokio::net::TcpStream::connect(b.sandbox.addr).await.unwrap();
    for _ in 0..3 {
        // This endpoint does not look at its body.
        let head = "POST /_sandbox/reset HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        stream.write_all(b"{}").await.unwrap();
        let mut answer = [0u8; 1024];
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].starts_with(b"HTTP/1.1 200"), "the connection was closed");
    }
}
