//! What is understood of messages over the API: hot words with their counts, readings with the words that decided, labels
//! and the models that learn from them.

use crate::harness::{Client, Shop, TestApp};
use rapport_app::jobs;
use rapport_app::understanding::worker;
use serde_json::{Value, json};

const WORDS: &str = "/api/v1/hot-words";

fn word(topic: &str, language: &str, text: &str) -> Value {
    json!({ "topic": topic, "language": language, "text": text })
}

/// Reads what waits.
async fn all_read(test: &TestApp) {
    while jobs::step(&test.app, "bulk", 1).await > 0 {}
    while worker::turn(&test.app).await.unwrap() > 0 {}
}

async fn said(client: &Client, text: &str) -> Value {
    let list = client.get(WORDS).await.body;
    let found = list["items"].as_array().unwrap().iter().find(|word| word["text"] == text).cloned();
    found.unwrap_or_else(|| panic!("{text} in {list}"))
}

#[tokio::test]
async fn hot_words_are_kept_counted_and_carried() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "Any DISCOUNTS? I need a discount").await;
    shop.hear("971500000002", "Lina", "no discount needed").await;
    let made = owner.post(WORDS, word(" Discount ", "en", "discount")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((made.text("/topic"), &made.body["times"]), ("discount".to_owned(), &json!(0)));
    assert_eq!(owner.post(WORDS, word("discount", "en", "Discount")).await.problem(), (409, "word_taken".to_owned()));
    for (body, field) in
        [(word("", "en", "x"), "topic"), (word("x", "e n", "x"), "language"), (word("x", "en", "?"), "text")]
    {
        let reply = owner.post(WORDS, body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()));
    }
    all_read(&test).await;
    let counted = said(&owner, "discount").await;
    assert_eq!((&counted["times"], &counted["messages"], &counted["customers"]), (&json!(3), &json!(2), &json!(2)));
    let path = format!("{WORDS}/{}", made.text("/id"));
    let changed = owner.patch(&path, json!({ "skip_negated": true })).await;
    assert_eq!((changed.status, &changed.body["skip_negated"]), (200, &json!(true)), "{}", changed.body);
    all_read(&test).await;
    assert_eq!(said(&owner, "discount").await["times"], 2, "what is denied does not count any more");
    let person = owner
        .get(&format!("/api/v1/contacts/{}/understanding?conversation_id={}", heard.contact, heard.conversation))
        .await;
    assert_eq!(person.body["hot_words"][0]["times"], 2, "{}", person.body);
    let agent = agent(&test, &owner).await;
    assert_eq!((agent.get(WORDS).await.status, agent.delete(&path).await.status), (403, 403));
    let file = owner.get(&format!("{WORDS}/export?format=csv")).await;
    assert_eq!(file.text("/filename"), "hot-words.csv");
    let table = format!("{}late,en,late,delayed | overdue,,,\r\nlate,en,?!,,,,\r\n", file.text("/data"));
    let look = owner.post(&format!("{WORDS}/import"), json!({ "data": table, "dry_run": true })).await;
    assert_eq!((&look.body["created"], &look.body["unchanged"]), (&json!(1), &json!(1)), "{}", look.body);
    assert_eq!(look.body["problems"][0]["row"], 3);
    assert_eq!(owner.get(WORDS).await.body["items"].as_array().unwrap().len(), 1, "it only looked");
    assert_eq!(owner.post(&format!("{WORDS}/import"), json!({ "data": table })).await.body["created"], 1);
    assert_eq!(said(&owner, "late").await["also"], json!(["delayed", "overdue"]));
    let starters =
        owner.post(&format!("{WORDS}/starters"), json!({ "languages": ["ar"], "topics": ["discount"] })).await;
    assert!(starters.body["created"].as_u64().unwrap() > 3, "{}", starters.body);
    let strange = owner.post(&format!("{WORDS}/starters"), json!({ "languages": ["xx"] })).await;
    assert_eq!((strange.status, strange.text("/field")), (422, "languages".to_owned()));
    assert_eq!((owner.delete(&path).await.status, owner.delete(&path).await.status), (204, 404));
}

async fn agent(test: &TestApp, owner: &Client) -> Client {
    test.user(owner, "agent").await;
    test.browser("agent@a.example").await
}

#[tokio::test]
async fn a_message_is_read_with_the_words_that_decided() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "Where is my order ORD-10234? This is terrible 😡").await;
    owner.put("/api/v1/products/APL-IP15P", json!({ "name": "iPhone 15 Pro" })).await;
    let path = format!("/api/v1/messages/{}/reading", heard.message);
    let reading = owner.get(&path).await;
    assert_eq!(reading.status, 200, "{}", reading.body);
    assert_eq!(reading.body["language"], "en");
    assert_eq!(reading.body["likely"][0]["intent"], "order_status", "{}", reading.body);
    assert!(reading.body["mood"].as_f64().unwrap() < 0.4, "{}", reading.body);
    let kinds: Vec<&str> =
        reading.body["marks"].as_array().unwrap().iter().map(|mark| mark["kind"].as_str().unwrap()).collect();
    for kind in ["mood", "intent", "order"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    let tried = owner.post("/api/v1/texts/read", json!({ "text": "is the iphone15pro in stock" })).await;
    assert_eq!(tried.body["products"], json!(["APL-IP15P"]), "{}", tried.body);
    let long = "x".repeat(4_097);
    assert_eq!(owner.post("/api/v1/texts/read", json!({ "text": long })).await.status, 422);
    let content = json!({ "type": "text", "body": "It is on its way" });
    let talk = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let answer = owner.post(&talk, json!({ "client_id": "1", "content": content })).await;
    let reading = owner.get(&format!("/api/v1/messages/{}/reading", answer.text("/id"))).await;
    assert_eq!(reading.status, 404, "only what customers write is read");
}

#[tokio::test]
async fn people_correct_and_the_model_learns() {
    let (test, shop, owner) = Shop::open().await;
    let agent = agent(&test, &owner).await;
    let texts = [
        ("do you engrave names on rings", "engraving"),
        ("can you engrave a name on the bracelet", "engraving"),
        ("how much is engraving a date", "engraving"),
        ("where is my parcel please", "order_status"),
    ];
    let mut messages = Vec::new();
    for place in 0..40 {
        let (text, intent) = texts[place % texts.len()];
        let number = format!("9715000001{place:02}");
        messages.push((shop.hear(&number, "Customer", text).await.message, intent));
    }
    let (first, _) = &messages[0];
    let path = |id: &str| format!("/api/v1/messages/{id}/intent");
    assert_eq!(owner.post("/api/v1/intents/learn", json!({})).await.problem(), (422, "too_few_labels".to_owned()));
    for (intent, status) in [("a|b", 422), ("Engraving ", 204)] {
        assert_eq!(agent.put(&path(first), json!({ "intent": intent })).await.status, status, "{intent}");
    }
    assert_eq!(agent.delete(&path(first)).await.status, 204);
    assert_eq!(agent.delete(&path(first)).await.status, 404);
    // The desk offers what was read.
    owner.post(WORDS, word("gift", "en", "engrave")).await;
    all_read(&test).await;
    let desk = agent.get("/api/v1/intents/desk").await;
    assert_eq!(desk.body.as_array().unwrap().len(), 40, "{}", desk.body);
    for (message, intent) in &messages {
        assert_eq!(agent.put(&path(message), json!({ "intent": intent })).await.status, 204);
    }
    assert_eq!(agent.get("/api/v1/intents/desk").await.body, json!([]));
    assert_eq!(agent.post("/api/v1/intents/learn", json!({})).await.status, 403);
    assert_eq!(owner.post("/api/v1/intents/learn", json!({})).await.status, 202);
    while jobs::step(&test.app, "bulk", 1).await > 0 {}
    let state = owner.get("/api/v1/intents").await;
    let version = &state.body["versions"][0];
    assert_eq!((&version["version"], &version["in_force"]), (&json!(1), &json!(true)), "{}", state.body);
    assert!(state.body["intents"].as_array().unwrap().contains(&json!("engraving")));
    assert_eq!(state.body["labels"], 40);
    let read = async || {
        let reply = owner.post("/api/v1/texts/read", json!({ "text": "please engrave a name on my ring" })).await;
        (reply.body["likely"][0]["intent"].clone(), reply.body["model"].clone())
    };
    assert_eq!(read().await, (json!("engraving"), json!(1)), "it is in force at once");
    let back = owner.post("/api/v1/intents/versions/0/use", json!({})).await;
    assert_eq!((back.status, &back.body["versions"][0]["in_force"]), (200, &json!(false)), "{}", back.body);
    assert_eq!(read().await.1, json!(0));
    assert_eq!(owner.post("/api/v1/intents/versions/7/use", json!({})).await.status, 404);
}
