//! The first-run guide: what it says follows from what is there.

use crate::harness::{Client, Shop, TestApp};
use rapport_core::message::Status;
use rapport_core::time::DAY;
use serde_json::{Value, json};

/// `name:state:action` of every step.
async fn steps(client: &Client) -> Vec<String> {
    let guide = client.get("/api/v1/guide").await;
    assert_eq!(guide.status, 200, "{}", guide.body);
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let steps = guide.body["steps"].as_array().unwrap().iter();
    steps.map(|step| [&step["name"], &step["state"], &step["action"]].map(text).join(":")).collect()
}

async fn set_phone(shop: &Shop, phone: &str) {
    let tx = shop.scope().write().await.unwrap();
    let mut row = rapport_store::channel::get_for_write(&tx, shop.channel).await.unwrap().unwrap();
    phone.clone_into(&mut row.display_phone);
    row.status = "active".to_owned();
    rapport_store::channel::update(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_owner_is_led_from_nothing_to_the_first_answer() {
    let test = TestApp::new().await;
    let workspace = test.workspace("a").await;
    let token = test.bearer(&workspace.token);
    let owner = test.browser(&workspace.email).await;
    let rest = ["colleagues:open:invite", "crm:open:connect_crm"];
    let with = |first: [&str; 3]| first.into_iter().chain(rest).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(steps(&owner).await, with(["channel:next:add_channel", "message:waits:-", "answer:waits:-"]));

    let shop = Shop::in_workspace(&test, &workspace, &token).await;
    set_phone(&shop, "+971 50 123 4567").await;
    assert_eq!(steps(&owner).await, with(["channel:done:-", "message:next:write", "answer:waits:-"]));
    let guide = owner.get("/api/v1/guide").await.body;
    assert_eq!(guide["steps"][1]["phone"], "+971 50 123 4567");
    assert_eq!(guide["steps"][1]["channel_id"], shop.channel.to_string());

    let heard = shop.hear("971500000001", "Amal", "hello").await;
    assert_eq!(steps(&owner).await, with(["channel:done:-", "message:done:-", "answer:next:open_conversation"]));
    let guide = owner.get("/api/v1/guide").await.body;
    assert_eq!(guide["steps"][2]["conversation_id"], heard.conversation.as_str());

    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let sent = token.post(&path, json!({ "content": { "type": "text", "body": "Hello" } })).await;
    assert_eq!(steps(&owner).await[2], "answer:next:open_inbox", "written is not yet taken by the provider");
    shop.charge(&sent.text("/id"), Status::Sent, "service", "regular").await;
    assert_eq!(steps(&owner).await[2..4], ["answer:done:-", "colleagues:next:invite"]);
    assert_eq!(owner.get("/api/v1/guide").await.body["shown"], true);
    test.user(&token, "agent").await;
    assert_eq!(steps(&owner).await[3..], ["colleagues:done:-", "crm:next:connect_crm"]);
    shop.wait(15 * DAY);
    let owner = test.browser(&workspace.email).await;
    let guide = owner.get("/api/v1/guide").await.body;
    assert_eq!((&guide["shown"], &guide["done"]), (&json!(false), &json!(false)), "the shop runs");
}

#[tokio::test]
async fn an_agent_has_a_guide_of_their_own_answer() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("/api/v1/conversations/{}/messages", heard.conversation);
    let text = |body: &str| json!({ "content": { "type": "text", "body": body } });
    let answer = owner.post(&path, text("first")).await;
    shop.charge(&answer.text("/id"), Status::Sent, "service", "regular").await;
    test.user(&owner, "agent").await;
    let agent = test.browser("agent@a.example").await;
    let before = ["present:next:go_online", "message:done:-", "answer:open:open_inbox"];
    assert_eq!(steps(&agent).await, before, "a colleague's answer is not theirs");
    agent.patch("/api/v1/users/me", json!({ "presence": "online" })).await;
    assert_eq!(steps(&agent).await[..2], ["present:done:-", "message:done:-"]);
    let own = agent.post(&path, text("second")).await;
    assert_eq!(own.status, 202, "{}", own.body);
    shop.charge(&own.text("/id"), Status::Sent, "service", "regular").await;
    assert_eq!(steps(&agent).await[2], "answer:done:-");
    assert_eq!(agent.get("/api/v1/guide").await.body["done"], true);
    test.user(&owner, "viewer").await;
    assert_eq!(steps(&test.browser("viewer@a.example").await).await, Vec::<String>::new());
    assert_eq!(owner.get("/api/v1/guide").await.status, 403, "a program needs no guide");
}

#[tokio::test]
async fn it_is_put_away_for_oneself_and_taken_out_again() {
    let (test, _shop, token) = Shop::open().await;
    test.user(&token, "admin").await;
    let admin = test.browser("admin@a.example").await;
    let owner = test.browser("owner@a.example").await;
    let state = async |client: &Client| {
        let guide = client.get("/api/v1/guide").await.body;
        (guide["shown"].as_bool().unwrap(), guide["hidden"].as_bool().unwrap())
    };
    assert_eq!(state(&admin).await, (true, false));
    assert_eq!(admin.patch("/api/v1/users/me", json!({ "guide_hidden": true })).await.status, 200);
    assert_eq!(state(&admin).await, (false, true));
    assert_eq!(state(&owner).await, (true, false), "only for oneself");
    assert_eq!(admin.patch("/api/v1/users/me", json!({ "theme": "dark" })).await.status, 200);
    assert_eq!(state(&admin).await, (false, true), "and by nothing else");
    assert_eq!(admin.patch("/api/v1/users/me", json!({ "guide_hidden": false })).await.status, 200);
    assert_eq!(state(&admin).await, (true, false));
}

#[tokio::test]
async fn what_happens_in_another_workspace_ticks_nothing() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let shop = Shop::in_workspace(&test, &a, &test.bearer(&a.token)).await;
    shop.hear("971500000001", "Amal", "hello").await;
    let other = test.browser(&b.email).await;
    assert_eq!(steps(&other).await[..3], ["channel:next:add_channel", "message:waits:-", "answer:waits:-"]);
}
