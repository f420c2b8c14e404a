//! Templates over somebody who stands between, at the sandbox's doors: written, reviewed, sent, read again, deleted.

use crate::doors::{Town, upload};
use crate::harness::PNG;
use rapport_connectors::http::Method;
use serde_json::{Value, json};
use std::time::Duration;

fn draft(town: &Town, name: &str, components: Value) -> Value {
    json!({ "channel_id": town.channel, "name": name, "language": "en", "category": "UTILITY", "components": components })
}

fn words() -> Value {
    json!({ "type": "BODY", "text": "Hi {{1}}, your parcel {{2}} is here.", "example": { "body_text": [["Ana", "77"]] } })
}

fn link() -> Value {
    json!({ "type": "URL", "text": "Track", "url": "https://shop.example/t/{{1}}", "example": ["https://shop.example/t/9"] })
}

async fn created(town: &Town, new: Value) -> Value {
    let made = town.owner.post("/api/v1/templates", new).await;
    assert_eq!((made.status, made.text("/status")), (201, "PENDING".to_owned()), "{}", made.body);
    made.body
}

async fn outcome(town: &Town, name: &str, outcome: Value) {
    let review = json!({ "name": name, "outcome": outcome, "times": 1 });
    town.control(Method::Post, "whatsapp/reviews", Some(review)).await;
}

fn path(template: &Value) -> String {
    format!("/api/v1/templates/{}", template["id"].as_str().unwrap())
}

/// The template once it has this status: told by the webhook, or read again after minutes.
async fn stands(town: &Town, template: &Value, status: &str) -> Value {
    let mut last = Value::Null;
    for _ in 0..200 {
        last = town.owner.get(&path(template)).await.body;
        if last["status"] == status {
            return last;
        }
        town.test.clock.advance(5_000);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{status}: {last}");
}

/// What the sandbox sent of the template of this name.
async fn sent(town: &Town, talk: &str, name: &str, components: Value) -> Value {
    let content = json!({ "type": "template", "name": name, "language": "en", "components": components });
    let id = town.says(talk, content).await;
    town.reaches(&id, "read").await;
    let received = town.received().await;
    received.into_iter().rev().find(|one| one["body"]["template"]["name"] == name).unwrap()["body"]["template"].clone()
}

fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}

/// Written, approved without anybody looking, sent with a file and a link of its own.
async fn a_template_with_a_file_lives(town: &Town) -> Value {
    let file = upload(&town.owner, PNG).await.text("/id");
    let header = json!({ "type": "HEADER", "format": "IMAGE", "example": { "media_id": file } });
    let buttons = json!({ "type": "BUTTONS", "buttons": [link()] });
    let parts = json!([header, words(), { "type": "FOOTER", "text": "Shop" }, buttons]);
    let made = created(town, draft(town, "parcel_here", parts)).await;
    let keys: Vec<&Value> = made["variables"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["header.image", "body.1", "body.2", "buttons.0"], "{made}");
    let approved = stands(town, &made, "APPROVED").await;
    assert_eq!(approved["variables"], made["variables"], "it is read as it was written");
    let talk = town.hears(json!({ "type": "text", "text": { "body": "hello" } })).await;
    let given = json!([
        { "type": "header", "parameters": [{ "type": "image", "image": { "id": file } }] },
        { "type": "body", "parameters": [text("Bea"), text("1042")] },
        { "type": "button", "sub_type": "url", "index": 0, "parameters": [text("1042")] },
    ]);
    let seen = sent(town, &talk, "parcel_here", given).await;
    assert_eq!(seen.pointer("/components/1/parameters/1/text"), Some(&json!("1042")), "{seen}");
    assert_eq!(seen.pointer("/components/2/parameters/0/text"), Some(&json!("1042")), "{seen}");
    assert_eq!(seen.pointer("/components/0/parameters/0/type"), Some(&json!("image")), "{seen}");
    seen
}

async fn a_rejected_one_says_why(town: &Town) -> Value {
    outcome(town, "parcel_lost", json!({ "event": "reject", "reason": "PROMOTIONAL" })).await;
    let made = created(town, draft(town, "parcel_lost", json!([words()]))).await;
    let rejected = stands(town, &made, "REJECTED").await;
    assert!(rejected["rejected_reason"].as_str().unwrap().starts_with("PROMOTIONAL"), "{rejected}");
    let edit = json!({ "components": [{ "type": "BODY", "text": "Your parcel is lost." }] });
    let refused = town.owner.patch(&path(&made), edit).await;
    assert_eq!(refused.problem(), (422, "not_offered_by_provider".to_owned()), "{}", refused.body);
    assert!(refused.text("/detail").contains("another name"), "{}", refused.body);
    made
}

/// Deleted here and there; what else there is stays.
async fn deleted(town: &Town, template: &Value, extent: &str) {
    let gone = town.owner.delete(&format!("{}{extent}", path(template))).await;
    assert_eq!(gone.status, 204, "{}", gone.body);
    let synced = town.owner.post(&town.of_channel("templates/sync"), json!({})).await;
    assert!(synced.body["synced"].as_i64().unwrap() > 5, "{}", synced.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_over_360dialog() {
    let town = Town::through_360dialog().await;
    a_template_with_a_file_lives(&town).await;
    let lost = a_rejected_one_says_why(&town).await;
    deleted(&town, &lost, "").await;
    assert_eq!(town.owner.get(&path(&lost)).await.status, 404);

    // One language of several cannot go alone.
    let english = created(&town, draft(&town, "parcel_late", json!([words()]))).await;
    let mut other = draft(&town, "parcel_late", json!([words()]));
    other["language"] = json!("ar");
    let arabic = created(&town, other).await;
    let refused = town.owner.delete(&path(&english)).await;
    assert_eq!(refused.problem(), (422, "not_offered_by_provider".to_owned()));
    assert!(refused.text("/detail").contains("all languages"), "{}", refused.body);
    stands(&town, &arabic, "APPROVED").await;
    stands(&town, &english, "APPROVED").await;
    deleted(&town, &english, "?all_languages=true").await;
    assert_eq!(town.owner.get(&path(&arabic)).await.text("/status"), "PENDING_DELETION");
    let again = town.owner.post("/api/v1/templates", draft(&town, "order_update", json!([words()]))).await;
    assert_eq!(again.problem(), (409, "template_exists".to_owned()), "the account had it before");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn templates_over_twilio() {
    let town = Town::through_twilio().await;
    let seen = a_template_with_a_file_lives(&town).await;
    let file = seen.pointer("/components/0/parameters/0/image/link").and_then(Value::as_str).unwrap();
    assert!(file.starts_with(&town.here()), "{file}");
    let lost = a_rejected_one_says_why(&town).await;
    deleted(&town, &lost, "").await;
    assert_eq!(town.owner.get(&path(&lost)).await.status, 404);

    // What a content has no words for is told before anything goes out.
    let contents =
        || async { town.control(Method::Get, "state", None).await["whatsapp"]["twilio"]["contents"].clone() };
    let before = contents().await;
    let parts = json!([words(), { "type": "BUTTONS", "buttons": [{ "type": "FLOW", "text": "Go", "flow_id": "1" }] }]);
    let mut broken = draft(&town, "parcel_form", parts);
    broken["message_send_ttl_seconds"] = json!(60);
    let refused = town.owner.post("/api/v1/templates", broken.clone()).await;
    assert_eq!(refused.problem(), (422, "template_invalid".to_owned()), "{}", refused.body);
    let told: Vec<(&Value, &Value)> =
        refused.body["template_problems"].as_array().unwrap().iter().map(|one| (&one["code"], &one["path"])).collect();
    let lacks = json!("carrier_lacks");
    let (ttl, button) = (json!("message_send_ttl_seconds"), json!("components.1.buttons.0.type"));
    assert_eq!(told, [(&lacks, &ttl), (&lacks, &button)]);
    let checked = town.owner.post("/api/v1/templates/check", broken).await;
    assert_eq!((checked.status, &checked.body["problems"]), (200, &refused.body["template_problems"]));
    assert_eq!(contents().await, before, "nothing was made");

    // What WhatsApp refuses at once leaves nothing behind either.
    let mut odd = draft(&town, "parcel_wa", json!([words()]));
    odd["category"] = json!("MARKETING");
    let fault = json!({ "kind": "error_code", "code": 100, "target": "whatsapp", "times": 1,
        "match": { "path": "ApprovalRequests", "method": "POST" } });
    town.control(Method::Post, "faults", Some(fault)).await;
    let refused = town.owner.post("/api/v1/templates", odd.clone()).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(contents().await, before, "the content was taken back");
    let made = created(&town, odd).await;
    stands(&town, &made, "APPROVED").await;
    deleted(&town, &made, "?all_languages=true").await;
    assert_eq!(town.owner.get(&path(&made)).await.status, 404, "a content goes at once");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cards_over_twilio() {
    let town = Town::through_twilio().await;
    let talk = town.hears(json!({ "type": "text", "text": { "body": "hello" } })).await;
    let file = upload(&town.owner, PNG).await.text("/id");
    let card = |words: &str| {
        json!({ "components": [
            { "type": "HEADER", "format": "IMAGE", "example": { "media_id": file } },
            { "type": "BODY", "text": words },
            { "type": "BUTTONS", "buttons": [link()] },
        ] })
    };
    let cards = json!([words(), { "type": "CAROUSEL", "cards": [card("Blue"), card("Red")] }]);
    let made = created(&town, draft(&town, "new_things", cards)).await;
    stands(&town, &made, "APPROVED").await;
    let given = |at: u8| {
        json!({ "card_index": at, "components": [
            { "type": "header", "parameters": [{ "type": "image", "image": { "id": file } }] },
            { "type": "button", "sub_type": "url", "index": 0, "parameters": [text(&format!("end{at}"))] },
        ] })
    };
    let parts = json!([
        { "type": "body", "parameters": [text("Bea"), text("5")] },
        { "type": "carousel", "cards": [given(0), given(1)] },
    ]);
    let seen = sent(&town, &talk, "new_things", parts).await;
    assert_eq!(seen.pointer("/components/1/cards/1/components/2/parameters/0/text"), Some(&json!("end1")), "{seen}");
    town.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_over_twilio() {
    let town = Town::through_twilio().await;
    let talk = town.hears(json!({ "type": "text", "text": { "body": "hello" } })).await;
    let code = json!([
        { "type": "BODY", "add_security_recommendation": true },
        { "type": "FOOTER", "code_expiration_minutes": 5 },
        { "type": "BUTTONS", "buttons": [{ "type": "OTP", "otp_type": "COPY_CODE", "text": "Copy" }] },
    ]);
    let mut new = draft(&town, "sign_in", code);
    new["category"] = json!("AUTHENTICATION");
    let made = created(&town, new).await;
    stands(&town, &made, "APPROVED").await;
    let parts = json!([
        { "type": "body", "parameters": [text("4711")] },
        { "type": "button", "sub_type": "url", "index": 0, "parameters": [text("4711")] },
    ]);
    let seen = sent(&town, &talk, "sign_in", parts).await;
    assert_eq!(seen.pointer("/components/0/parameters/0/text"), Some(&json!("4711")), "{seen}");
    town.close().await;
}
