//! One workspace never reaches into another. Generated from the document: a new route is covered without a line here,
//! as soon as its things exist in [`things_of`].

use crate::harness::{Client, PNG, Shop, TestApp, Workspace};
use serde_json::json;

/// Ids of things in a workspace, of every kind there is.
async fn things_of(test: &TestApp, workspace: &Workspace, client: &Client) -> Vec<String> {
    let mut ids = vec![workspace.id.clone(), workspace.owner_id.clone(), workspace.token_id.clone()];
    ids.push(test.user(client, "agent").await);
    ids.push(client.post("/api/v1/teams", json!({ "name": "Sales" })).await.text("/id"));
    ids.push(client.post("/api/v1/tokens", json!({ "name": "hook", "role": "viewer" })).await.text("/id"));
    let shop = Shop::in_workspace(test, workspace, client).await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    ids.extend([shop.channel.to_string(), heard.contact, heard.conversation, heard.message]);
    ids.push(shop.upload(client, "a.png", PNG).await.text("/id"));
    shop.template("order_ready", "UTILITY").await;
    let template = client.get("/api/v1/templates").await.text("/items/0/id");
    let campaign = json!({
        "name": "Ready", "channel_id": shop.channel, "template_id": template, "audience": { "kind": "channel" },
        "values": { "body.1": "friend" },
    });
    ids.push(client.post("/api/v1/campaigns", campaign).await.text("/id"));
    ids.push(template);
    ids.push(client.post("/api/v1/channels", crate::channels::number("106", "secret")).await.text("/id"));
    let one = json!({ "ids": [ids[8]], "action": { "priority": "high" } });
    ids.push(client.post("/api/v1/bulk-actions", one).await.text("/id"));
    ids.push(client.post("/api/v1/views", json!({ "name": "Ours", "scope": "all" })).await.text("/id"));
    let reply = json!({ "shortcut": "hello", "title": "Hello", "bodies": { "en": "Hello" }, "audience": "shared" });
    ids.push(client.post("/api/v1/quick-replies", reply).await.text("/id"));
    ids.push(client.post("/api/v1/closing-categories", json!({ "name": "Returns" })).await.text("/id"));
    ids.push(client.post("/api/v1/tags", json!({ "name": "VIP" })).await.text("/id"));
    let actions = json!([{ "type": "note", "body": "x" }]);
    let shared = json!({ "name": "Note", "shared": true, "actions": actions });
    ids.push(client.post("/api/v1/macros", shared).await.text("/id"));
    let word = json!({ "topic": "discount", "language": "en", "text": "discount" });
    ids.push(client.post("/api/v1/hot-words", word).await.text("/id"));
    let rule = json!({ "name": "Note", "when": [{ "on": "message_received" }], "do": [{ "do": "note", "body": "x" }] });
    let rule = client.post("/api/v1/rules", json!({ "enabled": true, "definition": rule })).await.text("/id");
    ids.push(client.post("/api/v1/rules/backtests", json!({ "rule_id": rule })).await.text("/id"));
    ids.push(rule);
    let pool = json!({ "name": "Ten", "kind": "percent", "value": "10", "codes": { "list": ["TEN-1"] } });
    ids.push(client.post("/api/v1/coupon-pools", pool).await.text("/id"));
    ids.push(client.get("/api/v1/coupons").await.text("/items/0/id"));
    let source = json!({ "kind": "shopify", "name": "Shop", "secret": "shop-secret" });
    ids.push(client.post("/api/v1/shop-sources", source).await.text("/id"));
    let hook = json!({ "url": "https://company.example/x", "event": "message.received" });
    ids.push(client.post("/api/v1/webhooks", hook).await.text("/id"));
    let browser = test.browser(&workspace.email).await;
    ids.push(browser.get("/api/v1/sessions").await.text("/items/0/id"));
    ids.push(browser.put("/api/v1/push/subscriptions", crate::push::subscription("a")).await.text("/id"));
    let inside = crate::practice::go_in(&browser).await;
    ids.push(inside.get("/api/v1/session").await.text("/workspace/id"));
    ids.push(inside.post("/api/v1/practice/scenarios/order", json!(null)).await.text("/id"));
    ids
}

/// Under the keys of these everybody makes things of their own (`shop::one_workspace_never_writes_into_another`).
const OWN_KEYS: [&str; 3] = ["/api/v1/products/{sku}", "/api/v1/stores/{key}", "/api/v1/orders/{number}"];

#[tokio::test]
async fn ids_of_another_workspace_are_nothing() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let ids = things_of(&test, &a, &test.bearer(&a.token)).await;
    let token = test.bearer(&b.token);
    let browser = test.browser(&b.email).await;
    for endpoint in test.document.endpoints().iter().filter(|endpoint| !endpoint.params.is_empty()) {
        if endpoint.method == axum::http::Method::PUT && OWN_KEYS.contains(&endpoint.path.as_str()) {
            continue;
        }
        for id in &ids {
            let path = endpoint
                .params
                .iter()
                .fold(endpoint.path.clone(), |path, param| path.replace(&format!("{{{param}}}"), id));
            let body = test.document.smallest_body(endpoint);
            let mut reply = token.send(endpoint.method.clone(), &path, body.clone()).await;
            if reply.status == 403 && endpoint.access == "any" {
                // Only for people: try as one.
                reply = browser.send(endpoint.method.clone(), &path, body).await;
            }
            assert_eq!(reply.status, 404, "{} {path}: {}", endpoint.method, reply.body);
            assert!(!String::from_utf8_lossy(&reply.bytes).contains(&a.email));
        }
    }
    let own = test.bearer(&a.token);
    assert_eq!(own.get(&format!("/api/v1/users/{}", a.owner_id)).await.status, 200, "and nothing was touched");
    assert_eq!(own.get("/api/v1/teams").await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn lists_show_nothing_of_another_workspace() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let ids = things_of(&test, &a, &test.bearer(&a.token)).await;
    let token = test.bearer(&b.token);
    let browser = test.browser(&b.email).await;
    for endpoint in test.document.endpoints() {
        if endpoint.method != axum::http::Method::GET || !endpoint.params.is_empty() {
            continue;
        }
        for client in [&token, &browser] {
            let reply = client.get(&endpoint.path).await;
            let text = String::from_utf8_lossy(&reply.bytes).into_owned();
            for id in ids.iter().chain([&a.email]) {
                assert!(!text.contains(id.as_str()), "{} shows {id}", endpoint.path);
            }
        }
    }
}

#[tokio::test]
async fn a_member_of_another_workspace_cannot_join_a_team() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let reply = test.bearer(&b.token).post("/api/v1/teams", json!({ "name": "x", "member_ids": [a.owner_id] })).await;
    assert_eq!((reply.status, reply.text("/field")), (422, "member_ids".to_owned()));
}
