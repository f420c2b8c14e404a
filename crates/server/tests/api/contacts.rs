//! Contacts: one person, once; what changes is stamped, audited and told.

use crate::harness::Shop;
use rapport_core::time::DAY;
use serde_json::{Value, json};

const LIST: &str = "/api/v1/contacts";

#[tokio::test]
async fn a_contact_is_made_once_in_any_spelling() {
    let (_, shop, owner) = Shop::open().await;
    let made = owner.post(LIST, json!({ "name": "Amal", "phone": "+971 50 123 4567", "email": "Amal@Shop.Example ", "fields": { "size": "M" } })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.text("/id");
    assert_eq!(
        (made.text("/phone"), made.text("/email"), made.text("/country")),
        ("+971501234567".into(), "amal@shop.example".into(), "AE".into())
    );
    assert_eq!(
        made.body["identities"],
        json!([{ "kind": "email", "value": "amal@shop.example" }, { "kind": "phone", "value": "+971501234567" }])
    );
    assert_eq!(
        (&made.body["consent"], &made.body["window"]),
        (&json!({ "marketing": "unknown" }), &json!({ "open": false, "expires_at": null }))
    );
    assert_eq!((&made.body["source"], &made.body["fields"]), (&json!("api"), &json!({ "size": "M" })));
    for body in
        [json!({ "phone": "00971501234567" }), json!({ "phone": "+1 202 555 0111", "email": "AMAL@shop.example" })]
    {
        let again = owner.post(LIST, body).await;
        assert_eq!(again.problem(), (409, "contact_exists".to_owned()));
        assert_eq!(again.body["id"], id.as_str());
    }
    for (body, status, field) in [
        (json!({}), 400, "phone"),
        (json!({ "phone": "12" }), 422, "phone"),
        (json!({ "phone": "+971501234568", "email": "nonsense" }), 422, "email"),
        (json!({ "phone": "+971501234568", "name": "a\nb" }), 422, "name"),
        (json!({ "phone": "+971501234568", "fields": { "a b": 1 } }), 422, "fields"),
    ] {
        let reply = owner.post(LIST, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (status, field.to_owned()), "{body}: {}", reply.body);
    }
    let heard = shop.hear("971501234567", "Profile name", "hello").await;
    assert_eq!(heard.contact, id, "who writes is who was entered");
    let row = owner.get(&format!("{LIST}/{id}")).await;
    assert_eq!((&row.body["name"], &row.body["window"]["open"]), (&json!("Amal"), &json!(true)));
    assert_eq!(owner.get(LIST).await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn changes_are_stamped_and_audited() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let id = owner
        .post(LIST, json!({ "phone": "+971501234567", "email": "old@shop.example", "fields": { "a": 1, "b": 2 } }))
        .await
        .text("/id");
    let path = format!("{LIST}/{id}");
    let now = shop.wait(5_000);
    let patch = json!({ "name": "Amal", "email": "new@shop.example", "language": "ar", "owner_id": agent, "fields": { "a": null, "c": "x" } });
    let changed = owner.patch(&path, patch).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(
        (changed.text("/name"), changed.text("/email"), changed.text("/language")),
        ("Amal".into(), "new@shop.example".into(), "ar".into())
    );
    assert_eq!((&changed.body["fields"], &changed.body["owner_id"]), (&json!({ "b": 2, "c": "x" }), &json!(agent)));
    let identities = changed.body["identities"].to_string();
    assert!(identities.contains("new@shop.example") && !identities.contains("old@shop.example"));
    let read = shop.scope().read();
    let contact = rapport_core::ContactId(id.parse().unwrap());
    let row = rapport_store::query::contact_page::get(&read, contact).await.unwrap().unwrap();
    for field in ["name", "email", "language", "owner_id", "fields.a", "fields.c"] {
        assert_eq!(row.field_stamps[field], json!(now), "{field}: {}", row.field_stamps);
    }
    assert_eq!(row.field_stamps["fields.b"], json!(now.0 - 5_000));
    let audit = owner.get(&format!("/api/v1/audit?target_kind=contact&target_id={id}")).await;
    assert_eq!(audit.body["items"][0]["before"]["email"], "old@shop.example");
    assert!(audit.body["items"][0]["after"].get("fields.b").is_none(), "only what changed");
    let other = owner.post(LIST, json!({ "phone": "+971501234568" })).await.text("/id");
    let taken = owner.patch(&format!("{LIST}/{other}"), json!({ "email": "new@shop.example" })).await;
    assert_eq!((taken.problem(), taken.text("/id")), ((409, "contact_exists".to_owned()), id.clone()));
    let free = owner.patch(&format!("{LIST}/{other}"), json!({ "email": "old@shop.example" })).await;
    assert_eq!(free.status, 200, "an address that was given up is free: {}", free.body);
    for (patch, field) in [
        (json!({ "owner_id": id }), "owner_id"),
        (json!({ "email": "x" }), "email"),
        (json!({ "language": "klingon language" }), "language"),
    ] {
        assert_eq!(owner.patch(&path, patch).await.text("/field"), field);
    }
    let cleared = owner.patch(&path, json!({ "name": null, "email": null, "owner_id": null })).await;
    assert_eq!(
        (&cleared.body["name"], &cleared.body["email"], &cleared.body["owner_id"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(owner.patch(&path, json!({})).await.status, 200);
}

#[tokio::test]
async fn the_list_is_found_and_ordered() {
    let (_, shop, owner) = Shop::open().await;
    for (n, name) in ["Carla", "amal", "Badr"].iter().enumerate() {
        owner
            .post(
                LIST,
                json!({ "name": name, "phone": format!("+97150123456{n}"), "email": format!("{n}@shop.example") }),
            )
            .await;
        shop.wait(1_000);
    }
    let names = |reply: &crate::harness::Reply| -> Vec<String> {
        reply.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    for (sort, expected) in [
        ("updated", ["Badr", "amal", "Carla"]),
        ("name", ["amal", "Badr", "Carla"]),
        ("created", ["Badr", "amal", "Carla"]),
    ] {
        let mut seen = Vec::new();
        let mut path = format!("{LIST}?sort={sort}&limit=2");
        loop {
            let reply = owner.get(&path).await;
            seen.extend(names(&reply));
            let Some(cursor) = reply.body["next_cursor"].as_str() else { break };
            path = format!("{LIST}?sort={sort}&limit=2&cursor={cursor}");
            let wrong = owner
                .get(&format!("{LIST}?sort={}&cursor={cursor}", if sort == "name" { "updated" } else { "name" }))
                .await;
            assert_eq!((wrong.status, wrong.text("/field")), (422, "cursor".to_owned()));
        }
        assert_eq!(seen, expected, "{sort}");
    }
    for (q, expected) in [("AMA", "amal"), ("0123%204561", "amal"), ("0%40shop", "Carla")] {
        assert_eq!(names(&owner.get(&format!("{LIST}?q={q}")).await), [expected], "{q}");
    }
}

#[tokio::test]
async fn consent_is_a_ledger_and_the_guard_obeys_it() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    let path = format!("{LIST}/{}/consents", heard.contact);
    let yes = owner
        .post(&path, json!({ "purpose": "marketing", "state": "opted_in", "source": "form", "proof": "order 17" }))
        .await;
    assert_eq!((yes.status, yes.text("/state"), yes.text("/proof")), (201, "opted_in".into(), "order 17".into()));
    shop.wait(1_000);
    assert_eq!(owner.post(&path, json!({ "purpose": "marketing", "state": "opted_out" })).await.status, 201);
    let ledger = owner.get(&path).await;
    let states: Vec<_> = ledger.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["state"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(states, ["opted_out", "opted_in"]);
    let contact = owner.get(&format!("{LIST}/{}", heard.contact)).await;
    assert_eq!(contact.body["consent"]["marketing"], "opted_out");
    shop.template("sale", "MARKETING").await;
    let content = json!({ "type": "template", "name": "sale", "language": "en", "components": [{ "type": "body", "parameters": [{ "type": "text", "text": "Amal" }] }] });
    let refused = owner
        .post(&format!("/api/v1/conversations/{}/messages", heard.conversation), json!({ "content": content }))
        .await;
    assert_eq!(refused.problem(), (422, "guard_refused".to_owned()));
    assert_eq!(refused.body["verdict"]["decided_by"], "consent");
    for bad in
        [json!({ "purpose": "service", "state": "opted_in" }), json!({ "purpose": "marketing", "state": "unknown" })]
    {
        assert_eq!(owner.post(&path, bad).await.status, 400);
    }
}

#[tokio::test]
async fn the_team_can_turn_to_a_customer_first() {
    let (_, shop, owner) = Shop::open().await;
    let id = owner.post(LIST, json!({ "phone": "+971501234567" })).await.text("/id");
    let path = format!("{LIST}/{id}/conversations");
    let body = json!({ "channel_id": shop.channel });
    let made = owner.post(&path, body.clone()).await;
    assert_eq!(
        (made.status, &made.body["last_message"], &made.body["window_expires_at"]),
        (201, &json!(null), &json!(null))
    );
    let again = owner.post(&path, body.clone()).await;
    assert_eq!((again.status, &again.body["id"]), (200, &made.body["id"]));
    let nowhere = owner.post(&path, json!({ "channel_id": id })).await;
    assert_eq!((nowhere.status, nowhere.text("/field")), (422, "channel_id".to_owned()));
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    assert_eq!(heard.conversation, made.text("/id"));
    owner.patch(&format!("/api/v1/conversations/{}", heard.conversation), json!({ "status": "resolved" })).await;
    let next = owner.post(&path, body).await;
    assert_eq!(next.status, 201);
    assert_eq!(
        next.body["window_expires_at"],
        next.body["created_at"].as_i64().unwrap() + DAY,
        "the window outlives the conversation"
    );
    let said = owner
        .post(
            &format!("/api/v1/conversations/{}/messages", next.text("/id")),
            json!({ "content": { "type": "text", "body": "hi" } }),
        )
        .await;
    assert_eq!(said.status, 202, "{}", said.body);
}
