//! Deals and cases over the API: made, listed by customer in pages, changed.

use crate::harness::Shop;
use serde_json::{Value, json};

#[tokio::test]
async fn each_kind_is_listed_by_customer_and_in_pages() {
    let (_, _, owner) = Shop::open().await;
    let mut people = Vec::new();
    for phone in ["+971501234567", "+971501234568"] {
        people.push(owner.post("/api/v1/contacts", json!({ "phone": phone })).await.text("/id"));
    }
    for path in ["/api/v1/deals", "/api/v1/cases"] {
        let mut made = Vec::new();
        for (person, title) in [(0, "One"), (1, "Another's"), (0, "Two"), (0, "Three")] {
            let reply = owner.post(path, json!({ "contact_id": people[person], "title": title })).await;
            assert_eq!(reply.status, 201, "{path}: {}", reply.body);
            made.push(reply.text("/id"));
        }
        let of = |more: &str| format!("{path}?contact_id={}&status=open&limit=2{more}", people[0]);
        let ids = |body: &Value| -> Vec<String> {
            body["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        let first = owner.get(&of("")).await;
        assert_eq!((first.status, ids(&first.body)), (200, vec![made[3].clone(), made[2].clone()]), "{}", first.body);
        let rest = owner.get(&of(&format!("&cursor={}", first.text("/next_cursor")))).await;
        assert_eq!((rest.status, ids(&rest.body)), (200, vec![made[0].clone()]), "{}", rest.body);
        assert_eq!(rest.body["next_cursor"], Value::Null);
        assert_eq!(ids(&owner.get(&format!("{path}?limit=20")).await.body).len(), 4);
        let odd = owner.get(&format!("{path}?status=parked&limit=2")).await;
        assert_eq!((odd.status, odd.text("/field")), (422, "status".to_owned()), "{}", odd.body);
    }
}

#[tokio::test]
async fn another_currency_alone_leaves_the_amount() {
    let (_, _, owner) = Shop::open().await;
    let person = owner.post("/api/v1/contacts", json!({ "phone": "+971501234567" })).await.text("/id");
    let new = json!({ "contact_id": person, "title": "Phone", "amount_minor": 12_900, "currency": "EUR" });
    let path = format!("/api/v1/deals/{}", owner.post("/api/v1/deals", new).await.text("/id"));
    for (patch, minor, amount) in [
        (json!({ "currency": "JPY" }), 129, "129"),
        (json!({ "currency": "EUR", "amount_minor": 5 }), 5, "0.05"),
        (json!({ "currency": "KWD" }), 50, "0.050"),
    ] {
        let told = owner.patch(&path, patch.clone()).await;
        assert_eq!((&told.body["amount_minor"], told.text("/amount").as_str()), (&json!(minor), amount), "{patch}");
    }
}
