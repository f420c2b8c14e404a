//! The inbox: what customers write appears, and what the team does to it stays.

use crate::harness::{Shop, TestApp};
use rapport_core::message::{Content, Status};
use rapport_core::time::{DAY, HOUR, MINUTE};
use serde_json::json;

const LIST: &str = "/api/v1/conversations";

fn one(id: &str) -> String {
    format!("{LIST}/{id}")
}

#[tokio::test]
async fn what_a_customer_writes_is_in_the_list_and_in_the_thread() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971501234567", "Amal", "Is the red one\nstill there?").await;
    let list = owner.get(LIST).await;
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    let row = &list.body["items"][0];
    assert_eq!(row["id"], heard.conversation.as_str());
    assert_eq!((&row["contact"]["name"], &row["contact"]["phone"]), (&json!("Amal"), &json!("+971501234567")));
    assert_eq!(row["channel"], json!({ "id": shop.channel.to_string(), "kind": "whatsapp", "name": "Shop" }));
    assert_eq!((&row["status"], &row["unread_count"]), (&json!("open"), &json!(1)));
    assert_eq!(row["last_message"]["preview"], "Is the red one still there?");
    assert_eq!(row["window_expires_at"], row["last_inbound_at"].as_i64().unwrap() + DAY);
    assert_eq!(row["waiting_since"], row["last_inbound_at"]);
    let thread = owner.get(&format!("{}/messages", one(&heard.conversation))).await;
    let line = &thread.body["items"][0];
    assert_eq!(line["content"], json!({ "type": "text", "body": "Is the red one\nstill there?" }));
    assert_eq!((&line["direction"], &line["status"]), (&json!("in"), &json!("received")));
    assert_eq!(line["author"]["kind"], "contact");
    assert_eq!(owner.get(&one(&heard.conversation)).await.body, *row);
    let counts = owner.get("/api/v1/conversations/counts").await;
    let expected = json!({
        "mine": 0, "unassigned": 1, "all": 1, "unread": 1, "unattended": 1, "closing": 0, "mentions": 0, "mentioned": []
    });
    assert_eq!(counts.body, expected);
}

#[tokio::test]
async fn pages_follow_each_other_in_every_order() {
    let (_, shop, owner) = Shop::open().await;
    let mut all = Vec::new();
    for n in 0..7 {
        all.push(shop.hear(&format!("97150000000{n}"), &format!("Customer {n}"), "hello").await);
        shop.wait(MINUTE);
    }
    // Two windows have closed, two customers have their answer.
    shop.wait(DAY - 5 * MINUTE);
    let first = format!("{}/notes", one(&all[0].conversation));
    assert_eq!(owner.post(&first, json!({ "body": "closed" })).await.status, 201);
    let names = |reply: &crate::harness::Reply| -> Vec<String> {
        let items = reply.body["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| item["contact"]["name"].as_str().unwrap().trim_start_matches("Customer ").to_owned())
            .collect()
    };
    for (sort, expected) in [("latest", "6543210"), ("closes_next", "3456210"), ("waiting", "0123456")] {
        let mut seen = Vec::new();
        let mut path = format!("{LIST}?sort={sort}&limit=3");
        for _ in 0..3 {
            let reply = owner.get(&path).await;
            seen.extend(names(&reply));
            let Some(cursor) = reply.body["next_cursor"].as_str() else { break };
            path = format!("{LIST}?sort={sort}&limit=3&cursor={cursor}");
        }
        assert_eq!(seen.concat(), expected, "{sort}");
    }
    let any = owner.get(&format!("{LIST}?status=any&limit=200")).await;
    assert_eq!(names(&any).concat(), "6543210");
    for (query, expected) in [
        ("q=customer%204", "4"),
        ("q=50000000", "6543210"),
        ("q=%2B971500000002", "2"),
        ("q=nobody", ""),
        ("q=100%25", ""),
    ] {
        assert_eq!(names(&owner.get(&format!("{LIST}?{query}")).await).concat(), expected, "{query}");
    }
    for bad in ["sort=oldest", "status=gone", "view=theirs", "limit=0", "cursor=x", "assignee_id=x"] {
        let reply = owner.get(&format!("{LIST}?{bad}")).await;
        assert!(matches!(reply.status, 400 | 422), "{bad}: {}", reply.body);
        assert_eq!(reply.text("/field"), bad.split('=').next().unwrap());
    }
}

#[tokio::test]
async fn names_are_found_in_every_script() {
    let (_, shop, owner) = Shop::open().await;
    for (n, name) in ["Иван Петров", "أمل حسن", "李小龙", "Élodie Brûlé", "McDonald"].iter().enumerate()
    {
        shop.hear(&format!("97150000001{n}"), name, "x").await;
    }
    for (q, found) in [
        ("иван", "Иван Петров"),
        ("ПЕТРОВ", "Иван Петров"),
        ("أمل", "أمل حسن"),
        ("小龙", "李小龙"),
        ("élodie", "Élodie Brûlé"),
        ("mcdon", "McDonald"),
    ] {
        let path: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for list in [format!("{LIST}?q={path}"), format!("/api/v1/contacts?q={path}")] {
            let reply = owner.get(&list).await;
            let text = reply.body["items"][0].to_string();
            assert!(text.contains(found), "{q}: {}", reply.body);
            assert_eq!(reply.body["items"].as_array().unwrap().len(), 1, "{q}");
        }
    }
}

#[tokio::test]
async fn views_and_counts_follow_assignment() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let browser = test.browser("agent@a.example").await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    shop.hear("971500000002", "Badr", "hello").await;
    let team = owner.post("/api/v1/teams", json!({ "name": "Sales" })).await.text("/id");
    let patch = json!({ "assignee_id": agent, "team_id": team, "priority": "high" });
    let reply = browser.patch(&one(&heard.conversation), patch).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!((&reply.body["assignee_id"], &reply.body["priority"]), (&json!(agent), &json!("high")));
    let count = browser.get("/api/v1/conversations/counts").await.body;
    assert_eq!(
        (&count["mine"], &count["unassigned"], &count["all"], &count["unread"]),
        (&json!(1), &json!(1), &json!(2), &json!(2))
    );
    for (query, expected) in [("view=mine", 1), ("view=unassigned", 1), ("view=all", 2), ("view=unread", 2)] {
        let reply = browser.get(&format!("{LIST}?{query}")).await;
        assert_eq!(reply.body["items"].as_array().unwrap().len(), expected, "{query}");
    }
    for query in [format!("team_id={team}"), format!("assignee_id={agent}")] {
        assert_eq!(browser.get(&format!("{LIST}?{query}")).await.body["items"][0]["id"], heard.conversation.as_str());
    }
    assert!(
        owner.get(&format!("{LIST}?view=mine")).await.body["items"].as_array().unwrap().is_empty(),
        "a token owns nothing"
    );
    let thread = browser.get(&format!("{}/messages", one(&heard.conversation))).await;
    let events: Vec<_> =
        thread.body["items"].as_array().unwrap().iter().filter(|line| line["direction"] == "event").collect();
    assert_eq!(events.len(), 3);
    let assigned = events.iter().find(|line| line["content"]["event"] == "assigned").unwrap();
    assert_eq!((&assigned["content"]["data"]["name"], &assigned["author"]["name"]), (&json!("agent"), &json!("agent")));
    let gone = browser.patch(&one(&heard.conversation), json!({ "assignee_id": null, "team_id": null })).await;
    assert_eq!((&gone.body["assignee_id"], &gone.body["team_id"]), (&json!(null), &json!(null)));
    let audit = owner.get(&format!("/api/v1/audit?target_kind=conversation&target_id={}", heard.conversation)).await;
    assert_eq!(audit.body["items"][0]["before"], json!({ "assignee_id": agent, "team_id": team }));
    assert_eq!(audit.body["items"][1]["after"], json!({ "assignee_id": agent, "team_id": team, "priority": "high" }));
}

#[tokio::test]
async fn patches_that_make_no_sense_change_nothing() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    owner.patch(&format!("/api/v1/users/{agent}"), json!({ "disabled": true })).await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let before = owner.get(&one(&heard.conversation)).await.body;
    let now = test.app.now().0;
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (patch, status, field) in [
        (json!({ "assignee_id": nobody }), 422, "assignee_id"),
        (json!({ "assignee_id": agent }), 422, "assignee_id"),
        (json!({ "team_id": nobody }), 422, "team_id"),
        (json!({ "status": "snoozed" }), 422, "snoozed_until"),
        (json!({ "status": "snoozed", "snoozed_until": now - 1 }), 422, "snoozed_until"),
        (json!({ "status": "open", "snoozed_until": now + 5 }), 422, "snoozed_until"),
        (json!({ "status": "resolved", "priority": "soon" }), 400, "priority"),
        (json!({ "unread_count": 0 }), 400, "unread_count"),
    ] {
        let reply = owner.patch(&one(&heard.conversation), patch.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (status, field.to_owned()), "{patch}: {}", reply.body);
    }
    assert_eq!(owner.patch(&one(&heard.conversation), json!({})).await.body, before);
    assert_eq!(owner.get(&one(&heard.conversation)).await.body, before);
}

#[tokio::test]
async fn snoozed_comes_back_and_resolved_makes_room() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let until = test.app.now().plus(HOUR).0;
    let snoozed = owner.patch(&one(&heard.conversation), json!({ "snoozed_until": until })).await;
    assert_eq!((&snoozed.body["status"], &snoozed.body["snoozed_until"]), (&json!("snoozed"), &json!(until)));
    let id = rapport_core::ConversationId(heard.conversation.parse().unwrap());
    let early = rapport_app::inbox::wake::run(&test.app, shop.workspace, id).await.unwrap();
    assert_eq!(early, rapport_app::jobs::Outcome::Again { at: rapport_core::Ms(until) });
    shop.wait(HOUR);
    let done = rapport_app::inbox::wake::run(&test.app, shop.workspace, id).await.unwrap();
    assert_eq!(done, rapport_app::jobs::Outcome::Done);
    assert_eq!(owner.get(&one(&heard.conversation)).await.body["status"], "open");
    assert_eq!(owner.patch(&one(&heard.conversation), json!({ "status": "resolved" })).await.body["unread_count"], 0);
    shop.wait(4 * DAY);
    let again = shop.hear("971500000001", "Amal", "me again").await;
    assert_ne!(again.conversation, heard.conversation);
    let reply = owner.patch(&one(&heard.conversation), json!({ "status": "open" })).await;
    assert_eq!(reply.problem(), (409, "conversation_exists".to_owned()));
    let both = owner.get(&format!("/api/v1/contacts/{}/conversations", heard.contact)).await;
    assert_eq!(both.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(both.body["items"][0]["id"], again.conversation.as_str());
}

#[tokio::test]
async fn looking_marks_as_read_and_tells_the_customer_while_the_window_is_open() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let jobs = || async {
        let counts = test.app.store.queue().counts().await.unwrap();
        counts.iter().filter(|count| count.queue == "channel").map(|count| count.count).sum::<i64>()
    };
    let before = jobs().await;
    assert_eq!(owner.post(&format!("{}/read", one(&heard.conversation)), json!(null)).await.status, 204);
    assert_eq!(owner.get(&one(&heard.conversation)).await.body["unread_count"], 0);
    assert_eq!(jobs().await, before + 1);
    assert_eq!(owner.post(&format!("{}/read", one(&heard.conversation)), json!(null)).await.status, 204);
    assert_eq!(jobs().await, before + 1, "nothing was unread");
    let other = shop.hear("971500000002", "Badr", "hello").await;
    shop.wait(DAY);
    assert_eq!(owner.post(&format!("{}/read", one(&other.conversation)), json!(null)).await.status, 204);
    assert_eq!(jobs().await, before + 1, "the window is closed");
    assert_eq!(owner.get(&one(&other.conversation)).await.body["unread_count"], 0);
}

#[tokio::test]
async fn notes_are_for_the_team_and_made_once() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("{}/notes", one(&heard.conversation));
    let note = owner.post(&path, json!({ "body": "VIP", "client_id": "n1" })).await;
    assert_eq!((note.status, &note.body["status"], &note.body["direction"]), (201, &json!("note"), &json!("note")));
    assert_eq!(note.body["content"], json!({ "type": "note", "body": "VIP", "mentions": [] }));
    let again = owner.post(&path, json!({ "body": "VIP", "client_id": "n1" })).await;
    assert_eq!((again.status, &again.body["id"]), (200, &note.body["id"]));
    let row = owner.get(&one(&heard.conversation)).await.body;
    assert_eq!(
        (&row["last_message"]["preview"], &row["unread_count"]),
        (&json!("hello"), &json!(1)),
        "the list does not move"
    );
    assert_eq!(owner.post(&path, json!({ "body": "  " })).await.text("/field"), "body");
    assert!(shop.queue().await.is_empty());
}

#[tokio::test]
async fn threads_page_back_without_gaps() {
    let (_, shop, owner) = Shop::open().await;
    let mut heard = None;
    for n in 0..25 {
        // Several in one second: the order is by id then.
        heard = Some(shop.hear("971500000001", "Amal", &format!("line {n}")).await);
        shop.wait(if n % 3 == 0 { 1_000 } else { 0 });
    }
    let heard = heard.unwrap();
    let mut seen = Vec::new();
    let mut path = format!("{}/messages?limit=10", one(&heard.conversation));
    loop {
        let reply = owner.get(&path).await;
        for line in reply.body["items"].as_array().unwrap() {
            seen.push(line["preview"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = reply.body["next_cursor"].as_str() else { break };
        path = format!("{}/messages?limit=10&cursor={cursor}", one(&heard.conversation));
    }
    let expected: Vec<String> = (0..25).rev().map(|n| format!("line {n}")).collect();
    assert_eq!(seen, expected);
    shop.report(&heard.wamid, Status::Read).await;
    assert_eq!(owner.get(&format!("/api/v1/messages/{}", heard.message)).await.body["status"], "received");
}

#[tokio::test]
async fn every_kind_of_content_fits_the_document() {
    let (_, shop, owner) = Shop::open().await;
    for content in [
        json!({ "type": "media", "kind": "image", "provider_media_id": "m1", "mime": "image/jpeg", "caption": "look" }),
        json!({ "type": "location", "latitude": 25.2, "longitude": 55.3, "name": "Shop" }),
        json!({ "type": "contacts", "cards": [{ "name": "Ali", "phones": ["+9715"], "emails": [] }] }),
        json!({ "type": "reply", "kind": "button", "id": "yes", "title": "Yes" }),
        json!({ "type": "order", "catalog_id": "1", "items": [{ "sku": "A", "quantity": 1, "price_minor": 500, "currency": "AED" }] }),
        json!({ "type": "interactive", "kind": "button", "body": "Choose", "action": { "buttons": [] } }),
        json!({ "type": "system", "event": "user_changed_number", "body": "moved" }),
        json!({ "type": "unsupported", "kind": "poll", "reason": "not known" }),
    ] {
        let parsed: Content = serde_json::from_value(content.clone()).unwrap();
        let heard = shop.hear_content("971500000001", "Amal", parsed).await;
        let reply = owner.get(&format!("/api/v1/messages/{}", heard.message)).await;
        assert_eq!((reply.status, &reply.body["content"]["type"]), (200, &content["type"]));
        assert!(reply.body["content"].get("provider_media_id").is_none());
    }
    let test = TestApp::new().await;
    assert_eq!(test.nobody().get(LIST).await.status, 401);
}
