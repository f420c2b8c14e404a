//! Templates: checked, created, edited and deleted, with a provider that does as told.

use crate::harness::{PNG, Shop, TestApp};
use futures::future::BoxFuture;
use rapport_connectors::http::{Body, Executor, Failure, Request, Response, Streamed};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio::io::AsyncWrite;

/// A provider that remembers what it was asked and refuses when told to.
#[derive(Default)]
struct Provider {
    asked: Mutex<Vec<(&'static str, String, Value)>>,
    refusal: Mutex<Option<Value>>,
}

impl Provider {
    fn asked(&self, operation: &str) -> Vec<(String, Value)> {
        let asked = self.asked.lock().unwrap();
        let of = asked.iter().filter(|(what, ..)| *what == operation);
        of.map(|(_, url, body)| (url.clone(), body.clone())).collect()
    }

    fn refuse(&self, error: Value) {
        *self.refusal.lock().unwrap() = Some(error);
    }

    fn answer(&self, request: &Request) -> Result<Response, Failure> {
        let body = match &request.body {
            Body::Bytes(bytes) => serde_json::from_slice(bytes).unwrap_or_default(),
            _ => Value::Null,
        };
        self.asked.lock().unwrap().push((request.operation, request.url.clone(), body));
        if request.operation.starts_with("template_")
            && let Some(error) = self.refusal.lock().unwrap().take()
        {
            return Ok(Response::new(400, &[], json!({ "error": error }).to_string()));
        }
        let answer = match request.operation {
            "template_create" => json!({ "id": "7001", "status": "PENDING", "category": "MARKETING" }),
            "template_edit" | "template_delete" => json!({ "success": true }),
            "debug_token" => json!({ "data": { "app_id": "900", "is_valid": true } }),
            "sample_begin" => json!({ "id": "upload:abc?sig=1" }),
            "sample_upload" => json!({ "h": "4::handle" }),
            other => return Err(Failure::Blocked(format!("a test called {other}"))),
        };
        Ok(Response::new(200, &[], answer.to_string()))
    }
}

impl Executor for Provider {
    fn run(&self, request: Request) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move { self.answer(&request) })
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

fn draft(shop: &Shop) -> Value {
    json!({
        "channel_id": shop.channel, "name": "order_ready", "language": "en-US", "category": "utility",
        "components": [
            { "type": "BODY", "text": "Hi {{1}}, your order is ready.", "example": { "body_text": [["Amal"]] } },
            { "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Thanks" }] }
        ],
    })
}

#[tokio::test]
async fn a_template_is_created_edited_and_deleted() {
    let provider = Arc::new(Provider::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    let created = owner.post("/api/v1/templates", draft(&shop)).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let (status, category) = (created.text("/status"), created.text("/category"));
    assert_eq!((status.as_str(), category.as_str()), ("PENDING", "MARKETING"), "the provider chose another category");
    assert_eq!((created.text("/language"), created.text("/variables/0/key")), ("en_US".into(), "body.1".into()));
    let (url, body) = provider.asked("template_create").remove(0);
    assert!(url.ends_with("/200/message_templates"), "{url}");
    assert_eq!((&body["category"], &body["parameter_format"]), (&json!("UTILITY"), &json!("POSITIONAL")));

    let id = created.text("/id");
    let path = format!("/api/v1/templates/{id}");
    assert_eq!(owner.get(&path).await.body, created.body);
    let again = owner.post("/api/v1/templates", draft(&shop)).await;
    assert_eq!((again.problem(), again.text("/id")), ((409, "template_exists".to_owned()), id));
    let edited = owner.patch(&path, json!({ "components": [] })).await;
    assert_eq!(edited.problem(), (409, "template_state".to_owned()), "a pending one cannot be edited");

    let deleted = owner.delete(&path).await;
    assert_eq!((deleted.status, owner.get(&path).await.status), (204, 404));
    let (url, _) = provider.asked("template_delete").remove(0);
    assert!(url.ends_with("?name=order_ready&hsm_id=7001"), "{url}");
    let audit = owner.get("/api/v1/audit?target_kind=template").await;
    let actions: Vec<&Value> = audit.body["items"].as_array().unwrap().iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["template.deleted", "template.created"]);
}

#[tokio::test]
async fn an_approved_template_is_edited_and_goes_into_review_again() {
    let provider = Arc::new(Provider::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    shop.template("sale", "MARKETING").await;
    let id = owner.get("/api/v1/templates").await.text("/items/0/id");
    let path = format!("/api/v1/templates/{id}");
    let refused = owner.patch(&path, json!({ "category": "UTILITY" })).await;
    assert_eq!(refused.problem(), (422, "template_invalid".to_owned()));
    assert_eq!(refused.text("/template_problems/0/code"), "category_fixed");
    assert_eq!(owner.patch(&path, json!({})).await.text("/field"), "components");
    let components = json!([{ "type": "BODY", "text": "The sale goes on." }]);
    let edited = owner.patch(&path, json!({ "components": components })).await;
    assert_eq!(
        (edited.status, edited.text("/status"), &edited.body["components"]),
        (200, "PENDING".into(), &components)
    );
    let (url, body) = provider.asked("template_edit").remove(0);
    assert!(url.ends_with("/1"), "{url}");
    assert_eq!(body, json!({ "components": components }), "what stays is not sent");
    assert_eq!(owner.get(&path).await.body, edited.body);
}

#[tokio::test]
async fn an_approved_template_waits_for_its_deletion() {
    let provider = Arc::new(Provider::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    shop.template("sale", "MARKETING").await;
    let id = owner.get("/api/v1/templates").await.text("/items/0/id");
    let path = format!("/api/v1/templates/{id}");
    assert_eq!(owner.delete(&format!("{path}?all_languages=true")).await.status, 204);
    assert_eq!(owner.get(&path).await.text("/status"), "PENDING_DELETION");
    assert!(provider.asked("template_delete")[0].0.ends_with("?name=sale"));
    assert_eq!(owner.delete(&path).await.problem(), (409, "template_state".to_owned()));
    // It went away there meanwhile.
    provider.refuse(json!({ "code": 100, "error_subcode": 2_593_002, "message": "not found" }));
    assert_eq!(owner.delete(&format!("{path}?all_languages=true")).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
}

#[tokio::test]
async fn every_broken_rule_is_told_and_nothing_is_submitted() {
    let provider = Arc::new(Provider::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    let mut broken = draft(&shop);
    broken["name"] = json!("Order ready");
    broken["components"][0]["text"] = json!("{{1}}, your order is ready.");
    let refused = owner.post("/api/v1/templates", broken.clone()).await;
    assert_eq!(refused.problem(), (422, "template_invalid".to_owned()));
    assert_eq!(refused.text("/field"), "name");
    broken.as_object_mut().unwrap().remove("channel_id");
    let checked = owner.post("/api/v1/templates/check", broken).await;
    assert_eq!((checked.status, &checked.body["problems"]), (200, &refused.body["template_problems"]));
    let found = &checked.body["problems"];
    assert_eq!((&found[0]["code"], &found[0]["value"]), (&json!("name_characters"), &json!("O")));
    assert_eq!((&found[1]["code"], &found[1]["path"]), (&json!("variable_at_start"), &json!("components.0.text")));
    assert!(provider.asked("template_create").is_empty());
    assert_eq!(owner.get("/api/v1/templates").await.body["items"], json!([]));
}

#[tokio::test]
async fn a_refusal_of_the_provider_comes_with_reason_and_advice() {
    let provider = Arc::new(Provider::default());
    let (test, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    provider.refuse(json!({
        "code": 100, "error_subcode": 2_388_023, "message": "Invalid parameter",
        "error_user_title": "Language is being deleted", "error_user_msg": "Try again in 4 weeks.",
    }));
    let refused = owner.post("/api/v1/templates", draft(&shop)).await;
    assert_eq!(refused.problem(), (422, "template_name_blocked".to_owned()));
    assert_eq!(refused.text("/reason"), "Language is being deleted: Try again in 4 weeks.");
    assert!(refused.text("/advice").contains("another name"));
    // Nobody answers: it may have been created, so the list is read again.
    let (_, nowhere) = (test, Shop::open().await);
    let (alone, shop, owner) = nowhere;
    let lost = owner.post("/api/v1/templates", draft(&shop)).await;
    assert_eq!(lost.problem(), (422, "provider_unavailable".to_owned()));
    alone.clock.advance(120_000);
    let jobs = alone.app.store.queue().claim("channel", 10, alone.app.now(), 1_000).await.unwrap();
    assert!(jobs.iter().any(|job| job.kind == "sync_templates"));
}

#[tokio::test]
async fn our_own_file_becomes_the_sample_of_a_header() {
    let provider = Arc::new(Provider::default());
    let (_, shop, owner) = Shop::open_in(TestApp::calling(provider.clone()).await).await;
    let file = shop.upload(&owner, "a.png", PNG).await.text("/id");
    let mut with_picture = draft(&shop);
    let header = |id: &str| json!({ "type": "HEADER", "format": "IMAGE", "example": { "media_id": id } });
    with_picture["components"].as_array_mut().unwrap().insert(0, header("00000000-0000-7000-8000-000000000000"));
    let unknown = owner.post("/api/v1/templates", with_picture.clone()).await;
    assert_eq!((unknown.status, unknown.text("/field")), (422, "components.0.example".to_owned()));
    with_picture["components"][0] = header(&file);
    let created = owner.post("/api/v1/templates", with_picture).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let (_, body) = provider.asked("template_create").remove(0);
    assert_eq!(body["components"][0]["example"], json!({ "header_handle": ["4::handle"] }));
    assert!(provider.asked("sample_begin")[0].0.contains("/900/uploads?"));
}
