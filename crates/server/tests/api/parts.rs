//! Conversations are split and merged over the API.

use crate::harness::Shop;
use crate::search::{find, indexed};
use rapport_core::time::{DAY, MINUTE};
use serde_json::json;
use uuid::Uuid;

const LIST: &str = "/api/v1/conversations";

#[tokio::test]
async fn a_thread_is_split_and_merged_again() {
    let (test, shop, owner) = Shop::open().await;
    let first = shop.hear("971500000001", "Amal", "about shoes").await;
    shop.wait(MINUTE);
    let second = shop.hear("971500000001", "Amal", "about hamburgers").await;
    let me = owner.get("/api/v1/users").await.text("/items/0/id");
    let talk = format!("{LIST}/{}", first.conversation);
    owner.patch(&talk, json!({ "priority": "high", "assignee_id": me })).await;
    indexed(&test, &owner, "hamburgers").await;
    shop.wait(MINUTE);

    let reply = owner.post(&format!("{talk}/split"), json!({ "message_id": second.message })).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let made = reply.text("/id");
    assert_eq!((&reply.body["status"], &reply.body["priority"]), (&json!("open"), &json!("high")));
    assert_eq!((reply.text("/assignee_id"), &reply.body["unread_count"]), (me, &json!(1)));
    assert_eq!(owner.get(&talk).await.text("/status"), "resolved");
    let hit = find(&owner, "hamburgers", "").await;
    assert_eq!(hit.text("/items/0/conversation_id"), made);
    let around = owner.get(&format!("{LIST}/{made}/messages?around={}", second.message)).await;
    assert_eq!(around.status, 200);
    let third = shop.hear("971500000001", "Amal", "and mustard").await;
    assert_eq!(third.conversation, made, "the customer goes on in the newer part");
    let audit = owner.get("/api/v1/audit?limit=10").await.body.to_string();
    assert!(audit.contains("conversation.split"), "{audit}");

    let reply = owner.post(&format!("{talk}/merge"), json!({ "into": made })).await;
    assert_eq!((reply.status, reply.text("/id")), (200, made.clone()), "the open one stays");
    let again = owner.post(&format!("{talk}/merge"), json!({ "into": made })).await;
    assert_eq!((again.status, again.text("/id")), (200, made.clone()), "again changes nothing");
    // The old link leads on, whatever is asked about it.
    assert_eq!(owner.get(&talk).await.text("/id"), made);
    let thread = owner.get(&format!("{talk}/messages")).await;
    let said =
        |kind: &str| thread.body["items"].as_array().unwrap().iter().filter(|line| line["direction"] == kind).count();
    assert_eq!(said("in"), 3);
    assert_eq!(thread.text("/items/0/content/event"), "merged");
    assert_eq!(owner.post(&format!("{talk}/notes"), json!({ "body": "still here" })).await.status, 201);
    assert_eq!(owner.patch(&talk, json!({ "status": "resolved" })).await.text("/id"), made);
    assert_eq!(owner.post(&format!("{talk}/read"), json!({})).await.status, 204);
    assert!(owner.get("/api/v1/audit?limit=10").await.body.to_string().contains("conversation.merged"));
    let list = owner.get(&format!("/api/v1/contacts/{}/conversations", first.contact)).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_split_or_merged_names_the_field() {
    let (test, shop, owner) = Shop::open().await;
    let amal = shop.hear("971500000001", "Amal", "hello").await;
    let badr = shop.hear("971500000002", "Badr", "hello").await;
    let talk = format!("{LIST}/{}", amal.conversation);
    let refused = async |path: &str, body: serde_json::Value, field: &str| {
        let reply = owner.post(&format!("{talk}/{path}"), body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{}", reply.body);
    };
    refused("split", json!({ "message_id": amal.message }), "message_id").await;
    refused("split", json!({ "message_id": badr.message }), "message_id").await;
    refused("split", json!({ "message_id": Uuid::nil() }), "message_id").await;
    refused("merge", json!({ "into": amal.conversation }), "into").await;
    refused("merge", json!({ "into": badr.conversation }), "into").await;
    refused("merge", json!({ "into": Uuid::nil() }), "into").await;
    let nowhere = format!("{LIST}/{}/split", Uuid::nil());
    assert_eq!(owner.post(&nowhere, json!({ "message_id": amal.message })).await.status, 404);
    // Another workspace's conversation is as good as none.
    let other = test.workspace("b").await;
    let theirs = test.bearer(&other.token);
    let their_shop = Shop::in_workspace(&test, &other, &theirs).await;
    let foreign = their_shop.hear("971500000001", "Amal", "hello").await;
    refused("merge", json!({ "into": foreign.conversation }), "into").await;
    refused("split", json!({ "message_id": foreign.message }), "message_id").await;
    // Who may only look changes nothing.
    test.user(&owner, "viewer").await;
    let viewer = test.browser("viewer@a.example").await;
    assert_eq!(viewer.post(&format!("{talk}/merge"), json!({ "into": badr.conversation })).await.status, 403);
}

#[tokio::test]
async fn two_that_are_over_become_one() {
    let (_, shop, owner) = Shop::open().await;
    let first = shop.hear("971500000001", "Amal", "in spring").await;
    let old = format!("{LIST}/{}", first.conversation);
    owner.patch(&old, json!({ "status": "resolved" })).await;
    shop.wait(10 * DAY);
    let second = shop.hear("971500000001", "Amal", "in summer").await;
    assert_ne!(second.conversation, first.conversation);
    owner.patch(&format!("{LIST}/{}", second.conversation), json!({ "status": "resolved" })).await;
    let reply =
        owner.post(&format!("{LIST}/{}/merge", second.conversation), json!({ "into": first.conversation })).await;
    assert_eq!(
        (reply.status, reply.text("/id"), reply.text("/status")),
        (200, second.conversation, "resolved".to_owned())
    );
    assert_eq!(owner.get(&old).await.text("/last_message/preview"), "in summer");
}
