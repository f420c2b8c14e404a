//! Contacts that may be the same person: suggested with reasons, kept apart for good, made one and parted again.

use crate::harness::{Client, Shop, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

const LIST: &str = "/api/v1/duplicates";
const CONTACTS: &str = "/api/v1/contacts";

/// Runs the indexer until so many pairs wait.
async fn waiting(test: &TestApp, client: &Client, count: u64) -> Vec<Value> {
    let task = rapport_app::search::start(&test.app);
    for _ in 0..100 {
        // What changed last is looked at a moment later.
        tokio::time::sleep(Duration::from_millis(50)).await;
        if client.get(&format!("{LIST}/counts")).await.body["open"] == count {
            task.abort();
            return client.get(LIST).await.body["items"].as_array().unwrap().clone();
        }
    }
    panic!("{:?} wait", client.get(LIST).await.body);
}

async fn made(client: &Client, body: Value) -> String {
    let reply = client.post(CONTACTS, body).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    reply.text("/id")
}

#[tokio::test]
async fn the_same_person_is_suggested_in_every_language_with_reasons() {
    let (test, shop, owner) = Shop::open().await;
    let amal =
        made(&owner, json!({ "name": "أمل الحداد", "phone": "+971501234567", "email": "amal@shop.example" })).await;
    shop.wait(1_000);
    let again = made(&owner, json!({ "name": "امل حداد", "phone": "+971507654321" })).await;
    let mailbox = made(
        &owner,
        json!({ "name": "A.", "phone": "+971507654399", "fields": { "other_mail": "Amal+x@shop.example" } }),
    )
    .await;
    made(&owner, json!({ "name": "Omar Saleh", "phone": "+971500000077" })).await;
    let found = waiting(&test, &owner, 2).await;
    assert_eq!(found[0]["reasons"], json!([{ "kind": "email", "value": "amal@shop.example" }]));
    assert_eq!(
        (&found[0]["keep"]["id"], &found[0]["other"]["id"]),
        (&json!(amal), &json!(mailbox)),
        "who was known first stays"
    );
    assert_eq!(found[1]["other"]["id"], again.as_str());
    assert_eq!(found[1]["reasons"][0]["kind"], "name");
    let of = owner.get(&format!("{CONTACTS}/{again}/duplicates")).await;
    assert_eq!(of.body["items"].as_array().unwrap().len(), 1);
    let first = owner.get(&format!("{LIST}?limit=1")).await;
    let next = first.text("/next_cursor");
    let rest = owner.get(&format!("{LIST}?limit=1&cursor={next}")).await;
    assert_eq!((&rest.body["items"][0]["other"]["id"], &rest.body["next_cursor"]), (&json!(again), &Value::Null));

    // Two for good, whatever changes; and taken back.
    let pair = json!({ "keep": amal, "other": again });
    let said = owner.post(&format!("{LIST}/decide"), json!({ "choice": "apart", "pairs": [pair] })).await;
    assert_eq!((said.status, &said.body["done"]), (200, &json!(1)), "{}", said.body);
    owner.patch(&format!("{CONTACTS}/{again}"), json!({ "name": "أمل حداد" })).await;
    waiting(&test, &owner, 1).await;
    owner.post(&format!("{LIST}/decide"), json!({ "choice": "open", "pairs": [pair] })).await;
    waiting(&test, &owner, 2).await;
    // A name that is another's now is no reason any more.
    owner.patch(&format!("{CONTACTS}/{again}"), json!({ "name": "Somebody Else" })).await;
    waiting(&test, &owner, 1).await;
    for body in
        [json!({ "choice": "apart", "pairs": [] }), json!({ "choice": "merge", "pairs": vec![pair.clone(); 101] })]
    {
        assert_eq!(owner.post(&format!("{LIST}/decide"), body).await.status, 422);
    }
}

#[tokio::test]
async fn what_both_bought_of_late_tells_more_of_a_name_that_tells_little() {
    let (test, shop, owner) = Shop::open().await;
    let now = shop.wait(1_000).0;
    for (number, phone) in [("1", "+971500000001"), ("2", "+971500000002")] {
        let id = made(&owner, json!({ "name": "Amal", "phone": phone })).await;
        shop.wait(1_000);
        let order = json!({ "contact_id": id, "placed_at": now, "status": "paid", "items": [{ "sku": "DT-7", "name": "Kaftan" }] });
        let reply = owner.put(&format!("/api/v1/orders/{number}"), order).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    let found = waiting(&test, &owner, 1).await;
    let kinds: Vec<&str> =
        found[0]["reasons"].as_array().unwrap().iter().filter_map(|reason| reason["kind"].as_str()).collect();
    assert!(kinds.contains(&"bought") && kinds.contains(&"name"), "{kinds:?}");
}

#[tokio::test]
async fn a_merge_keeps_everything_and_is_taken_back() {
    let (test, shop, owner) = Shop::open().await;
    let keep =
        made(&owner, json!({ "name": "Amal Haddad", "phone": "+971501234567", "fields": { "size": "M" } })).await;
    shop.wait(1_000);
    let fields = json!({ "size": "L", "city": "Dubai", "tags": ["vip"] });
    let gone = made(
        &owner,
        json!({ "name": "Amal Hadad", "phone": "+971507654321", "email": "amal@shop.example", "fields": fields }),
    )
    .await;
    let heard = shop.hear("971507654321", "Amal", "hello").await;
    waiting(&test, &owner, 1).await;
    let merged = owner.post(&format!("{CONTACTS}/{keep}/merge"), json!({ "gone": gone })).await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    let contact = &merged.body["contact"];
    assert_eq!((&contact["name"], &contact["email"]), (&json!("Amal Haddad"), &json!("amal@shop.example")));
    assert_eq!((&contact["fields"]["size"], &contact["fields"]["city"]), (&json!("M"), &json!("Dubai")));
    assert_eq!(contact["tags"][0]["name"], "vip");
    assert_eq!(owner.get(&format!("{CONTACTS}/{gone}")).await.status, 404);
    assert_eq!(
        owner.get(&format!("/api/v1/conversations/{}", heard.conversation)).await.body["contact"]["id"],
        keep.as_str()
    );
    let listed = owner.get(&format!("{CONTACTS}/{keep}/merges")).await;
    assert_eq!(
        (&listed.body["items"][0]["id"], &listed.body["items"][0]["name"]),
        (&merged.body["merge_id"], &json!("Amal Hadad"))
    );
    let audit = owner.get(&format!("/api/v1/audit?target_kind=contact&target_id={keep}")).await;
    assert_eq!(audit.body["items"][0]["action"], "contact.merged");
    assert_eq!(audit.body["items"][0]["after"]["merged"], "Amal Hadad");
    assert_eq!(owner.post(&format!("{CONTACTS}/{keep}/merge"), json!({ "gone": keep })).await.problem().0, 422);

    // What a person changed since stays; everything else is as it was.
    owner.patch(&format!("{CONTACTS}/{keep}"), json!({ "fields": { "city": "Abu Dhabi" } })).await;
    let path = format!("/api/v1/contact-merges/{}/undo", merged.text("/merge_id"));
    let parted = owner.post(&path, json!({})).await;
    assert_eq!(parted.status, 200, "{}", parted.body);
    let (kept, back) = (&parted.body["kept"], &parted.body["parted"]);
    assert_eq!((&kept["email"], &kept["fields"]), (&Value::Null, &json!({ "size": "M", "city": "Abu Dhabi" })));
    assert_eq!(kept["tags"], json!([]));
    assert_eq!(
        (&back["id"], &back["email"], &back["fields"]["size"]),
        (&json!(gone), &json!("amal@shop.example"), &json!("L"))
    );
    assert_eq!(back["tags"][0]["name"], "vip");
    assert_eq!(
        owner.get(&format!("/api/v1/conversations/{}", heard.conversation)).await.body["contact"]["id"],
        gone.as_str()
    );
    assert_eq!(owner.post(&path, json!({})).await.status, 200, "once is enough");
    assert!(owner.get(&format!("{CONTACTS}/{keep}/merges")).await.body["items"].as_array().unwrap().is_empty());
    // Who was parted by hand is not suggested again.
    waiting(&test, &owner, 0).await;

    // Not after 30 days.
    let merged = owner.post(&format!("{CONTACTS}/{keep}/merge"), json!({ "gone": gone })).await;
    shop.wait(31 * rapport_core::time::DAY);
    let late = owner.post(&format!("/api/v1/contact-merges/{}/undo", merged.text("/merge_id")), json!({})).await;
    assert_eq!(late.problem().1, "not_undoable");
}
