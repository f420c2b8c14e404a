//! Search: the same words find the same messages in every language, and the hits are marked.

use crate::harness::{Client, Reply, Shop, TestApp};
use serde_json::json;
use std::time::Duration;

pub(crate) async fn find(client: &Client, q: &str, more: &str) -> Reply {
    let q: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    client.get(&format!("/api/v1/search?q={q}{more}")).await
}

/// Runs the indexer until the words are found.
pub(crate) async fn indexed(test: &TestApp, client: &Client, q: &str) {
    let task = rapport_app::search::start(&test.app);
    for _ in 0..100 {
        if !find(client, q, "").await.body["items"].as_array().unwrap().is_empty() {
            task.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{q} was not indexed");
}

fn marked(hit: &serde_json::Value) -> Vec<String> {
    let units: Vec<u16> = hit["message"]["preview"].as_str().unwrap().encode_utf16().collect();
    let part = |mark: &serde_json::Value| {
        let (from, to) = (mark[0].as_u64().unwrap() as usize, mark[1].as_u64().unwrap() as usize);
        String::from_utf16(&units[from..to]).unwrap()
    };
    hit["highlights"].as_array().unwrap().iter().map(part).collect()
}

#[tokio::test]
async fn five_languages_are_found_and_marked() {
    let (test, shop, owner) = Shop::open().await;
    let texts = [
        ("Where is my delivery? 👩‍👩‍👧 Deliveries are late", "delivery", "delivery"),
        ("أين وصلت الطلبية؟ أريد الطلب اليوم", "الطلب", "الطلب"),
        ("Где мой заказ? Заказы всегда опаздывают", "заказ", "заказ"),
        ("Où est ma commande ? C'est l'été", "ete", "été"),
        ("我的訂單在哪裡", "订单", "訂單"),
    ];
    for (n, (text, ..)) in texts.iter().enumerate() {
        shop.hear(&format!("97150000000{n}"), &format!("Customer {n}"), text).await;
        shop.wait(1_000);
    }
    let last = shop.hear("971500000009", "Last", "marker word").await;
    indexed(&test, &owner, "marker").await;
    for (text, q, expected) in texts {
        let reply = find(&owner, q, "").await;
        let hit = reply.body["items"].as_array().unwrap().iter().find(|hit| hit["message"]["preview"] == text);
        let hit = hit.unwrap_or_else(|| panic!("{q}: {}", reply.body));
        assert!(marked(hit).iter().any(|mark| mark == expected), "{q}: {:?}", marked(hit));
    }
    let hit = find(&owner, "marker", "").await;
    assert_eq!(hit.text("/items/0/conversation_id"), last.conversation);
    assert_eq!(hit.text("/items/0/contact/name"), "Last");
    assert_eq!(find(&owner, "", "").await.body["items"].as_array().unwrap().len(), 0);
    assert_eq!(find(&owner, &"x".repeat(600), "").await.status, 422);
}

#[tokio::test]
async fn pages_go_on_and_other_workspaces_find_nothing() {
    let (test, shop, owner) = Shop::open().await;
    for n in 0..7 {
        shop.hear("971500000001", "Amal", &format!("parcel number {n}")).await;
        shop.wait(1_000);
    }
    let other = shop.hear("971500000002", "Badr", "parcel ready").await;
    indexed(&test, &owner, "ready").await;
    let mut seen = Vec::new();
    let mut more = "&limit=3".to_owned();
    loop {
        let reply = find(&owner, "parcel", &more).await;
        for hit in reply.body["items"].as_array().unwrap() {
            seen.push(hit["message"]["preview"].as_str().unwrap().to_owned());
        }
        let Some(cursor) = reply.body["next_cursor"].as_str() else { break };
        more = format!("&limit=3&cursor={cursor}");
    }
    let expected: Vec<String> =
        std::iter::once("parcel ready".to_owned()).chain((0..7).rev().map(|n| format!("parcel number {n}"))).collect();
    assert_eq!(seen, expected);
    let one = find(&owner, "parcel", &format!("&contact_id={}", other.contact)).await;
    assert_eq!(one.body["items"].as_array().unwrap().len(), 1);
    let b = test.workspace("b").await;
    assert!(find(&test.bearer(&b.token), "parcel", "").await.body["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn messages_notes_and_customers_are_found_apart() {
    let (test, shop, owner) = Shop::open().await;
    let amal = shop.hear("966501234567", "Amal Haddad", "Where is #10423? I also miss ORD-2024-77").await;
    shop.wait(1_000);
    let badr = shop.hear("971507654321", "Badr Saleh", "My parcel is late").await;
    let note = format!("/api/v1/conversations/{}/notes", badr.conversation);
    assert_eq!(owner.post(&note, json!({ "body": "parcel lost, order 10423 too" })).await.status, 201);
    let path = format!("/api/v1/contacts/{}", badr.contact);
    assert_eq!(owner.patch(&path, json!({ "email": "badr@dune.example" })).await.status, 200);
    indexed(&test, &owner, "parcel").await;
    settled(&test, &owner, "badr@dune").await;
    let names = |reply: &Reply, pointer: &str| -> Vec<String> {
        let items = reply.body.pointer(pointer).unwrap().as_array().unwrap();
        items.iter().map(|item| item["contact"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = find(&owner, "parcel", "").await;
    assert_eq!(
        (names(&all, "/items"), names(&all, "/notes/items")),
        (vec!["Badr Saleh".to_owned()], vec!["Badr Saleh".to_owned()])
    );
    assert_eq!(all.text("/notes/items/0/message/direction"), "note");
    assert_eq!(names(&all, "/contacts/items"), Vec::<String>::new());
    assert!(all.body["indexing"].is_null());
    for number in ["#10423", "10423", "ORD-2024-77", "ord 2024"] {
        assert_eq!(names(&find(&owner, number, "&in=messages").await, "/items"), ["Amal Haddad"], "{number}");
    }
    for (typed, expected) in [
        ("4567", "Amal Haddad"),
        ("050 123", "Amal Haddad"),
        ("+966 50 123-4567", "Amal Haddad"),
        ("٠٥٠٧٦٥", "Badr Saleh"),
        ("ama had", "Amal Haddad"),
        ("sal", "Badr Saleh"),
        ("dune.example", "Badr Saleh"),
    ] {
        let reply = find(&owner, typed, "&in=contacts").await;
        assert_eq!(names(&reply, "/contacts/items"), [expected], "{typed}");
        assert_eq!(reply.body["items"].as_array().unwrap().len(), 0);
    }
    let reply = find(&owner, "050 123", "").await;
    assert_eq!(
        reply.body["contacts"]["items"][0]["detail"],
        json!({ "kind": "phone", "value": "+966501234567", "highlights": [[4, 9]] })
    );
    assert_eq!(find(&owner, "amal", "").await.body["contacts"]["items"][0]["highlights"], json!([[0, 4]]));
    // What one asks of messages, customers do not have.
    let narrow = find(&owner, "amal", "&direction=in").await;
    assert_eq!(names(&narrow, "/contacts/items"), Vec::<String>::new());
    assert_eq!(amal.contact.len(), 36);
}

#[tokio::test]
async fn filters_narrow_and_say_what_they_do_not_know() {
    let (test, shop, owner) = Shop::open().await;
    let one = shop.hear("971500000001", "Amal", "parcel one").await;
    shop.wait(60_000);
    let two = shop.hear("971500000002", "Badr", "parcel two").await;
    let me = owner.get("/api/v1/users?limit=1").await.text("/items/0/id");
    let path = format!("/api/v1/conversations/{}", two.conversation);
    assert_eq!(owner.patch(&path, json!({ "assignee_id": me, "status": "pending" })).await.status, 200);
    shop.wait(1_000);
    shop.hear("971500000003", "Carla", "marker").await;
    indexed(&test, &owner, "marker").await;
    let first = owner.get(&format!("/api/v1/conversations/{}/messages", one.conversation)).await;
    let at = first.body["items"][0]["at"].as_i64().unwrap();
    for (filter, expected) in [
        (String::new(), vec!["parcel two", "parcel one"]),
        (format!("&assignee_id={me}"), vec!["parcel two"]),
        ("&unassigned=true".to_owned(), vec!["parcel one"]),
        ("&status=pending".to_owned(), vec!["parcel two"]),
        ("&status=resolved".to_owned(), vec![]),
        ("&direction=in".to_owned(), vec!["parcel two", "parcel one"]),
        ("&direction=out".to_owned(), vec![]),
        ("&kind=text,image".to_owned(), vec!["parcel two", "parcel one"]),
        ("&kind=image".to_owned(), vec![]),
        (format!("&channel_id={}", shop.channel), vec!["parcel two", "parcel one"]),
        (format!("&channel_id={me}"), vec![]),
        (format!("&team_id={me}"), vec![]),
        (format!("&conversation_id={}", one.conversation), vec!["parcel one"]),
        (format!("&contact_id={}", one.contact), vec!["parcel one"]),
        (format!("&from={}", at + 1), vec!["parcel two"]),
        (format!("&to={}", at + 1), vec!["parcel one"]),
        (format!("&from={at}&to={at}"), vec![]),
    ] {
        let reply = find(&owner, "parcel", &filter).await;
        let found: Vec<&str> = reply.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["message"]["preview"].as_str().unwrap())
            .collect();
        assert_eq!(found, expected, "{filter}");
    }
    for (filter, field) in [
        ("&kind=text,,image", "kind"),
        (&format!("&unassigned=true&assignee_id={me}"), "unassigned"),
        ("&cursor=nonsense", "cursor"),
    ] {
        let reply = find(&owner, "parcel", filter).await;
        assert_eq!((reply.status, reply.text("/field")), (422, field.to_owned()), "{filter}");
    }
    let page = find(&owner, "parcel", "&limit=1").await;
    let cursor = page.body["next_cursor"].as_str().unwrap();
    assert_eq!(find(&owner, "parcel", &format!("&in=notes&cursor={cursor}")).await.text("/field"), "cursor");
}

#[tokio::test]
async fn a_thread_is_read_round_a_message_and_on_to_its_end() {
    let (_, shop, owner) = Shop::open().await;
    let mut last = None;
    for n in 0..20 {
        last = Some(shop.hear("971500000001", "Amal", &format!("line {n}")).await);
        shop.wait(1_000);
    }
    let base = format!("/api/v1/conversations/{}/messages", last.unwrap().conversation);
    let lines = |reply: &Reply| -> Vec<String> {
        let items = reply.body["items"].as_array().unwrap();
        items.iter().map(|item| item["content"]["body"].as_str().unwrap().replace("line ", "")).collect()
    };
    let all = owner.get(&format!("{base}?limit=50")).await;
    assert_eq!((all.body["items"].as_array().unwrap().len(), all.body["newer_cursor"].is_null()), (20, true));
    let id = |n: usize| all.body["items"][19 - n]["id"].as_str().unwrap().to_owned();
    let middle = owner.get(&format!("{base}?around={}&limit=6", id(8))).await;
    assert_eq!(lines(&middle), ["11", "10", "9", "8", "7", "6"]);
    let newer = owner.get(&format!("{base}?newer={}&limit=5", middle.text("/newer_cursor"))).await;
    assert_eq!(lines(&newer), ["16", "15", "14", "13", "12"]);
    let end = owner.get(&format!("{base}?newer={}&limit=5", newer.text("/newer_cursor"))).await;
    assert_eq!(
        (lines(&end), end.body["newer_cursor"].is_null()),
        (vec!["19".to_owned(), "18".to_owned(), "17".to_owned()], true)
    );
    let older = owner.get(&format!("{base}?cursor={}&limit=5", middle.text("/next_cursor"))).await;
    assert_eq!(lines(&older), ["5", "4", "3", "2", "1"]);
    // From a newer page one comes back to where one was.
    let back = owner.get(&format!("{base}?cursor={}&limit=3", newer.text("/next_cursor"))).await;
    assert_eq!(lines(&back), ["11", "10", "9"]);
    let first = owner.get(&format!("{base}?around={}&limit=4", id(0))).await;
    assert_eq!(
        (lines(&first), first.body["next_cursor"].is_null()),
        (vec!["2".to_owned(), "1".to_owned(), "0".to_owned()], true)
    );
    let newest = owner.get(&format!("{base}?around={}&limit=4", id(19))).await;
    assert_eq!((lines(&newest), newest.body["newer_cursor"].is_null()), (vec!["19".to_owned(), "18".to_owned()], true));
    let one = owner.get(&format!("{base}?around={}&limit=1", id(8))).await;
    assert_eq!(lines(&one), ["8"]);
    let other = shop.hear("971500000002", "Badr", "elsewhere").await;
    let theirs = owner.get(&format!("/api/v1/conversations/{}/messages", other.conversation)).await.text("/items/0/id");
    assert_eq!(owner.get(&format!("{base}?around={theirs}")).await.problem(), (404, "not_found".to_owned()));
    let both = owner.get(&format!("{base}?around={}&cursor=x", id(1))).await;
    assert_eq!((both.status, both.text("/field")), (422, "around".to_owned()));
    assert_eq!(owner.get(&format!("{base}?newer=x")).await.text("/field"), "newer");
}

#[tokio::test]
async fn the_lists_search_fields_find_old_and_new_alike() {
    let (test, shop, owner) = Shop::open().await;
    let amal = shop.hear("966501234567", "Amal Haddad", "the red one please").await;
    shop.wait(1_000);
    shop.hear("971507654321", "Badr Saleh", "marker").await;
    let ids = |reply: &Reply| -> Vec<String> {
        reply.body["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    };
    // Before the indexer has seen anything, and after it.
    for round in 0..2 {
        for q in ["amal", "0501234", "4567", "red one", "HADD"] {
            let list = owner.get(&format!("/api/v1/conversations?q={}", q.replace(' ', "%20"))).await;
            assert_eq!(ids(&list), std::slice::from_ref(&amal.conversation), "{round}: {q}");
        }
        for q in ["amal", "4567", "HADD"] {
            assert_eq!(
                ids(&owner.get(&format!("/api/v1/contacts?q={q}")).await),
                std::slice::from_ref(&amal.contact),
                "{round}: {q}"
            );
        }
        assert_eq!(ids(&owner.get("/api/v1/conversations?q=nobody").await), Vec::<String>::new());
        assert_eq!(ids(&owner.get("/api/v1/conversations?q=%20").await).len(), 2, "blanks ask nothing");
        indexed(&test, &owner, "marker").await;
        settled(&test, &owner, "saleh").await;
    }
}

/// Runs the indexer until the customer is found.
async fn settled(test: &TestApp, client: &Client, q: &str) {
    let task = rapport_app::search::start(&test.app);
    for _ in 0..100 {
        let reply = find(client, q, "&in=contacts").await;
        if !reply.body["contacts"]["items"].as_array().unwrap().is_empty() {
            task.abort();
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{q} was not indexed");
}
