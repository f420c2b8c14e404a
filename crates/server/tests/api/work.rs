//! How agents work through conversations: views, snoozing, mentions, collaborators, saved views, many at once.

use crate::harness::{Client, Heard, Shop, TestApp};
use rapport_app::jobs::Outcome;
use rapport_core::time::{DAY, HOUR, MINUTE};
use serde_json::{Value, json};
use uuid::Uuid;

const LIST: &str = "/api/v1/conversations";

fn one(id: &str) -> String {
    format!("{LIST}/{id}")
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let reply = client.get(&format!("{LIST}?{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {}", reply.body);
    let items = reply.body["items"].as_array().unwrap();
    items.iter().map(|item| item["contact"]["name"].as_str().unwrap().to_owned()).collect()
}

async fn events(client: &Client, conversation: &str) -> Vec<Value> {
    let reply = client.get(&format!("{}/messages?limit=100", one(conversation))).await;
    let lines = reply.body["items"].as_array().unwrap().clone();
    lines.into_iter().filter(|line| line["direction"] == "event").map(|line| line["content"].clone()).collect()
}

/// Does what the job does until the change has ended.
async fn carry_out(test: &TestApp, shop: &Shop, id: &str) {
    let id: Uuid = id.parse().unwrap();
    while rapport_app::bulk::run::run(&test.app, shop.workspace, id).await.unwrap() != Outcome::Done {}
}

async fn customers(shop: &Shop, count: usize) -> Vec<Heard> {
    let mut heard = Vec::new();
    for n in 0..count {
        heard.push(shop.hear(&format!("97150000{n:04}"), &format!("Customer {n}"), "hello").await);
        shop.wait(MINUTE);
    }
    heard
}

#[tokio::test]
async fn views_show_who_waits_and_what_closes_soon() {
    let (_, shop, owner) = Shop::open().await;
    let heard = customers(&shop, 3).await;
    assert_eq!(names(&owner, "view=unattended&sort=waiting").await, ["Customer 0", "Customer 1", "Customer 2"]);
    owner.patch(&one(&heard[0].conversation), json!({ "status": "resolved" })).await;
    owner.patch(&one(&heard[1].conversation), json!({ "priority": "high" })).await;
    assert_eq!(names(&owner, "view=unattended").await, ["Customer 2", "Customer 1"]);
    assert_eq!(names(&owner, "priority=high").await, ["Customer 1"]);
    shop.wait(DAY - 90 * MINUTE);
    let counts = owner.get("/api/v1/conversations/counts").await.body;
    assert_eq!((&counts["unattended"], &counts["closing"], &counts["all"]), (&json!(2), &json!(2), &json!(2)));
    shop.wait(90 * MINUTE);
    assert_eq!(owner.get("/api/v1/conversations/counts").await.body["closing"], 0);
}

#[tokio::test]
async fn a_snooze_in_words_ends_at_its_time_or_when_the_customer_writes() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = one(&heard.conversation);
    // 1,790,000,000,000 is 2026-09-21 14:13:20 UTC, a Monday: 18:13 in Dubai, 10:13 in New York.
    for (body, expected) in [
        (json!({ "snooze": "three_hours" }), 3 * HOUR),
        (json!({ "snooze": "tomorrow", "timezone": "Asia/Dubai" }), 14 * HOUR + 46 * MINUTE + 40_000),
        (json!({ "snooze": "monday", "timezone": "UTC" }), 6 * DAY + 18 * HOUR + 46 * MINUTE + 40_000),
        (json!({ "snooze": "later_today", "timezone": "America/New_York" }), 7 * HOUR + 46 * MINUTE + 40_000),
    ] {
        let reply = owner.patch(&path, body.clone()).await;
        assert_eq!((reply.status, &reply.body["status"]), (200, &json!("snoozed")), "{body}: {}", reply.body);
        assert_eq!(reply.body["snoozed_until"].as_i64().unwrap() - test.app.now().0, expected, "{body}");
    }
    for (body, field) in [
        (json!({ "snooze": "later_today", "timezone": "Asia/Dubai" }), "snooze"),
        (json!({ "snooze": "tomorrow", "timezone": "Mars/Olympus" }), "timezone"),
        (json!({ "snooze": "tomorrow", "snoozed_until": 1 }), "snooze"),
    ] {
        let reply = owner.patch(&path, body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}: {}", reply.body);
    }
    shop.hear("971500000001", "Amal", "are you there?").await;
    let row = owner.get(&path).await.body;
    assert_eq!((&row["status"], &row["snoozed_until"]), (&json!("open"), &json!(null)));
    let first = events(&owner, &heard.conversation).await.remove(0);
    assert_eq!((&first["event"], &first["data"]["from"]), (&json!("woken"), &json!("snoozed")));
}

#[tokio::test]
async fn how_long_a_resolved_conversation_opens_again_is_the_workspaces_choice() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    assert_eq!(owner.get("/api/v1/workspace").await.body["reopen_days"], 3);
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    owner.patch(&one(&heard.conversation), json!({ "assignee_id": agent, "status": "resolved" })).await;
    shop.wait(2 * DAY);
    let again = shop.hear("971500000001", "Amal", "one more thing").await;
    assert_eq!(again.conversation, heard.conversation);
    let row = owner.get(&one(&again.conversation)).await.body;
    assert_eq!((&row["status"], &row["assignee_id"]), (&json!("open"), &json!(agent)), "whoever had it has it again");
    owner.patch(&one(&heard.conversation), json!({ "status": "resolved" })).await;
    let reply = owner.patch("/api/v1/workspace", json!({ "reopen_days": 1 })).await;
    assert_eq!((reply.status, &reply.body["reopen_days"]), (200, &json!(1)), "{}", reply.body);
    shop.wait(2 * DAY);
    assert_ne!(shop.hear("971500000001", "Amal", "something else").await.conversation, heard.conversation);
    let bad = owner.patch("/api/v1/workspace", json!({ "reopen_days": 366 })).await;
    assert_eq!((bad.status, bad.text("/field")), (422, "reopen_days".to_owned()));
}

#[tokio::test]
async fn whoever_a_note_mentions_finds_it_and_is_told() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let browser = test.browser("agent@a.example").await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let notes = format!("{}/notes", one(&heard.conversation));
    let nobody = "00000000-0000-7000-8000-000000000000";
    let bad = owner.post(&notes, json!({ "body": "x", "mentions": [nobody] })).await;
    assert_eq!((bad.status, bad.text("/field")), (422, "mentions".to_owned()));
    let note = owner.post(&notes, json!({ "body": "@agent please look", "mentions": [agent, agent] })).await;
    assert_eq!(note.body["content"]["mentions"], json!([agent]));
    let counts = browser.get("/api/v1/conversations/counts").await.body;
    assert_eq!((&counts["mentions"], &counts["mentioned"]), (&json!(1), &json!([heard.conversation])));
    // It stays among the mentions when it is resolved; looking makes it old news.
    owner.patch(&one(&heard.conversation), json!({ "status": "resolved" })).await;
    assert_eq!(names(&browser, "view=mentions").await, ["Amal"]);
    assert!(names(&browser, "view=mentions&status=open").await.is_empty());
    assert!(names(&owner, "view=mentions").await.is_empty());
    browser.post(&format!("{}/read", one(&heard.conversation)), json!(null)).await;
    assert_eq!(browser.get("/api/v1/conversations/counts").await.body["mentions"], 0);
    assert_eq!(names(&browser, "view=mentions").await, ["Amal"]);
    shop.hear("971500000001", "Amal", "still me").await;
    assert_eq!(browser.get("/api/v1/conversations/counts").await.body["mentions"], 0, "only collaborators hear that");
}

#[tokio::test]
async fn collaborators_are_told_of_notes_and_of_what_the_customer_writes() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let browser = test.browser("agent@a.example").await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let path = format!("{}/collaborators", one(&heard.conversation));
    let added = owner.post(&path, json!({ "user_id": agent })).await;
    assert_eq!((added.status, &added.body[0]["joined"]), (200, &json!(true)), "{}", added.body);
    assert_eq!(owner.post(&path, json!({ "user_id": agent })).await.body.as_array().unwrap().len(), 1);
    let news = || async { browser.get("/api/v1/conversations/counts").await.body["mentions"].clone() };
    let look = || async { browser.post(&format!("{}/read", one(&heard.conversation)), json!(null)).await };
    assert_eq!(news().await, 1);
    look().await;
    assert_eq!(news().await, 0);
    shop.wait(MINUTE);
    shop.hear("971500000001", "Amal", "any news?").await;
    assert_eq!(news().await, 1);
    look().await;
    shop.wait(MINUTE);
    owner.post(&format!("{}/notes", one(&heard.conversation)), json!({ "body": "ask the warehouse" })).await;
    assert_eq!(news().await, 1);
    look().await;
    shop.wait(MINUTE);
    browser.post(&format!("{}/notes", one(&heard.conversation)), json!({ "body": "asked" })).await;
    assert_eq!(news().await, 0, "one's own note is no news");
    assert_eq!(owner.delete(&format!("{path}/{agent}")).await.status, 204);
    assert_eq!(owner.delete(&format!("{path}/{agent}")).await.status, 404);
    assert!(names(&browser, "view=mentions").await.is_empty());
    let told: Vec<Value> =
        events(&owner, &heard.conversation).await.iter().map(|event| event["event"].clone()).collect();
    assert_eq!(told, [json!("collaborator_removed"), json!("collaborator_added")]);
}

#[tokio::test]
async fn everything_that_matches_changes_and_can_be_taken_back() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let heard = customers(&shop, 120).await;
    // Two are not open: the filter leaves one out, and one is like that already.
    owner.patch(&one(&heard[0].conversation), json!({ "status": "pending" })).await;
    owner.patch(&one(&heard[1].conversation), json!({ "priority": "high" })).await;
    let matches = owner.get(&format!("{LIST}/matches?view=all")).await;
    assert_eq!(matches.body, json!({ "count": 119, "limit": 20_000 }));
    let action = json!({ "status": "resolved", "assignee_id": agent, "priority": "high" });
    let asked = owner.post("/api/v1/bulk-actions", json!({ "filter": { "view": "all" }, "action": action })).await;
    assert_eq!((asked.status, &asked.body["total"]), (202, &json!(119)), "{}", asked.body);
    let id = asked.text("/id");
    let path = format!("/api/v1/bulk-actions/{id}");
    assert_eq!(owner.post(&format!("{path}/undo"), json!(null)).await.problem(), (409, "not_undoable".to_owned()));
    carry_out(&test, &shop, &id).await;
    let done = owner.get(&path).await.body;
    assert_eq!((&done["state"], &done["done"], &done["changed"]), (&json!("done"), &json!(119), &json!(119)));
    assert_eq!(owner.get(&one(&heard[0].conversation)).await.body["status"], "pending");
    let row = owner.get(&one(&heard[5].conversation)).await.body;
    assert_eq!(
        (&row["status"], &row["priority"], &row["assignee_id"]),
        (&json!("resolved"), &json!("high"), &json!(agent))
    );
    assert_eq!(events(&owner, &heard[5].conversation).await.len(), 3);
    let audit = owner.get(&format!("/api/v1/audit?target_kind=conversation&target_id={}", heard[5].conversation)).await;
    assert_eq!(audit.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(audit.body["items"][0]["source"], format!("bulk:{id}"));
    // Somebody goes on working before it is taken back.
    owner.patch(&one(&heard[7].conversation), json!({ "assignee_id": null, "priority": "urgent" })).await;
    let undone = owner.post(&format!("{path}/undo"), json!(null)).await;
    assert_eq!((undone.status, &undone.body["total"]), (202, &json!(119)), "{}", undone.body);
    carry_out(&test, &shop, &undone.text("/id")).await;
    let of = async |n: usize| owner.get(&one(&heard[n].conversation)).await;
    let (five, one_, seven) = (of(5).await.body, of(1).await.body, of(7).await.body);
    assert_eq!(
        (&five["status"], &five["priority"], &five["assignee_id"]),
        (&json!("open"), &json!("none"), &json!(null))
    );
    assert_eq!((&one_["status"], &one_["priority"]), (&json!("open"), &json!("high")), "it was high before");
    assert_eq!(
        (&seven["status"], &seven["priority"]),
        (&json!("open"), &json!("urgent")),
        "changed since, so it stays"
    );
    assert_eq!(owner.post(&format!("{path}/undo"), json!(null)).await.problem(), (409, "not_undoable".to_owned()));
    assert_eq!(owner.get("/api/v1/bulk-actions").await.body["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn taking_a_resolve_back_brings_the_wait_back_but_nobody_who_left() {
    let (test, shop, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    let heard = customers(&shop, 2).await;
    let path = one(&heard[0].conversation);
    owner.patch(&path, json!({ "assignee_id": agent })).await;
    let before = owner.get(&path).await.body;
    assert!(before["waiting_since"].is_i64() && before["unread_count"] == 1);
    let ids = json!([heard[0].conversation, heard[1].conversation]);
    let action = json!({ "status": "resolved", "assignee_id": null });
    let asked = owner.post("/api/v1/bulk-actions", json!({ "ids": ids, "action": action })).await.text("/id");
    carry_out(&test, &shop, &asked).await;
    assert_eq!(owner.get(&path).await.body["waiting_since"], json!(null));
    // One of the two is answered before it is taken back, and the agent is switched off.
    shop.wait(MINUTE);
    let answer = json!({ "content": { "type": "text", "body": "Here you are." } });
    let sent = owner.post(&format!("{}/messages", one(&heard[1].conversation)), answer).await;
    assert_eq!(sent.status, 202, "{}", sent.body);
    assert_eq!(owner.patch(&format!("/api/v1/users/{agent}"), json!({ "disabled": true })).await.status, 200);
    let undone = owner.post(&format!("/api/v1/bulk-actions/{asked}/undo"), json!(null)).await.text("/id");
    carry_out(&test, &shop, &undone).await;
    let (row, other) = (owner.get(&path).await.body, owner.get(&one(&heard[1].conversation)).await.body);
    assert_eq!((&row["status"], &row["unread_count"]), (&json!("open"), &json!(1)));
    assert_eq!(row["waiting_since"], before["waiting_since"]);
    assert_eq!(row["assignee_id"], json!(null), "who cannot sign in gets nothing back");
    assert_eq!((&other["status"], &other["waiting_since"]), (&json!("open"), &json!(null)));
    assert_eq!(names(&owner, "view=unattended").await, ["Customer 0"]);
}

#[tokio::test]
async fn what_cannot_be_changed_at_once_says_so() {
    let (test, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let ids = json!([heard.conversation]);
    let now = test.app.now().0;
    for (body, field) in [
        (json!({ "ids": ids, "action": {} }), "action"),
        (json!({ "action": { "read": true } }), "ids"),
        (json!({ "ids": ids, "filter": {}, "action": { "read": true } }), "ids"),
        (json!({ "filter": { "status": "resolved" }, "action": { "read": true } }), "ids"),
        (json!({ "ids": ids, "action": { "status": "snoozed" } }), "snoozed_until"),
        (json!({ "ids": ids, "action": { "status": "snoozed", "snoozed_until": now } }), "snoozed_until"),
        (json!({ "ids": ids, "action": { "team_id": heard.contact } }), "team_id"),
        (json!({ "ids": ids, "action": { "assignee_id": heard.contact } }), "assignee_id"),
    ] {
        let reply = owner.post("/api/v1/bulk-actions", body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}: {}", reply.body);
    }
    // A snooze of many ends by itself like any other; opening a second conversation of one customer is refused.
    owner.patch(&one(&heard.conversation), json!({ "status": "resolved" })).await;
    shop.wait(5 * DAY);
    let next = shop.hear("971500000001", "Amal", "me again").await;
    let open = json!({ "ids": [heard.conversation, next.conversation], "action": { "status": "open" } });
    let asked = owner.post("/api/v1/bulk-actions", open).await;
    carry_out(&test, &shop, &asked.text("/id")).await;
    let done = owner.get(&format!("/api/v1/bulk-actions/{}", asked.text("/id"))).await.body;
    assert_eq!((&done["changed"], &done["refused"], &done["done"]), (&json!(0), &json!(1), &json!(2)));
    let until = test.app.now().plus(HOUR).0;
    let snooze = json!({ "ids": [next.conversation], "action": { "status": "snoozed", "snoozed_until": until } });
    let asked = owner.post("/api/v1/bulk-actions", snooze).await;
    carry_out(&test, &shop, &asked.text("/id")).await;
    assert_eq!(owner.get(&one(&next.conversation)).await.body["snoozed_until"], until);
    shop.wait(HOUR);
    let id = rapport_core::ConversationId(next.conversation.parse().unwrap());
    assert_eq!(rapport_app::inbox::wake::run(&test.app, shop.workspace, id).await.unwrap(), Outcome::Done);
    assert_eq!(owner.get(&one(&next.conversation)).await.body["status"], "open");
    // Stopped before its first turn, it changes nothing.
    let asked = owner.post("/api/v1/bulk-actions", json!({ "filter": {}, "action": { "priority": "low" } })).await;
    let stopped = owner.post(&format!("/api/v1/bulk-actions/{}/cancel", asked.text("/id")), json!(null)).await;
    assert_eq!((stopped.status, &stopped.body["state"]), (200, &json!("cancelled")));
    carry_out(&test, &shop, &asked.text("/id")).await;
    assert_eq!(owner.get(&one(&next.conversation)).await.body["priority"], "none");
}

#[tokio::test]
async fn saved_views_are_seen_and_changed_by_those_they_are_for() {
    let (test, _, owner) = Shop::open().await;
    let agent = test.user(&owner, "agent").await;
    test.user(&owner, "viewer").await;
    let (agents, viewers) = (test.browser("agent@a.example").await, test.browser("viewer@a.example").await);
    let owners = test.browser("owner@a.example").await;
    let team = owner.post("/api/v1/teams", json!({ "name": "Sales", "member_ids": [agent] })).await.text("/id");
    let filter = json!({ "view": "unattended", "sort": "waiting", "priority": "high", "q": "dress" });
    let made = agents.post("/api/v1/views", json!({ "name": " Dresses ", "filter": filter })).await;
    assert_eq!(
        (made.status, made.text("/name"), &made.body["filter"]),
        (201, "Dresses".to_owned(), &filter),
        "{}",
        made.body
    );
    let id = made.text("/id");
    let seen = |client: Client| async move {
        let reply = client.get("/api/v1/views").await;
        reply.body.as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(seen(agents.clone()).await, ["Dresses"]);
    assert!(seen(owners.clone()).await.is_empty(), "private");
    assert_eq!(owners.patch(&format!("/api/v1/views/{id}"), json!({ "name": "x" })).await.status, 404);
    let shared = agents.patch(&format!("/api/v1/views/{id}"), json!({ "scope": "team", "team_id": team })).await;
    assert_eq!((shared.status, &shared.body["scope"]), (200, &json!("team")), "{}", shared.body);
    assert!(seen(viewers.clone()).await.is_empty(), "not of the team");
    agents.patch(&format!("/api/v1/views/{id}"), json!({ "scope": "all" })).await;
    assert_eq!(seen(viewers.clone()).await, ["Dresses"]);
    assert_eq!(viewers.patch(&format!("/api/v1/views/{id}"), json!({ "name": "x" })).await.status, 403);
    assert_eq!(owners.patch(&format!("/api/v1/views/{id}"), json!({ "name": "All dresses" })).await.status, 200);
    assert_eq!(viewers.post("/api/v1/views", json!({ "name": "x", "scope": "all" })).await.status, 403);
    assert_eq!(viewers.post("/api/v1/views", json!({ "name": "Mine" })).await.status, 201);
    for (body, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x", "filter": { "q": "x".repeat(501) } }), "filter.q"),
        (json!({ "name": "x", "scope": "team" }), "team_id"),
        (json!({ "name": "x", "scope": "team", "team_id": id }), "team_id"),
    ] {
        let reply = agents.post("/api/v1/views", body.clone()).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{body}: {}", reply.body);
    }
    assert_eq!(
        owner.post("/api/v1/views", json!({ "name": "x" })).await.text("/field"),
        "scope",
        "a program owns none"
    );
    assert_eq!(agents.delete(&format!("/api/v1/views/{id}")).await.status, 204);
    assert!(seen(agents.clone()).await.is_empty());
}
