//! A message that failed shows, for every code the provider can give, what happened, what to do, and whether trying again
//! can help.

use crate::harness::Shop;
use rapport_connectors::whatsapp::error_table::TABLE;
use rapport_connectors::whatsapp::{RetryClass, meaning};
use rapport_core::inbox::Step;
use rapport_core::message::Failure;
use rapport_core::{MessageId, Ms};
use serde_json::{Value, json};

/// Moves a message on as the send worker does.
async fn fail(shop: &Shop, id: &str, code: i64) {
    let id = MessageId(id.parse().unwrap());
    let failure = Failure { code, detail: "the provider's own words".to_owned() };
    let tx = shop.scope().write().await.unwrap();
    let mut book = rapport_store::ingest::load_contacts(&tx, &[], &[id]).await.unwrap();
    let now = Ms(1_790_000_100_000);
    for step in [Step::Retried, Step::Started, Step::Failed(failure)] {
        let known = book.message(id).cloned().unwrap();
        book.apply(rapport_core::inbox::step(&known, None, &step, now));
    }
    rapport_store::ingest::save(&tx, &book.drain(), now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn every_code_is_explained_on_its_message() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let content = json!({ "content": { "type": "text", "body": "hi" } });
    let sent = owner.post(&format!("/api/v1/conversations/{}/messages", heard.conversation), content).await;
    let id = sent.text("/id");
    let path = format!("/api/v1/messages/{id}");
    let mut codes: Vec<i64> = TABLE.iter().flat_map(|row| [row.code, row.last]).filter(|code| *code != 0).collect();
    codes.dedup();
    assert!(codes.len() > 75, "{} codes", codes.len());
    for code in codes {
        fail(&shop, &id, code).await;
        let shown = owner.get(&path).await.body;
        let row = meaning(code);
        let hopeless = matches!(
            row.class,
            RetryClass::Never | RetryClass::NeedsTemplate | RetryClass::OptOut | RetryClass::MarkNumber
        );
        let expected = json!({ "code": code, "meaning": row.meaning, "advice": row.advice, "retryable": !hopeless });
        assert_eq!((&shown["status"], &shown["error"]), (&json!("failed"), &expected), "{code}");
    }
    // A code of tomorrow: the provider's own words, and no promise.
    fail(&shop, &id, 999_999).await;
    let error: Value = owner.get(&path).await.body["error"].clone();
    assert_eq!((&error["meaning"], &error["retryable"]), (&json!("the provider's own words"), &json!(false)));
}
