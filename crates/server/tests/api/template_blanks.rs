//! What fills a template's blanks, which template fits, how much one is used, and WhatsApp's library.

use crate::harness::{Client, Heard, Reply, Shop, TestApp};
use axum::http::Method;
use futures::future::BoxFuture;
use rapport_connectors::http::{Body, Executor, Failure, Request, Response, Streamed};
use rapport_core::time::DAY;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWrite;

/// A provider with a library of one entry.
#[derive(Default)]
struct Library {
    asked: Mutex<Vec<(&'static str, String, Value)>>,
}

impl Library {
    /// Address and body of the first call of an operation.
    fn one(&self, operation: &str) -> (String, Value) {
        let asked = self.asked.lock().unwrap();
        let found = asked.iter().find(|(what, ..)| *what == operation);
        found.map(|(_, url, body)| (url.clone(), body.clone())).expect(operation)
    }
}

impl Executor for Library {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        let body = match &request.body {
            Body::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
            _ => Value::Null,
        };
        self.asked.lock().unwrap().push((request.operation, request.url.clone(), body));
        let entry = json!({
            "name": "delivery_1", "language": "en_US", "category": "UTILITY", "topic": "ORDER_MANAGEMENT",
            "usecase": "DELIVERY_UPDATE", "body": "Hi {{1}}, it is on its way.", "body_params": ["Jim"],
            "buttons": [{ "type": "URL", "text": "Track", "url": "https://www.example.com" }]
        });
        let answer = match request.operation {
            "template_library" => json!({ "data": [entry] }),
            "template_create" => json!({ "id": "7001", "status": "APPROVED", "category": "UTILITY" }),
            "template_unpause" => json!({ "success": true }),
            other => return Box::pin(async move { Err(Failure::Blocked(format!("a test called {other}"))) }),
        };
        Box::pin(async move { Ok(Response::new(200, &[], answer.to_string())) })
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

async fn send(client: &Client, heard: &Heard, content: Value) -> Reply {
    client.post(&format!("/api/v1/conversations/{}/messages", heard.conversation), json!({ "content": content })).await
}

fn named(name: &str) -> Value {
    json!({ "type": "template", "name": name, "language": "en" })
}

async fn id_of(client: &Client, name: &str) -> String {
    client.get(&format!("/api/v1/templates?q={name}")).await.text("/items/0/id")
}

#[tokio::test]
async fn what_is_left_out_is_filled_for_the_customer() {
    let (_, shop, owner) = Shop::open().await;
    shop.template("order_ready", "UTILITY").await;
    let path = format!("/api/v1/templates/{}", id_of(&owner, "order_ready").await);
    let heard = shop.hear("971500000001", "Amal Haddad", "hello").await;
    // Nothing says what {{1}} is.
    let refused = send(&owner, &heard, named("order_ready")).await;
    assert_eq!((refused.status, refused.text("/field")), (422, "content.components.body.1".to_owned()));
    let ask = json!({ "conversation_id": heard.conversation, "content": named("order_ready") });
    let judged = owner.post("/api/v1/guard/preview", ask.clone()).await;
    assert_eq!(judged.text("/decided_by"), "template_parameters", "{}", judged.body);
    let fill = json!({ "conversation_id": heard.conversation });
    assert_eq!(owner.post(&format!("{path}/fill"), fill.clone()).await.body["missing"], json!(["body.1"]));

    let put = |fillings: Value| json!({ "fillings": fillings });
    let fillings = format!("{path}/fillings");
    for (row, field) in [
        (json!({ "body.2": {} }), "fillings.body.2"),
        (json!({ "body.1": { "source": "password" } }), "fillings.body.1"),
        (json!({ "body.1": { "fallback": "a\nb" } }), "fillings.body.1"),
    ] {
        let wrong = owner.send(Method::PUT, &fillings, Some(put(row))).await;
        assert_eq!((wrong.status, wrong.text("/field")), (422, field.to_owned()));
    }
    let chosen = put(json!({ "body.1": { "source": "first_name", "fallback": "there" } }));
    let saved = owner.send(Method::PUT, &fillings, Some(chosen)).await;
    assert_eq!(saved.status, 200, "{}", saved.body);
    assert_eq!(
        (saved.text("/variables/0/source"), saved.text("/variables/0/fallback")),
        ("first_name".into(), "there".into())
    );
    assert_eq!(owner.get(&path).await.body, saved.body);

    let known = owner.post(&format!("{path}/fill"), fill).await;
    let blank = json!([{ "key": "body.1", "value": "Amal", "origin": "contact" }]);
    assert_eq!((&known.body["blanks"], &known.body["missing"]), (&blank, &json!([])));
    assert_eq!(known.text("/preview"), "Hello Amal, your order is ready.\nThe shop");
    let judged = owner.post("/api/v1/guard/preview", ask).await;
    assert_eq!(judged.text("/outcome"), "allow", "a preview fills what a message would: {}", judged.body);
    let sent = send(&owner, &heard, named("order_ready")).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(sent.body.pointer("/content/components/0/parameters/0/text"), Some(&json!("Amal")));
    // A customer without a name is greeted all the same.
    let stranger = shop.hear("971500000002", "", "hello").await;
    let sent = send(&owner, &stranger, named("order_ready")).await;
    assert_eq!(sent.text("/content/preview"), "Hello there, your order is ready.\nThe shop");
    // What was chosen stays when the templates are read again.
    shop.template("order_ready", "UTILITY").await;
    assert_eq!(owner.get(&path).await.text("/variables/0/fallback"), "there");
}

#[tokio::test]
async fn a_paused_template_says_what_waits_for_it_and_is_resumed() {
    let provider = Arc::new(Library::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    shop.template("order_ready", "UTILITY").await;
    let id = id_of(&owner, "order_ready").await;
    let path = format!("/api/v1/templates/{id}");
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let parameters = json!([{ "type": "body", "parameters": [{ "type": "text", "text": "Amal" }] }]);
    let mut content = named("order_ready");
    content["components"] = parameters;
    assert_eq!(send(&owner, &heard, content.clone()).await.status, 202);
    let uses = owner.get(&path).await.body["uses"].clone();
    assert_eq!((&uses["last_30_days"], &uses["waiting"]), (&json!(1), &json!(1)));
    let tx = shop.scope().write().await.unwrap();
    rapport_store::template::set_status(&tx, id.parse().unwrap(), "PAUSED", shop.wait(1)).await.unwrap();
    tx.commit().await.unwrap();
    let listed = owner.get("/api/v1/templates?degraded=true").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed.body["items"][0]["uses"]["waiting"], 1);
    let refused = send(&owner, &heard, content).await;
    assert_eq!(refused.problem(), (422, "guard_refused".to_owned()));
    assert_eq!(refused.text("/verdict/decided_by"), "template_approved");
    let resumed = owner.post(&format!("{path}/unpause"), json!({})).await;
    assert_eq!((resumed.status, resumed.text("/status")), (200, "APPROVED".to_owned()));
    assert!(provider.asked.lock().unwrap().iter().any(|(_, url, _)| url.ends_with("/1/unpause")));
    assert_eq!(owner.post(&format!("{path}/unpause"), json!({})).await.problem(), (409, "template_state".to_owned()));
    shop.wait(31 * DAY);
    assert_eq!(owner.get(&path).await.body["uses"]["last_30_days"], 0);
    assert_eq!(owner.get("/api/v1/templates?degraded=true").await.body["items"], json!([]));
}

#[tokio::test]
async fn a_template_in_trouble_names_what_sends_it() {
    let (test, shop, owner) = Shop::open().await;
    shop.template("order_ready", "UTILITY").await;
    shop.template("other", "UTILITY").await;
    let id = id_of(&owner, "order_ready").await;
    let campaign = |name: &str, template: &str| {
        json!({
            "name": name, "channel_id": shop.channel, "template_id": template, "values": { "body.1": "friend" },
            "audience": { "kind": "channel" },
        })
    };
    let eid = owner.post("/api/v1/campaigns", campaign("Eid", &id)).await.text("/id");
    let other = id_of(&owner, "other").await;
    assert_eq!(owner.post("/api/v1/campaigns", campaign("Other", &other)).await.status, 201);
    let over = owner.post("/api/v1/campaigns", campaign("Over", &id)).await.text("/id");
    let later = json!({ "at": shop.wait(0).0 + DAY });
    assert_eq!(owner.post(&format!("/api/v1/campaigns/{over}/start"), later).await.status, 200);
    assert_eq!(owner.post(&format!("/api/v1/campaigns/{over}/cancel"), json!({})).await.status, 200);
    let actions = json!([{ "type": "send_template", "name": "order_ready", "language": "en" }]);
    let steps = owner.post("/api/v1/macros", json!({ "name": "Ready", "shared": true, "actions": actions })).await;
    let rule = |name: &str| {
        json!({
            "name": name, "when": [{ "on": "conversation_opened" }],
            "do": [{ "do": "branch", "if": { "type": "time", "from": "09:00", "to": "18:00", "zone": "Asia/Dubai" },
                     "then": [{ "do": "send_template", "name": "order_ready", "language": "en" }], "else": [{ "do": "stop" }] }],
        })
    };
    let made = owner.post("/api/v1/rules", json!({ "definition": rule("Greets") })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let greets = made.text("/id");
    assert_eq!(owner.patch(&format!("/api/v1/rules/{greets}"), json!({ "enabled": true })).await.status, 200);
    assert_eq!(owner.post("/api/v1/rules", json!({ "definition": rule("Rests") })).await.status, 201);
    let asks = json!({ "enabled": true, "template": { "name": "order_ready", "language": "en" } });
    assert_eq!(owner.patch("/api/v1/surveys/settings", asks).await.status, 200);

    let path = format!("/api/v1/templates/{id}");
    let campaign = json!({ "kind": "campaign", "id": eid, "name": "Eid", "status": "draft" });
    let others = [
        json!({ "kind": "macro", "id": steps.text("/id"), "name": "Ready", "status": null }),
        json!({ "kind": "survey", "id": null, "name": "", "status": null }),
    ];
    let rule = json!({ "kind": "rule", "id": greets, "name": "Greets", "status": null });
    let all = json!([campaign, others[0], rule, others[1]]);
    assert_eq!(owner.get(&path).await.body["used_by"], all, "not {over}, which is over, nor a rule that rests");
    assert_eq!(owner.get("/api/v1/templates?q=order").await.body["items"][0]["used_by"], json!([]), "only where asked");
    let tx = shop.scope().write().await.unwrap();
    rapport_store::template::set_status(&tx, id.parse().unwrap(), "PAUSED", shop.wait(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(owner.get("/api/v1/templates?degraded=true").await.body["items"][0]["used_by"], all);
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    assert_eq!(
        agent.get(&path).await.body["used_by"],
        json!(others),
        "who may not see campaigns and rules is not told of them"
    );
}

#[tokio::test]
async fn templates_that_fit_come_first_with_the_reason() {
    let (_, shop, owner) = Shop::open().await;
    let body = |text: &str| json!([{ "type": "BODY", "text": text }]);
    shop.template_of("return_help", "UTILITY", body("Here is how to send a return.")).await;
    shop.template_of("parcel_status", "UTILITY", body("Your parcel is on its way.")).await;
    shop.template_of("big_sale", "MARKETING", body("The sale begins.")).await;
    let heard = shop.hear("971500000001", "Amal", "Where is my parcel?").await;
    shop.wait(2 * DAY);
    let path = format!("/api/v1/conversations/{}/template-suggestions", heard.conversation);
    let found = owner.get(&path).await;
    assert_eq!(found.text("/0/name"), "parcel_status", "{}", found.body);
    let reasons = found.body[0]["reasons"].as_array().unwrap();
    assert!(reasons.contains(&json!({ "code": "words", "value": "parcel" })), "{reasons:?}");
    assert!(reasons.contains(&json!({ "code": "reopens", "value": "" })));
    let names: Vec<&Value> = found.body.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert!(!names.contains(&&json!("big_sale")), "nobody agreed to marketing: {names:?}");
    let tagged = json!({ "fields": { "tags": "return" } });
    assert_eq!(owner.patch(&format!("/api/v1/contacts/{}", heard.contact), tagged).await.status, 200);
    let found = owner.get(&path).await;
    assert_eq!(found.text("/0/name"), "return_help", "{}", found.body);
    assert!(found.body[0]["reasons"].as_array().unwrap().contains(&json!({ "code": "tag", "value": "return" })));
}

#[tokio::test]
async fn the_library_is_browsed_and_an_entry_becomes_a_template() {
    let provider = Arc::new(Library::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    assert_eq!(owner.get("/api/v1/template-library").await.text("/field"), "channel_id");
    let path = format!("/api/v1/template-library?channel_id={}&search=delivery&language=en-US", shop.channel);
    let page = owner.get(&path).await;
    assert_eq!((page.status, page.text("/items/0/name")), (200, "delivery_1".to_owned()));
    let body = &page.body["items"][0]["components"][0];
    assert_eq!(body["example"], json!({ "body_text": [["Jim"]] }));
    let url = provider.one("template_library").0;
    assert!(url.ends_with("/message_template_library?limit=50&search=delivery&language=en_US"), "{url}");

    let new = |name: &str, buttons: Value| {
        json!({
            "channel_id": shop.channel, "library_name": "delivery_1", "name": name, "language": "en_US",
            "category": "UTILITY", "buttons": buttons,
        })
    };
    let link = json!([{ "type": "URL", "url": "https://x.example/t/{{1}}", "url_example": "https://x.example/t/7" }]);
    let wrong = owner.post("/api/v1/template-library", new("Delivery", link.clone())).await;
    assert_eq!(wrong.text("/template_problems/0/code"), "name_characters");
    let bare = json!([{ "type": "URL", "url": "x.example" }]);
    assert_eq!(owner.post("/api/v1/template-library", new("d", bare)).await.text("/field"), "buttons.0.url");
    let made = owner.post("/api/v1/template-library", new("delivery", link)).await;
    assert_eq!((made.status, made.text("/status")), (201, "APPROVED".to_owned()), "{}", made.body);
    let (_, body) = provider.one("template_create");
    assert_eq!(body["library_template_name"], "delivery_1");
    let url = json!({ "base_url": "https://x.example/t/{{1}}", "url_suffix_example": "https://x.example/t/7" });
    assert_eq!(body["library_template_button_inputs"], json!([{ "type": "URL", "url": url }]));
    let again = owner.post("/api/v1/template-library", new("delivery", json!([]))).await;
    assert_eq!(again.problem(), (409, "template_exists".to_owned()));
}

#[tokio::test]
async fn how_long_a_message_is_tried_is_checked_and_submitted() {
    let provider = Arc::new(Library::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    let draft = |seconds: i64| {
        json!({
            "channel_id": shop.channel, "name": "code_soon", "language": "en", "category": "UTILITY",
            "components": [{ "type": "BODY", "text": "Your order is ready." }], "message_send_ttl_seconds": seconds,
        })
    };
    let refused = owner.post("/api/v1/templates", draft(43_201)).await;
    assert_eq!(refused.text("/template_problems/0/code"), "ttl_range", "{}", refused.body);
    assert_eq!(refused.text("/template_problems/0/path"), "message_send_ttl_seconds");
    let made = owner.post("/api/v1/templates", draft(3_600)).await;
    assert_eq!((made.status, &made.body["message_send_ttl_seconds"]), (201, &json!(3_600)), "{}", made.body);
    assert_eq!(provider.one("template_create").1["message_send_ttl_seconds"], 3_600);
}
