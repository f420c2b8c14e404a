//! Messages that have not gone out, over the API: planned, changed, taken back, and what may not be.

use crate::harness::{Client, Heard, Reply, Shop};
use rapport_core::inbox::Step;
use rapport_core::time::HOUR;
use serde_json::{Value, json};

async fn say(client: &Client, heard: &Heard, body: Value) -> Reply {
    client.post(&format!("/api/v1/conversations/{}/messages", heard.conversation), body).await
}

fn text(body: &str) -> Value {
    json!({ "content": { "type": "text", "body": body } })
}

async fn row(client: &Client, heard: &Heard) -> Value {
    client.get(&format!("/api/v1/conversations/{}", heard.conversation)).await.body
}

#[tokio::test]
async fn a_message_can_wait_for_a_chosen_moment() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let at = test.app.now().plus(2 * HOUR).0;
    let body = json!({ "client_id": "c1", "content": { "type": "text", "body": "Later" }, "send_at": at, "cancel_on_reply": true });
    let planned = say(&owner, &heard, body.clone()).await;
    assert_eq!((planned.status, planned.text("/status")), (202, "scheduled".to_owned()), "{}", planned.body);
    assert_eq!((&planned.body["at"], &planned.body["plan"]["send_at"]), (&json!(at), &json!(at)));
    assert_eq!(say(&owner, &heard, body).await.body["id"], planned.body["id"], "the same id again is the same message");
    let queue = shop.queue().await;
    assert_eq!((queue.len(), queue[0].run_at.0), (1, at));
    let conversation = row(&owner, &heard).await;
    assert_eq!(conversation["last_message"]["preview"], "hello", "it is not said yet");
    assert!(conversation["waiting_since"].is_i64());
    let thread = owner.get(&format!("/api/v1/conversations/{}/messages", heard.conversation)).await;
    assert_eq!(thread.body["items"][0]["plan"]["send_at"], at, "it stands at the end of the thread");
    for (send_at, field) in [(json!(1), "send_at"), (json!(at + 400 * 24 * HOUR), "send_at")] {
        let mut body = text("x");
        body["send_at"] = send_at;
        let reply = say(&owner, &heard, body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{}", reply.body);
    }
    let mut body = text("x");
    body["cancel_on_reply"] = json!(true);
    assert_eq!(say(&owner, &heard, body).await.text("/field"), "cancel_on_reply");
}

#[tokio::test]
async fn what_has_not_gone_out_can_be_changed_and_taken_back() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let id = say(&owner, &heard, text("Helo")).await.text("/id");
    let path = format!("/api/v1/messages/{id}");
    let changed = owner.patch(&path, text("Hello")).await;
    assert_eq!((changed.status, &changed.body["content"]["body"]), (200, &json!("Hello")), "{}", changed.body);
    assert_eq!(changed.body["edited_at"], json!(null), "the customer never saw it otherwise");
    assert_eq!(shop.queue().await[0].revision, 1);
    assert_eq!(row(&owner, &heard).await["last_message"]["preview"], "Hello");
    for (body, field) in [
        (text(""), "content.body"),
        (json!({ "content": { "type": "location", "latitude": 1.0, "longitude": 1.0 } }), "content.type"),
        (json!({ "send_at": 5 }), "send_at"),
        (json!({ "cancel_on_reply": true }), "cancel_on_reply"),
    ] {
        let reply = owner.patch(&path, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}: {}", reply.body);
    }
    let gone = owner.delete(&path).await;
    assert_eq!((gone.status, gone.text("/status")), (200, "withdrawn".to_owned()));
    assert_eq!(owner.delete(&path).await.status, 200, "once more changes nothing");
    assert!(shop.queue().await.is_empty());
    let conversation = row(&owner, &heard).await;
    assert!(conversation["waiting_since"].is_i64(), "the customer waits again");
    assert_eq!(conversation["last_message"]["status"], "withdrawn");
    assert_eq!(owner.patch(&path, text("again")).await.problem(), (409, "withdrawn".to_owned()));
    let actions = owner.get("/api/v1/audit?target_kind=message").await;
    assert_eq!(actions.body["items"][0]["action"], "message.withdrawn");
}

#[tokio::test]
async fn what_was_handed_over_stays() {
    use rapport_core::message::Failure;
    use rapport_store::send::Verdict;
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let inbound = owner.patch(&format!("/api/v1/messages/{}", heard.message), text("x")).await;
    assert_eq!(inbound.problem(), (409, "not_changeable".to_owned()));
    let lost = Failure { code: 0, detail: "timed out".to_owned() };
    let refused = Failure { code: 131_053, detail: "file".to_owned() };
    let cases = [
        (
            Verdict::Sent { provider_id: "wamid.1".to_owned() },
            Step::Accepted { provider_id: "wamid.1".to_owned() },
            409,
        ),
        (Verdict::Unknown { detail: "timed out".to_owned() }, Step::Lost(lost), 409),
        (Verdict::Failed { code: Some(131_053), detail: "file".to_owned() }, Step::Failed(refused), 200),
    ];
    for (verdict, step, status) in cases {
        let id = say(&owner, &heard, text("hi")).await.text("/id");
        shop.try_to_send(&id, verdict, step.clone()).await;
        let path = format!("/api/v1/messages/{id}");
        let changed = owner.patch(&path, text("other words")).await;
        assert_eq!(changed.status, status, "{step:?}: {}", changed.body);
        let shown = owner.get(&path).await;
        let words = if status == 200 { "other words" } else { "hi" };
        assert_eq!(shown.body["content"]["body"], words);
        if status == 200 {
            assert_eq!((shown.text("/status"), &shown.body["error"]), ("queued".to_owned(), &json!(null)));
            assert_eq!(shop.queue().await.len(), 1, "it is tried again with the new words");
        } else {
            assert_eq!(owner.delete(&path).await.status, 409);
        }
    }
    // Somebody said that a lost one was not sent: nobody can be sure of that, so its words stay too.
    let id = say(&owner, &heard, text("hi")).await.text("/id");
    let lost = Failure { code: 0, detail: "timed out".to_owned() };
    shop.try_to_send(&id, Verdict::Unknown { detail: "timed out".to_owned() }, Step::Lost(lost)).await;
    let path = format!("/api/v1/messages/{id}");
    assert_eq!(owner.post(&format!("{path}/settle"), json!({ "outcome": "not_sent" })).await.status, 200);
    assert_eq!(owner.patch(&path, text("x")).await.problem(), (409, "gone_out".to_owned()));
}
