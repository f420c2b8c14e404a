//! The whole road of a reply with the workers running: from the request to the provider's answer in the thread.

use crate::harness::{PNG, Shop, TestApp};
use futures::future::BoxFuture;
use rapport_app::services::Services;
use rapport_connectors::http::{Body, Executor, Failure, Request, Response, Streamed};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::AsyncWrite;

/// A provider that takes everything and remembers what it was given.
#[derive(Default)]
struct Provider(Mutex<Vec<(&'static str, Value)>>);

impl Provider {
    fn sent(&self) -> Vec<Value> {
        self.0.lock().unwrap().iter().filter(|(what, _)| *what == "send").map(|(_, body)| body.clone()).collect()
    }
}

impl Executor for Provider {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move {
            let body = match &request.body {
                Body::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
                _ => Value::Null,
            };
            let mut seen = self.0.lock().unwrap();
            seen.push((request.operation, body));
            let answer = match request.operation {
                "media_upload" => json!({ "id": format!("{}", 9_000 + seen.len()) }),
                "send" => json!({ "messages": [{ "id": format!("wamid.out.{}", seen.len()) }] }),
                "read_mark" => json!({ "success": true }),
                other => return Err(Failure::Blocked(format!("a test called {other}"))),
            };
            Ok(Response::new(200, &[("content-type", "application/json")], answer.to_string()))
        })
    }

    fn stream<'a>(
        &'a self,
        request: Request,
        _: &'a mut (dyn AsyncWrite + Unpin + Send),
        _: u64,
    ) -> BoxFuture<'a, Result<Streamed, Failure>> {
        Box::pin(async move { Err(Failure::Blocked(format!("a test called {}", request.operation))) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_files_and_templates_go_out_once_with_the_providers_ids() {
    let provider = Arc::new(Provider::default());
    let (test, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let header = json!([{ "type": "HEADER", "format": "IMAGE" }, { "type": "BODY", "text": "Look." }]);
    shop.template_of("picture", "UTILITY", header).await;
    let file = shop.upload(&owner, "a.png", PNG).await.text("/id");
    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let shown = json!([{ "type": "header", "parameters": [{ "type": "image", "image": { "id": file } }] }]);
    let mut ids = Vec::new();
    for body in [
        json!({ "content": { "type": "text", "body": "hi" }, "reply_to": heard.message, "event": "order_packed:7" }),
        json!({ "content": { "type": "media", "kind": "image", "media_id": file, "caption": "this" } }),
        json!({ "content": { "type": "template", "name": "picture", "language": "en", "components": shown } }),
        json!({ "content": { "type": "reaction", "target": heard.message, "emoji": "👍" } }),
    ] {
        let reply = owner.post(&path, body).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        ids.push(reply.text("/id"));
    }
    owner.post(&format!("/api/v1/conversations/{}/typing", heard.conversation), json!({ "state": "typing" })).await;
    let services = Services::start(&test.app).await.unwrap();
    for round in 0.. {
        let mut statuses = Vec::new();
        for id in &ids {
            statuses.push(owner.get(&format!("/api/v1/messages/{id}")).await.text("/status"));
        }
        if statuses.iter().all(|status| status == "sent") {
            break;
        }
        assert!(round < 200, "{statuses:?}");
        test.clock.advance(1_000);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    test.app.shutdown.cancel();
    services.join(&test.app).await;
    let sent = provider.sent();
    assert_eq!(sent.len(), 4, "{sent:?}");
    let of =
        |kind: &str| sent.iter().find(|body| body["type"] == kind).unwrap_or_else(|| panic!("no {kind}: {sent:?}"));
    assert_eq!(of("text")["context"], json!({ "message_id": heard.wamid }));
    assert_eq!(of("text")["to"], "+971500000001");
    assert_eq!(of("reaction")["reaction"], json!({ "message_id": heard.wamid, "emoji": "👍" }));
    let picture = of("image")["image"]["id"].as_str().unwrap();
    let in_template = of("template").pointer("/template/components/0/parameters/0/image").unwrap();
    assert!(picture.starts_with('9') && in_template["id"].as_str().unwrap().starts_with('9'), "{in_template}");
    assert!(in_template.get("media_id").is_none());
    let marks = provider
        .0
        .lock()
        .unwrap()
        .iter()
        .filter(|(what, body)| *what == "read_mark" && body["typing_indicator"].is_object())
        .count();
    assert_eq!(marks, 1);
    let content = json!({ "type": "text", "body": "again" });
    let ask = |event: &str| json!({ "conversation_id": heard.conversation, "content": content, "event": event });
    let same = owner.post("/api/v1/guard/preview", ask("order_packed:7")).await.body;
    assert_eq!((&same["outcome"], &same["decided_by"]), (&json!("delay"), &json!("event_gap")), "{same}");
    let other = owner.post("/api/v1/guard/preview", ask("order_packed:8")).await.body;
    assert_eq!(other["outcome"], "allow", "{other}");
    let why = owner.get(&format!("/api/v1/messages/{}/why", ids[0])).await;
    assert_eq!(
        (&why.body["verdict"]["outcome"], &why.body["attempts"][0]["outcome"]),
        (&json!("allow"), &json!("sent"))
    );
}
