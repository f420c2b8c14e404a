//! Health, document, headers, web app.

use crate::harness::TestApp;
use axum::http::Method;
use std::time::Duration;

#[tokio::test]
async fn health_says_what_is_wrong() {
    let test = TestApp::new().await;
    let client = test.nobody();
    assert_eq!(client.get("/healthz").await.body["status"], "ok");
    assert_eq!(client.get("/readyz").await.status, 200);
    test.app.pulse.beat("lanes", Duration::ZERO);
    tokio::time::sleep(Duration::from_millis(2)).await;
    let reply = client.get("/readyz").await;
    assert_eq!((reply.status, &reply.body["silent_workers"][0]), (503, &"lanes".into()));
    test.app.pulse.end("lanes");
    test.app.shutdown.cancel();
    assert_eq!(client.get("/readyz").await.status, 503, "a stopping node takes no new work");
}

#[tokio::test]
async fn the_document_is_served_and_whole() {
    let test = TestApp::new().await;
    let reply = test.nobody().get("/api/openapi.json").await;
    assert_eq!(reply.status, 200);
    assert_eq!(&reply.body, test.document.json());
    assert!(reply.text("/openapi").starts_with("3.1"));
    let text = reply.body.to_string();
    for part in text.split("\"$ref\":\"#").skip(1) {
        let pointer = part.split('"').next().unwrap();
        assert!(reply.body.pointer(pointer).is_some(), "{pointer} leads nowhere");
    }
    let mut ids: Vec<&str> =
        text.split("\"operationId\":\"").skip(1).filter_map(|part| part.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "operation ids are unique");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let test = TestApp::new().await;
    for path in ["/", "/api/v1/session", "/healthz", "/assets/none.js"] {
        let reply = test.nobody().get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{path}");
        assert!(!policy.contains("unsafe"));
        assert_eq!(reply.header("x-frame-options"), "DENY");
        assert_eq!(reply.header("strict-transport-security"), "max-age=31536000");
        assert!(!reply.header("x-request-id").is_empty());
    }
}

#[tokio::test]
async fn the_web_app_answers_every_page() {
    let test = TestApp::new().await;
    for path in ["/", "/inbox", "/inbox/some/conversation"] {
        let reply = test.nobody().get(path).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!(reply.header("cache-control"), "no-cache");
        let tag = reply.header("etag").to_owned();
        let again = test.nobody().with("if-none-match", tag).get(path).await;
        assert_eq!((again.status, again.bytes.len()), (304, 0));
    }
    assert_eq!(test.nobody().get("/assets/none.js").await.status, 404);
    assert_eq!(test.nobody().raw(Method::POST, "/inbox", None, vec![]).await.status, 405);
}

#[tokio::test]
async fn metrics_are_not_for_everybody() {
    use rapport_server::{http, telemetry};
    let test = TestApp::new().await;
    let settings = http::Settings {
        metrics: telemetry::metrics(),
        metrics_token: Some("hush".to_owned()),
        ..http::Settings::default()
    };
    let router = http::router(test.app.clone(), settings).unwrap();
    let client = test.nobody_at(router);
    assert_eq!(client.get("/metrics").await.status, 404);
    assert_eq!(client.with("authorization", "Bearer wrong").get("/metrics").await.status, 404);
    client.get("/api/v1/users/0199c7a0-0000-7000-8000-000000000000?secret=1").await;
    let reply = client.with("authorization", "Bearer hush").get("/metrics").await;
    let text = String::from_utf8(reply.bytes).unwrap();
    assert!(text.contains("rapport_http_requests_total"));
    assert!(text.contains("route=\"/api/v1/users/{id}\"") && !text.contains("0199c7a0"), "routes, not ids");
}
