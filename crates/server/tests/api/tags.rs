//! Tags over the API: the catalogue, who may make one, what they do to contacts and lists.

use crate::harness::{Client, Shop, TestApp};
use serde_json::{Value, json};

const TAGS: &str = "/api/v1/tags";

async fn agent(test: &TestApp, owner: &Client) -> Client {
    test.user(owner, "agent").await;
    test.browser("agent@a.example").await
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_catalogue_is_kept_by_who_leads() {
    let (test, _, owner) = Shop::open().await;
    let made = owner.post(TAGS, json!({ "name": " VIP ", "color": 3, "description": "Spends a lot" })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((made.text("/name"), &made.body["color"]), ("VIP".to_owned(), &json!(3)));
    assert_eq!(owner.post(TAGS, json!({ "name": "vip" })).await.problem(), (409, "name_taken".to_owned()));
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "a, b" }), "name"),
        (json!({ "name": "x", "color": 8 }), "color"),
        (json!({ "name": "x", "description": "d".repeat(501) }), "description"),
    ] {
        let reply = owner.post(TAGS, body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()));
    }
    let path = format!("{TAGS}/{}", made.text("/id"));
    let agent = agent(&test, &owner).await;
    assert_eq!(agent.post(TAGS, json!({ "name": "mine" })).await.status, 403);
    assert_eq!(agent.patch(&path, json!({ "name": "mine" })).await.status, 403);
    assert_eq!(names(&agent.get(TAGS).await.body), ["VIP"]);
    let changed = owner.patch(&path, json!({ "archived": true, "description": null })).await;
    assert_eq!((&changed.body["archived"], &changed.body["description"]), (&json!(true), &Value::Null));
    assert_eq!(owner.get(TAGS).await.body, json!([]));
    assert_eq!(names(&owner.get(&format!("{TAGS}?archived=true")).await.body), ["VIP"]);
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!(owner.delete(&path).await.status, 404);
}

#[tokio::test]
async fn contacts_are_given_tags_and_lose_them() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/contacts/{}", heard.contact);
    let agent = agent(&test, &owner).await;
    let refused = agent.patch(&path, json!({ "tags": { "add": ["VIP"] } })).await;
    assert_eq!(refused.status, 403, "an agent chooses among those there are: {}", refused.body);
    let given = owner.patch(&path, json!({ "tags": { "add": ["VIP", "summer"] } })).await;
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(names(&given.body["tags"]), ["summer", "VIP"]);
    assert_eq!(given.body["fields"]["tags"], json!(["summer", "VIP"]));
    let less = agent.patch(&path, json!({ "tags": { "remove": ["SUMMER", "never"], "add": ["vip"] } })).await;
    assert_eq!(names(&less.body["tags"]), ["VIP"], "{}", less.body);
    let again = agent.patch(&path, json!({ "fields": { "tags": "Summer, VIP" } })).await;
    assert_eq!(names(&again.body["tags"]), ["summer", "VIP"], "the field is understood, too");
    let summer = again.body["tags"][0]["id"].as_str().unwrap().to_owned();
    owner.patch(&format!("{TAGS}/{summer}"), json!({ "archived": true })).await;
    let kept = owner.patch(&path, json!({ "name": "Amal H", "tags": { "remove": ["vip"] } })).await;
    assert_eq!(names(&kept.body["tags"]), ["summer"], "who carries one that is no longer offered keeps it");
    owner.patch(&path, json!({ "fields": { "tags": null } })).await;
    let late = owner.patch(&path, json!({ "tags": { "add": ["summer"] } })).await;
    assert_eq!((late.status, late.text("/field")), (422, "tags".to_owned()));
    let many: Vec<String> = (0..51).map(|n| format!("t{n}")).collect();
    let many = owner.patch(&path, json!({ "tags": { "add": many } })).await;
    assert_eq!((many.status, many.text("/field")), (422, "tags".to_owned()));
    let audit = owner.get("/api/v1/audit").await;
    let line = audit.body["items"].as_array().unwrap().iter().find(|line| line["action"] == "contact.updated").unwrap();
    assert_eq!(line["before"], json!({ "fields.tags": ["summer"] }));
}

#[tokio::test]
async fn renaming_and_merging_reach_whatever_names_a_tag() {
    let (_, shop, owner) = Shop::open().await;
    let amal = shop.hear("971500000001", "Amal", "hello").await;
    let badr = shop.hear("971500000002", "Badr", "hello").await;
    for (contact, tag) in [(&amal.contact, "VIP"), (&badr.contact, "Gold")] {
        owner.patch(&format!("/api/v1/contacts/{contact}"), json!({ "tags": { "add": [tag] } })).await;
    }
    let list = owner.get(TAGS).await;
    let of = |name: &str| {
        let found = list.body.as_array().unwrap().iter().find(|tag| tag["name"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    };
    let (vip, gold) = (of("VIP"), of("Gold"));
    shop.template("ready", "UTILITY").await;
    let template = owner.get("/api/v1/templates").await.text("/items/0/id");
    let campaign = json!({
        "name": "Ready", "channel_id": shop.channel, "template_id": template, "values": { "body.1": "x" },
        "audience": { "kind": "tag", "tag": "vip" },
    });
    let campaign = format!("/api/v1/campaigns/{}", owner.post("/api/v1/campaigns", campaign).await.text("/id"));
    owner.post("/api/v1/views", json!({ "name": "VIPs", "scope": "all", "filter": { "tag_id": vip } })).await;
    assert_eq!(
        owner.get(&format!("{TAGS}/{vip}/uses")).await.body,
        json!({ "contacts": 1, "campaigns": 1, "views": 1, "macros": 0 })
    );
    let me = owner.get("/api/v1/users").await.text("/items/0/id");
    owner.put(&format!("/api/v1/routing/agents/{me}"), json!({ "skills": ["vip", "ar"] })).await;

    owner.patch(&format!("{TAGS}/{vip}"), json!({ "name": "Silver" })).await;
    assert_eq!(owner.get(&campaign).await.body["audience"]["tag"], "Silver");
    assert_eq!(owner.get("/api/v1/routing/agents").await.body[0]["skills"], json!(["ar", "silver"]));
    let shown = owner.get(&format!("/api/v1/conversations?tag_id={vip}")).await;
    assert_eq!(names(&shown.body["items"][0]["contact"]["tags"]), ["Silver"], "{}", shown.body);
    assert_eq!(shown.body["items"].as_array().unwrap().len(), 1);

    let path = format!("{TAGS}/{vip}/merge");
    let wrong = owner.post(&path, json!({ "into_id": vip })).await;
    assert_eq!((wrong.status, wrong.text("/field")), (422, "into_id".to_owned()));
    let merged = owner.post(&path, json!({ "into_id": gold })).await;
    assert_eq!((merged.status, merged.text("/name")), (200, "Gold".to_owned()), "{}", merged.body);
    assert_eq!(owner.post(&path, json!({ "into_id": gold })).await.status, 404);
    assert_eq!(owner.get(&campaign).await.body["audience"]["tag"], "Gold");
    assert_eq!(owner.get(&format!("{campaign}/forecast")).await.body["customers"], json!(2));
    for id in [&vip, &gold] {
        let found = owner.get(&format!("/api/v1/contacts?tag_id={id}")).await;
        assert_eq!(found.body["items"].as_array().unwrap().len(), 2, "the old id leads on");
    }
    assert_eq!(owner.delete(&format!("{TAGS}/{gold}")).await.status, 204);
    let left = owner.get(&format!("/api/v1/contacts/{}", amal.contact)).await;
    assert_eq!((&left.body["tags"], &left.body["fields"]), (&json!([]), &json!({})));
}
