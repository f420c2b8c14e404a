//! Search: the same words find the same messages in every language, and the hits are marked.

use crate::harness::{Client, Reply, Shop, TestApp};
use std::time::Duration;

async fn find(client: &Client, q: &str, more: &str) -> Reply {
    let q: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
    client.get(&format!("/api/v1/search?q={q}{more}")).await
}

/// Runs the indexer until the words are found.
async fn indexed(test: &TestApp, client: &Client, q: &str) {
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
