//! Campaigns over the API: drafts, steps, recipients, and what is refused with the field's name.

use crate::harness::{Client, Reply, Shop};
use axum::http::Method;
use serde_json::{Value, json};

const CAMPAIGNS: &str = "/api/v1/campaigns";

async fn template(shop: &Shop, client: &Client, name: &str) -> String {
    shop.template(name, "UTILITY").await;
    let list = client.get(&format!("/api/v1/templates?q={name}")).await;
    list.text("/items/0/id")
}

fn draft(shop: &Shop, template: &str, audience: Value) -> Value {
    json!({
        "name": "Ready", "channel_id": shop.channel, "template_id": template, "values": { "body.1": "friend" },
        "audience": audience,
    })
}

fn field(reply: &Reply) -> (u16, String) {
    (reply.status, reply.text("/field"))
}

#[tokio::test]
async fn a_draft_is_made_changed_and_thrown_away() {
    let (_, shop, owner) = Shop::open().await;
    let template = template(&shop, &owner, "ready").await;
    assert_eq!(owner.get(CAMPAIGNS).await.body["items"], json!([]));
    let made = owner.post(CAMPAIGNS, draft(&shop, &template, json!({ "kind": "tag", "tag": " VIP " }))).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["audience"], json!({ "kind": "tag", "tag": "VIP", "count": null }));
    assert_eq!((made.text("/status"), made.text("/template/category")), ("draft".to_owned(), "utility".to_owned()));
    let path = format!("{CAMPAIGNS}/{}", made.text("/id"));
    let patch = json!({ "name": "Ready!", "audience": { "kind": "list", "contacts": ["+971500000001", "00971500000002", "+971 50 000 0001"] } });
    let changed = owner.send(Method::PATCH, &path, Some(patch)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!((changed.text("/name"), &changed.body["audience"]["count"]), ("Ready!".to_owned(), &json!(2)));
    let listed = owner.get(&format!("{CAMPAIGNS}?status=draft")).await;
    assert_eq!(listed.body["items"][0]["name"], "Ready!");
    assert_eq!(owner.get(&format!("{CAMPAIGNS}?status=odd")).await.text("/field"), "status");
    assert_eq!(owner.send(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(owner.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_cannot_be_is_named() {
    let (_, shop, owner) = Shop::open().await;
    let template = template(&shop, &owner, "ready").await;
    let all = json!({ "kind": "channel" });
    let cases = [
        ("/name", json!(" "), "name"),
        ("/channel_id", json!("00000000-0000-7000-8000-000000000000"), "channel_id"),
        ("/template_id", json!("00000000-0000-7000-8000-000000000000"), "template_id"),
        ("/values", json!({}), "values.body.1"),
        ("/values", json!({ "body.1": "x", "body.2": "y" }), "values.body.2"),
        ("/audience", json!({ "kind": "tag" }), "audience.tag"),
        ("/audience", json!({ "kind": "channel", "tag": "x" }), "audience.tag"),
        ("/audience", json!({ "kind": "list", "contacts": [] }), "audience.contacts"),
        ("/audience", json!({ "kind": "list", "contacts": ["+971500000001", "nobody"] }), "audience.contacts.1"),
    ];
    for (place, value, expected) in cases {
        let mut body = draft(&shop, &template, all.clone());
        *body.pointer_mut(place).unwrap() = value;
        assert_eq!(field(&owner.post(CAMPAIGNS, body).await), (422, expected.to_owned()));
    }
    let made = owner.post(CAMPAIGNS, draft(&shop, &template, all)).await;
    let path = format!("{CAMPAIGNS}/{}", made.text("/id"));
    let late = owner.post(&format!("{path}/start"), json!({ "at": 1 })).await;
    assert_eq!(field(&late), (422, "at".to_owned()));
    for step in ["pause", "resume", "cancel"] {
        let reply = owner.send(Method::POST, &format!("{path}/{step}"), None).await;
        assert_eq!(reply.problem(), (409, "campaign_state".to_owned()), "{step}");
    }
}

#[tokio::test]
async fn it_is_started_once_and_not_changed_afterwards() {
    let (_, shop, owner) = Shop::open().await;
    let template = template(&shop, &owner, "ready").await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    shop.hear("971500000002", "Badr", "hello").await;
    let made = owner.post(CAMPAIGNS, draft(&shop, &template, json!({ "kind": "channel" }))).await;
    let path = format!("{CAMPAIGNS}/{}", made.text("/id"));

    let foreseen = owner.get(&format!("{path}/forecast")).await;
    assert_eq!((foreseen.status, &foreseen.body["customers"]), (200, &json!(2)), "{}", foreseen.body);

    let test = owner.post(&format!("{path}/test"), json!({ "contact_id": heard.contact })).await;
    assert_eq!(test.status, 202, "{}", test.body);
    assert_eq!(test.body["content"]["preview"], "Hello friend, your order is ready.\nThe shop", "{}", test.body);
    let nobody = json!({ "contact_id": "00000000-0000-7000-8000-000000000000" });
    assert_eq!(field(&owner.post(&format!("{path}/test"), nobody).await), (422, "contact_id".to_owned()));

    let start = format!("{path}/start");
    let (one, two) = tokio::join!(owner.post(&start, json!({})), owner.post(&start, json!({})));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let changed = owner.send(Method::PATCH, &path, Some(json!({ "name": "Late" }))).await;
    assert_eq!(changed.problem(), (409, "campaign_state".to_owned()));
    assert_eq!(owner.send(Method::DELETE, &path, None).await.problem(), (409, "campaign_state".to_owned()));
    let paused = owner.send(Method::POST, &format!("{path}/pause"), None).await;
    assert_eq!((paused.status, paused.text("/status")), (200, "paused".to_owned()));
    let resumed = owner.send(Method::POST, &format!("{path}/resume"), None).await;
    assert_eq!((resumed.status, resumed.text("/status")), (200, "running".to_owned()));
    let cancelled = owner.send(Method::POST, &format!("{path}/cancel"), None).await;
    assert_eq!((cancelled.status, cancelled.text("/status")), (200, "cancelled".to_owned()));
    let lines = owner.get(&format!("/api/v1/audit?target_id={}", made.text("/id"))).await;
    let actions: Vec<&str> =
        lines.body["items"].as_array().unwrap().iter().filter_map(|line| line["action"].as_str()).collect();
    let expected =
        ["campaign.cancelled", "campaign.running", "campaign.paused", "campaign.running", "campaign.created"];
    assert_eq!(actions, expected);
}

#[tokio::test]
async fn recipients_and_their_reasons_are_shown() {
    let (test, shop, owner) = Shop::open().await;
    let template = template(&shop, &owner, "ready").await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let people = json!([heard.contact, "+971500000002", "00000000-0000-7000-8000-000000000009"]);
    let audience = json!({ "kind": "list", "contacts": people });
    let made = owner.post(CAMPAIGNS, draft(&shop, &template, audience)).await;
    let path = format!("{CAMPAIGNS}/{}", made.text("/id"));
    assert_eq!(owner.post(&format!("{path}/start"), json!({})).await.status, 200);
    for _ in 0..6 {
        rapport_app::campaign::worker::turn(&test.app).await.unwrap();
    }
    let view = owner.get(&path).await;
    let progress = &view.body["progress"];
    assert_eq!(
        (&progress["recipients"], &progress["queued"], &progress["skipped"]),
        (&json!(3), &json!(2), &json!(1)),
        "{}",
        view.body
    );
    assert_eq!(view.body["cost"]["messages"], 0);
    assert_eq!(shop.queue().await.len(), 2);
    let all = owner.get(&format!("{path}/recipients?limit=2")).await;
    assert_eq!(all.body["items"].as_array().unwrap().len(), 2);
    let cursor = all.text("/next_cursor");
    let rest = owner.get(&format!("{path}/recipients?limit=2&cursor={cursor}")).await;
    assert_eq!((rest.body["items"].as_array().unwrap().len(), &rest.body["next_cursor"]), (1, &json!(null)));
    let skipped = owner.get(&format!("{path}/recipients?state=skipped")).await;
    assert_eq!(skipped.body["items"][0]["reason"]["code"], "gone", "{}", skipped.body);
    assert_eq!(owner.get(&format!("{path}/recipients?state=odd")).await.status, 400);
    let queued = owner.get(&format!("{path}/recipients?state=queued")).await;
    let message = queued.text("/items/0/message_id");
    let line = owner.get(&format!("/api/v1/messages/{message}")).await;
    assert_eq!((line.text("/author/kind"), line.text("/author/name")), ("campaign".to_owned(), "Ready".to_owned()));
}
