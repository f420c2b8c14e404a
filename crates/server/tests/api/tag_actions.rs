//! Tags that a change to many and a macro give to customers and take from them.

use crate::harness::{Client, Heard, Shop, TestApp};
use rapport_app::jobs::Outcome;
use serde_json::{Value, json};
use uuid::Uuid;

const TAGS: &str = "/api/v1/tags";
const BULK: &str = "/api/v1/bulk-actions";
const MACROS: &str = "/api/v1/macros";

/// A shop with three customers, and the tags VIP, new and old; old is no longer offered.
struct Desk {
    test: TestApp,
    shop: Shop,
    owner: Client,
    heard: Vec<Heard>,
    tags: [String; 3],
}

impl Desk {
    async fn open() -> Self {
        let (test, shop, owner) = Shop::open().await;
        let mut heard = Vec::new();
        for n in 0..3 {
            heard.push(shop.hear(&format!("9715000000{n:02}"), &format!("Customer {n}"), "hello").await);
            shop.wait(1_000);
        }
        let tag = async |name: &str| owner.post(TAGS, json!({ "name": name })).await.text("/id");
        let tags = [tag("VIP").await, tag("new").await, tag("old").await];
        let archived = owner.patch(&format!("{TAGS}/{}", tags[2]), json!({ "archived": true })).await;
        assert_eq!(archived.status, 200);
        Self { test, shop, owner, heard, tags }
    }

    async fn of(&self, customer: usize) -> Vec<String> {
        let row = self.owner.get(&format!("/api/v1/contacts/{}", self.heard[customer].contact)).await;
        row.body["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap().to_owned()).collect()
    }

    /// Gives a customer tags by hand.
    async fn mark(&self, customer: usize, change: Value) {
        let path = format!("/api/v1/contacts/{}", self.heard[customer].contact);
        let reply = self.owner.patch(&path, json!({ "tags": change })).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }

    /// The audit lines of a customer, the newest first: source and values.
    async fn noted(&self, customer: usize) -> Vec<(String, Value, Value)> {
        let path = format!("/api/v1/audit?target_kind=contact&target_id={}", self.heard[customer].contact);
        let reply = self.owner.get(&path).await;
        let line = |line: &Value| {
            assert_eq!(line["action"], "contact.updated");
            (line["source"].as_str().unwrap().to_owned(), line["before"].clone(), line["after"].clone())
        };
        reply.body["items"].as_array().unwrap().iter().map(line).collect()
    }

    /// Asks for a change to many, or to take one back, and does what its job does.
    async fn carry_out(&self, path: &str, body: Value) -> Value {
        let asked = self.owner.post(path, body).await;
        assert_eq!(asked.status, 202, "{}", asked.body);
        let id: Uuid = asked.text("/id").parse().unwrap();
        while rapport_app::bulk::run::run(&self.test.app, self.shop.workspace, id).await.unwrap() != Outcome::Done {}
        self.owner.get(&format!("{BULK}/{id}")).await.body
    }
}

#[tokio::test]
async fn everybody_a_filter_finds_is_tagged_and_untagged_again() {
    let desk = Desk::open().await;
    let [vip, new, old] = desk.tags.clone();
    desk.owner.patch(&format!("{TAGS}/{old}"), json!({ "archived": false })).await;
    desk.mark(0, json!({ "add": ["new"] })).await;
    desk.mark(1, json!({ "add": ["VIP", "old"] })).await;
    desk.owner.patch(&format!("{TAGS}/{old}"), json!({ "archived": true })).await;
    let action = json!({ "add_tag_ids": [vip], "remove_tag_ids": [new, old] });
    let done = desk.carry_out(BULK, json!({ "filter": {}, "action": action })).await;
    assert_eq!((&done["action"]["add_tag_ids"], &done["changed"]), (&json!([vip]), &json!(3)), "{done}");
    for customer in 0..3 {
        assert_eq!(desk.of(customer).await, ["VIP"], "customer {customer}");
    }
    let (source, before, after) = desk.noted(0).await.remove(0);
    assert_eq!(source, format!("bulk:{}", done["id"].as_str().unwrap()));
    assert_eq!((before, after), (json!({ "fields.tags": ["new"] }), json!({ "fields.tags": ["VIP"] })));
    let thread = desk.owner.get(&format!("/api/v1/conversations/{}", desk.heard[0].conversation)).await;
    assert_eq!(thread.body["status"], "open", "nothing else changed");

    // The same again changes nobody, and notes nothing.
    let again = desk.carry_out(BULK, json!({ "filter": {}, "action": action })).await;
    assert_eq!((&again["changed"], &again["done"], &again["can_undo"]), (&json!(0), &json!(3), &json!(false)));
    assert_eq!(desk.noted(2).await.len(), 1);

    // Somebody goes on working before it is taken back. What is no longer offered does not come back.
    desk.mark(2, json!({ "remove": ["VIP"] })).await;
    let back = desk.carry_out(&format!("{BULK}/{}/undo", done["id"].as_str().unwrap()), json!(null)).await;
    assert_eq!(back["done"], 3, "{back}");
    assert_eq!(desk.of(0).await, ["new"]);
    assert_eq!(desk.of(1).await, ["VIP"], "it had that before; old is put away");
    assert!(desk.of(2).await.is_empty());
}

#[tokio::test]
async fn tags_and_the_rest_of_a_change_go_together() {
    let desk = Desk::open().await;
    let [vip, new, _] = desk.tags.clone();
    // Customer 0 has no room for another tag; the second one is merged away before the job's turn.
    let many: Vec<String> = (0..50).map(|n| format!("t{n}")).collect();
    desk.mark(0, json!({ "add": many })).await;
    let action = json!({ "priority": "high", "add_tag_ids": [vip, new] });
    let asked = desk.owner.post(BULK, json!({ "filter": {}, "action": action })).await;
    let merged = desk.owner.post(&format!("{TAGS}/{new}/merge"), json!({ "into_id": vip })).await;
    assert_eq!((asked.status, merged.status), (202, 200), "{}", merged.body);
    let id: Uuid = asked.text("/id").parse().unwrap();
    while rapport_app::bulk::run::run(&desk.test.app, desk.shop.workspace, id).await.unwrap() != Outcome::Done {}
    let done = desk.owner.get(&format!("{BULK}/{id}")).await.body;
    assert_eq!((&done["changed"], &done["refused"]), (&json!(2), &json!(1)), "{done}");
    let priority = async |customer: usize| {
        let path = format!("/api/v1/conversations/{}", desk.heard[customer].conversation);
        desk.owner.get(&path).await.body["priority"].clone()
    };
    assert_eq!((priority(0).await, desk.of(0).await.len()), (json!("none"), 50), "all of it or nothing");
    assert_eq!((priority(1).await, desk.of(1).await), (json!("high"), vec!["VIP".to_owned()]));
}

#[tokio::test]
async fn tags_that_cannot_be_given_are_named() {
    let desk = Desk::open().await;
    let [vip, _, old] = desk.tags.clone();
    let (nobody, ids) = (Uuid::from_u128(7), json!([desk.heard[0].conversation]));
    let many: Vec<Uuid> = (0..51).map(Uuid::from_u128).collect();
    for (action, field, detail) in [
        (json!({ "add_tag_ids": [nobody] }), "add_tag_ids", "names a tag that does not exist"),
        (json!({ "add_tag_ids": [old] }), "add_tag_ids", "names a tag that is no longer offered: old"),
        (json!({ "add_tag_ids": many }), "add_tag_ids", "must be at most 50"),
        (json!({ "remove_tag_ids": [nobody] }), "remove_tag_ids", "names a tag that does not exist"),
        (
            json!({ "add_tag_ids": [vip], "remove_tag_ids": [vip] }),
            "remove_tag_ids",
            "and add_tag_ids name the same tag",
        ),
    ] {
        let reply = desk.owner.post(BULK, json!({ "ids": ids, "action": action })).await;
        let told = (reply.status, reply.text("/field"), reply.text("/detail"));
        assert_eq!(told, (422, field.to_owned(), format!("{field} {detail}")), "{action}");
    }
    for (action, detail) in [
        (json!({ "type": "add_tags", "tag_ids": [vip, nobody] }), "names a tag that does not exist (step 2)"),
        (json!({ "type": "add_tags", "tag_ids": [old] }), "names a tag that is no longer offered: old (step 2)"),
        (json!({ "type": "remove_tags", "tag_ids": [nobody] }), "names a tag that does not exist (step 2)"),
        (json!({ "type": "remove_tags", "tag_ids": [] }), "must be 1 to 50"),
    ] {
        let body = json!({ "name": "x", "shared": true, "actions": [{ "type": "status", "status": "open" }, action] });
        let reply = desk.owner.post(MACROS, body).await;
        let told = (reply.status, reply.text("/field"), reply.text("/detail"));
        assert_eq!(told, (422, "actions.1.tag_ids".to_owned(), format!("actions.1.tag_ids {detail}")));
    }
    let scopes = json!({ "name": "inbox", "role": "agent", "scopes": ["inbox.read", "inbox.write"] });
    let token = desk.owner.post("/api/v1/tokens", scopes).await;
    assert_eq!(token.status, 201, "{}", token.body);
    let program = desk.test.bearer(&token.text("/secret"));
    let refused = program.post(BULK, json!({ "ids": ids, "action": { "add_tag_ids": [vip] } })).await;
    assert_eq!(refused.status, 403, "who may not change customers may not tag them: {}", refused.body);
}

#[tokio::test]
async fn a_macro_tags_the_customer_in_the_order_of_its_steps() {
    let desk = Desk::open().await;
    let [vip, new, old] = desk.tags.clone();
    desk.mark(0, json!({ "add": ["new"] })).await;
    let make = async |actions: Value| {
        let body = json!({ "name": "x", "shared": true, "actions": actions });
        let made = desk.owner.post(MACROS, body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        format!("{MACROS}/{}", made.text("/id"))
    };
    let run = async |client: &Client, path: &str, customer: usize| {
        let body = json!({ "conversation_id": desk.heard[customer].conversation });
        client.post(&format!("{path}/run"), body).await
    };
    let path = make(json!([
        { "type": "remove_tags", "tag_ids": [vip, new, old] },
        { "type": "add_tags", "tag_ids": [vip] },
        { "type": "priority", "priority": "high" },
    ]))
    .await;
    desk.test.user(&desk.owner, "agent").await;
    let agent = desk.test.browser("agent@a.example").await;
    let done = run(&agent, &path, 0).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!((&done.body["conversation"]["priority"], desk.of(0).await), (&json!("high"), vec!["VIP".to_owned()]));
    let (source, before, after) = desk.noted(0).await.remove(0);
    assert_eq!(
        (source.as_str(), before, after),
        ("ui", json!({ "fields.tags": ["new"] }), json!({ "fields.tags": ["VIP"] }))
    );
    assert_eq!(run(&agent, &path, 0).await.status, 200);
    assert_eq!(desk.noted(0).await.len(), 2, "there was nothing to change");

    // Tags that are merged lead on; one that is put away stops the macro before its message goes.
    let hello = make(json!([
        { "type": "send_text", "body": "Welcome" },
        { "type": "add_tags", "tag_ids": [new] },
    ]))
    .await;
    assert_eq!(desk.owner.get(&format!("{TAGS}/{new}/uses")).await.body["macros"], 2);
    let merged = desk.owner.post(&format!("{TAGS}/{new}/merge"), json!({ "into_id": vip })).await;
    assert_eq!(merged.status, 200, "{}", merged.body);
    let listed = desk.owner.get(MACROS).await;
    assert_eq!(listed.body["items"][0]["actions"][0]["tag_ids"], json!([vip, old]));
    assert_eq!(listed.body["items"][1]["actions"][1]["tag_ids"], json!([vip]));
    desk.owner.patch(&format!("{TAGS}/{vip}"), json!({ "archived": true })).await;
    let stopped = run(&agent, &hello, 1).await;
    assert_eq!((stopped.status, stopped.text("/field")), (422, "actions.1.tag_ids".to_owned()), "{}", stopped.body);
    let thread = desk.owner.get(&format!("/api/v1/conversations/{}/messages", desk.heard[1].conversation)).await;
    assert_eq!(thread.body["items"].as_array().unwrap().len(), 1, "nothing was sent");
    desk.owner.patch(&format!("{TAGS}/{vip}"), json!({ "archived": false })).await;
    assert_eq!(run(&agent, &hello, 1).await.status, 200);
    assert_eq!(desk.of(1).await, ["VIP"]);

    // No room for another one.
    let many: Vec<String> = (0..50).map(|n| format!("t{n}")).collect();
    desk.mark(2, json!({ "add": many })).await;
    let full = run(&agent, &hello, 2).await;
    assert_eq!((full.status, full.text("/field")), (422, "actions.1.tag_ids".to_owned()), "{}", full.body);
}
