//! Who gets conversations, how they end, macros: through the API.

use crate::harness::{Client, Shop, TestApp};
use rapport_core::time::DAY;
use serde_json::{Value, json};

/// An agent who is signed in, online and connected; gives their id and browser.
async fn agent(test: &TestApp, owner: &Client, shop: &Shop) -> (String, Client) {
    let id = test.user(owner, "agent").await;
    let browser = test.browser("agent@a.example").await;
    assert_eq!(browser.patch("/api/v1/users/me", json!({ "presence": "online" })).await.status, 200);
    connected(test, shop, &id).await;
    (id, browser)
}

async fn connected(test: &TestApp, shop: &Shop, id: &str) {
    let tx = shop.scope().write().await.unwrap();
    rapport_store::routing::seen(&tx, id.parse::<uuid::Uuid>().unwrap().into(), test.app.now()).await.unwrap();
    tx.commit().await.unwrap();
}

fn week(from: u16, to: u16) -> Value {
    json!({ "timezone": "Asia/Dubai", "week": vec![vec![json!({ "from": from, "to": to })]; 7], "holidays": [] })
}

fn place(id: &impl std::fmt::Display) -> String {
    format!("/api/v1/routing/places/{id}")
}

#[tokio::test]
async fn policies_are_read_and_written_and_faults_are_named() {
    let (_, shop, owner) = Shop::open().await;
    let before = owner.get("/api/v1/routing").await;
    assert_eq!(before.body["workspace"]["mode"], "manual", "nothing is given out unless somebody says so");
    assert_eq!(before.body["places"], json!([]));
    let team = owner.post("/api/v1/teams", json!({ "name": "Sales" })).await.text("/id");
    let own = place(&shop.workspace);
    let put = owner
        .put(&own, json!({ "mode": "load", "cap": 5, "crm_owner": true, "team_id": team, "hours": week(540, 1020) }))
        .await;
    assert_eq!(put.status, 200, "{}", put.body);
    let skilled = json!({ "mode": null, "skills": [" AR ", "ar", "returns"] });
    assert_eq!(owner.put(&place(&team), skilled).await.body["skills"], json!(["ar", "returns"]));
    let after = owner.get("/api/v1/routing").await;
    assert_eq!(after.body["workspace"], put.body);
    assert_eq!(after.body["places"][0]["kind"], "team");
    let cases = [
        (json!({}), "mode"),
        (json!({ "mode": "load", "cap": 1001 }), "cap"),
        (json!({ "mode": "load", "skills": ["ar"] }), "skills"),
        (json!({ "mode": "load", "team_id": shop.channel.to_string() }), "team_id"),
        (
            json!({ "mode": "load", "hours": { "timezone": "Mars/Base", "week": [[], [], [], [], [], [], []] } }),
            "hours.timezone",
        ),
        (json!({ "mode": "load", "hours": { "timezone": "UTC", "week": [] } }), "hours.week"),
        (
            json!({ "mode": "load", "hours": { "timezone": "UTC", "week": [[{ "from": 9, "to": 9 }], [], [], [], [], [], []] } }),
            "hours.week.0.0",
        ),
    ];
    for (body, field) in cases {
        let reply = owner.put(&own, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}");
    }
    assert_eq!(owner.patch("/api/v1/routing", json!({ "away_after_ms": 1 })).await.text("/field"), "away_after_ms");
    let patched = owner.patch("/api/v1/routing", json!({ "away_after_ms": 300_000 })).await;
    assert_eq!(patched.body["away_after_ms"], 300_000);
}

#[tokio::test]
async fn a_conversation_is_given_with_its_reason() {
    let (test, shop, owner) = Shop::open().await;
    let (id, browser) = agent(&test, &owner, &shop).await;
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    assert_eq!(owner.put(&place(&shop.workspace), json!({ "mode": "load" })).await.status, 200);
    rapport_app::routing::assign::run(&test.app, shop.workspace).await.unwrap();
    let row = browser.get(&format!("/api/v1/conversations/{}", heard.conversation)).await;
    assert_eq!(row.body["assignee_id"], id.as_str());
    let thread = browser.get(&format!("/api/v1/conversations/{}/messages", heard.conversation)).await;
    let line = thread.body["items"].as_array().unwrap().iter().find(|line| line["direction"] == "event").unwrap();
    assert_eq!(line["content"]["event"], "assigned");
    assert_eq!(line["content"]["data"]["reason"], json!({ "kind": "fewest", "open": 0 }));
    let agents = owner.get("/api/v1/routing/agents").await;
    let own = agents.body.as_array().unwrap().iter().find(|agent| agent["user_id"] == id.as_str()).unwrap();
    assert_eq!((&own["open"], &own["absence"], &own["presence_now"]), (&json!(1), &Value::Null, &json!("online")));
    let put = owner.put(&format!("/api/v1/routing/agents/{id}"), json!({ "skills": ["AR"], "cap": 1 })).await;
    assert_eq!((put.status, &put.body["skills"], &put.body["cap"]), (200, &json!(["ar"]), &json!(1)));
    let waiting = shop.hear("971501234568", "Badr", "hi").await;
    rapport_app::routing::assign::run(&test.app, shop.workspace).await.unwrap();
    let queue = owner.get("/api/v1/routing/queue").await;
    assert_eq!(queue.body[0]["conversation_id"], waiting.conversation.as_str());
    assert_eq!((&queue.body[0]["reason"], &queue.body[0]["contact_name"]), (&json!("all_full"), &json!("Badr")));
    test.clock.advance(DAY);
    let away = owner.get("/api/v1/routing/agents").await;
    let own = away.body.as_array().unwrap().iter().find(|agent| agent["user_id"] == id.as_str()).unwrap();
    assert_eq!((&own["absence"], &own["presence_now"]), (&json!("not_connected"), &json!("away")));
}

#[tokio::test]
async fn a_closing_says_what_it_was_about_where_that_is_asked() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    let path = format!("/api/v1/conversations/{}", heard.conversation);
    let refused = owner.patch("/api/v1/closing-settings", json!({ "category_required": true })).await;
    assert_eq!(refused.text("/code"), "no_categories");
    let returns = owner.post("/api/v1/closing-categories", json!({ "name": "Returns" })).await;
    assert_eq!(returns.status, 201, "{}", returns.body);
    let taken = owner.post("/api/v1/closing-categories", json!({ "name": "Returns" })).await;
    assert_eq!(taken.text("/code"), "name_taken");
    assert_eq!(owner.patch("/api/v1/closing-settings", json!({ "category_required": true })).await.status, 200);
    let reply = owner.patch(&path, json!({ "status": "resolved" })).await;
    assert_eq!((reply.status, reply.text("/field")), (422, "closing.category_id".to_owned()));
    let stray = owner.patch(&path, json!({ "priority": "high", "closing": { "note": "x" } })).await;
    assert_eq!(stray.text("/field"), "closing");
    let id = returns.text("/id");
    let closing = json!({ "status": "resolved", "closing": { "category_id": id, "note": " Sent a label " } });
    let done = owner.patch(&path, closing).await;
    assert_eq!((done.status, &done.body["status"]), (200, &json!("resolved")), "{}", done.body);
    let thread = owner.get(&format!("{path}/messages")).await;
    let line = thread.body["items"].as_array().unwrap().iter().find(|line| line["direction"] == "event").unwrap();
    assert_eq!(line["content"]["data"]["note"], "Sent a label");
    assert_eq!(line["content"]["data"]["category"], json!({ "id": id, "name": "Returns" }));
    let away = format!("/api/v1/closing-categories/{id}");
    assert_eq!(owner.patch(&away, json!({ "archived": true })).await.body["archived"], true);
    assert_eq!(owner.get("/api/v1/closing-categories").await.body, json!([]));
    assert_eq!(owner.get("/api/v1/closing-categories?archived=true").await.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_macro_does_everything_or_names_its_step() {
    let (test, shop, owner) = Shop::open().await;
    let (id, browser) = agent(&test, &owner, &shop).await;
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    let shared = json!({ "name": "Thanks", "shared": true, "actions": [
        { "type": "assign_me" },
        { "type": "priority", "priority": "high" },
        { "type": "send_text", "body": "Thank you, bye." },
        { "type": "note", "body": "done by macro" },
        { "type": "status", "status": "resolved" },
    ] });
    assert_eq!(browser.post("/api/v1/macros", shared.clone()).await.status, 403, "an agent has only private ones");
    let made = owner.post("/api/v1/macros", shared).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let private = json!({ "name": "Mine", "actions": [{ "type": "team", "team_id": shop.channel.to_string() }] });
    let mine = browser.post("/api/v1/macros", private).await;
    assert_eq!(browser.get("/api/v1/macros").await.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(owner.get("/api/v1/macros").await.body["items"].as_array().unwrap().len(), 1, "not a colleague's");
    let other = format!("/api/v1/macros/{}", mine.text("/id"));
    assert_eq!(owner.delete(&other).await.status, 404);

    let run = json!({ "conversation_id": heard.conversation, "client_id": "r1" });
    let wrong = browser.post(&format!("{other}/run"), run.clone()).await;
    assert_eq!((wrong.status, wrong.text("/field")), (422, "actions.0.team_id".to_owned()));
    assert!(wrong.text("/detail").ends_with("(step 1)"), "{}", wrong.body);

    let path = format!("/api/v1/macros/{}/run", made.text("/id"));
    let done = browser.post(&path, run.clone()).await;
    assert_eq!(done.status, 200, "{}", done.body);
    let row = &done.body["conversation"];
    assert_eq!(
        (&row["assignee_id"], &row["priority"], &row["status"]),
        (&json!(id), &json!("high"), &json!("resolved"))
    );
    assert_eq!(done.body["message_ids"].as_array().unwrap().len(), 1);
    assert_eq!(browser.post(&path, run).await.body["message_ids"], done.body["message_ids"], "the same run again");
    let thread = browser.get(&format!("/api/v1/conversations/{}/messages", heard.conversation)).await;
    let of = |direction: &str| {
        thread.body["items"].as_array().unwrap().iter().filter(|line| line["direction"] == direction).count()
    };
    assert_eq!((of("out"), of("note")), (1, 1), "nothing twice");

    // The window closes: the text cannot go, so nothing else happens either.
    test.clock.advance(2 * DAY);
    assert_eq!(
        browser
            .patch(&format!("/api/v1/conversations/{}", heard.conversation), json!({ "status": "open" }))
            .await
            .status,
        200
    );
    let late = json!({ "conversation_id": heard.conversation, "client_id": "r2" });
    let closed = browser.post(&path, late).await;
    assert_eq!(closed.text("/code"), "window_closed", "{}", closed.body);
    assert!(closed.text("/detail").starts_with("Step 3"), "{}", closed.body);
    let row = browser.get(&format!("/api/v1/conversations/{}", heard.conversation)).await;
    assert_eq!(row.body["status"], "open");
    assert_eq!(owner.delete(&format!("/api/v1/macros/{}", made.text("/id"))).await.status, 204);
}

#[tokio::test]
async fn a_macro_that_cannot_end_says_nothing_to_the_customer() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    let team = owner.post("/api/v1/teams", json!({ "name": "Sales" })).await.text("/id");
    let make = async |last: Value| {
        let actions = json!([{ "type": "send_text", "body": "A colleague will help you." }, last]);
        let made = owner.post("/api/v1/macros", json!({ "name": "x", "shared": true, "actions": actions })).await;
        format!("/api/v1/macros/{}/run", made.text("/id"))
    };
    let (handed, opened) = (
        make(json!({ "type": "team", "team_id": team })).await,
        make(json!({ "type": "status", "status": "open" })).await,
    );
    let out = async |conversation: &str| {
        let thread = owner.get(&format!("/api/v1/conversations/{conversation}/messages")).await;
        thread.body["items"].as_array().unwrap().iter().filter(|line| line["direction"] == "out").count()
    };
    assert_eq!(owner.delete(&format!("/api/v1/teams/{team}")).await.status, 204);
    let refused = owner.post(&handed, json!({ "conversation_id": heard.conversation })).await;
    assert_eq!((refused.status, refused.text("/field")), (422, "actions.1.team_id".to_owned()), "{}", refused.body);
    assert_eq!(out(&heard.conversation).await, 0, "nothing was sent");

    // Resolved, and the customer has another one by now: it cannot be opened.
    assert_eq!(owner.patch("/api/v1/workspace", json!({ "reopen_days": 0 })).await.status, 200);
    let path = format!("/api/v1/conversations/{}", heard.conversation);
    assert_eq!(owner.patch(&path, json!({ "status": "resolved" })).await.status, 200);
    shop.wait(1_000);
    let next = shop.hear("971501234567", "Amal", "me again").await;
    assert_ne!(next.conversation, heard.conversation);
    let refused = owner.post(&opened, json!({ "conversation_id": heard.conversation })).await;
    assert_eq!(refused.problem(), (409, "conversation_exists".to_owned()), "{}", refused.body);
    assert!(refused.text("/detail").starts_with("Step 2"), "{}", refused.body);
    assert_eq!(out(&heard.conversation).await, 0, "nothing was sent");
    let done = owner.post(&opened, json!({ "conversation_id": next.conversation })).await;
    assert_eq!((done.status, out(&next.conversation).await), (200, 1), "{}", done.body);
}

#[tokio::test]
async fn tags_between_arabic_commas_are_skills_that_count() {
    let (test, shop, owner) = Shop::open().await;
    let (id, _) = agent(&test, &owner, &shop).await;
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    let fields = json!({ "fields": { "tags": "عيد، vip" } });
    let patched = owner.patch(&format!("/api/v1/contacts/{}", heard.contact), fields).await;
    assert_eq!(patched.status, 200, "{}", patched.body);
    owner.put(&format!("/api/v1/routing/agents/{id}"), json!({ "skills": ["vip"] })).await;
    owner.put(&place(&shop.workspace), json!({ "mode": "skill" })).await;
    rapport_app::routing::assign::run(&test.app, shop.workspace).await.unwrap();
    let thread = owner.get(&format!("/api/v1/conversations/{}/messages", heard.conversation)).await;
    let line = thread.body["items"].as_array().unwrap().iter().find(|line| line["direction"] == "event").unwrap();
    assert_eq!(line["content"]["data"]["reason"], json!({ "kind": "skill", "skills": ["vip"], "open": 0 }));
}

#[tokio::test]
async fn surveys_have_settings_lists_and_figures() {
    let (_, shop, owner) = Shop::open().await;
    let before = owner.get("/api/v1/surveys/settings").await;
    assert_eq!((&before.body["enabled"], &before.body["every_days"]), (&json!(false), &json!(30)));
    let patched = owner
        .patch("/api/v1/surveys/settings", json!({ "enabled": true, "delay_ms": 0, "question": " All well? " }))
        .await;
    assert_eq!(patched.body["question"], "All well?");
    assert_eq!(
        owner.patch("/api/v1/surveys/settings", json!({ "question": null })).await.body["question"],
        Value::Null
    );
    for (body, field) in [
        (json!({ "delay_ms": -1 }), "delay_ms"),
        (json!({ "answer_ms": 1 }), "answer_ms"),
        (json!({ "template": { "name": "none", "language": "en" } }), "template"),
    ] {
        let reply = owner.patch("/api/v1/surveys/settings", body).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()));
    }
    let heard = shop.hear("971501234567", "Amal", "hello").await;
    let row = rapport_store::survey::SurveyRow {
        workspace_id: shop.workspace.0,
        id: shop.scope().store().new_id(rapport_core::Ms(1)),
        conversation_id: heard.conversation.parse().unwrap(),
        contact_id: heard.contact.parse().unwrap(),
        channel_id: shop.channel.0,
        agent_id: None,
        resolved_at: 1,
        state: "answered".to_owned(),
        reason: None,
        via: Some("list".to_owned()),
        message_id: None,
        asked_at: Some(2),
        score: Some(4),
        scored_at: Some(3),
        comment: Some("fine".to_owned()),
        commented_at: Some(4),
        created_at: 1,
    };
    let tx = shop.scope().write().await.unwrap();
    rapport_store::survey::insert(&tx, row).await.unwrap();
    tx.commit().await.unwrap();
    let list = owner.get(&format!("/api/v1/surveys?contact_id={}&answered=true", heard.contact)).await;
    assert_eq!((&list.body["items"][0]["score"], &list.body["items"][0]["comment"]), (&json!(4), &json!("fine")));
    let figures = owner.get("/api/v1/surveys/figures").await;
    assert_eq!(
        figures.body["total"],
        json!({ "asked": 1, "answered": 1, "average": 4.0, "distribution": [0, 0, 0, 1, 0] })
    );
    assert_eq!(figures.body["agents"][0]["agent_id"], Value::Null);
    let none = owner.get("/api/v1/surveys/figures?from=3").await;
    assert_eq!((&none.body["total"]["asked"], &none.body["total"]["average"]), (&json!(0), &Value::Null));
}
