//! Pools of codes over the API: made, filled, listed, used, and kept apart.

use crate::harness::{Client, Reply, TestApp};
use serde_json::{Value, json};

const NOW: i64 = 1_790_000_000_000;
const DAY: i64 = 86_400_000;

async fn pool(client: &Client, change: Value) -> Reply {
    let mut body = json!({ "name": "Welcome", "kind": "percent", "value": "10", "codes": { "list": ["aaa-1", " BBB-2 ", "AAA-1", ""] } });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    client.post("/api/v1/coupon-pools", body).await
}

#[tokio::test]
async fn pools_are_made_filled_switched_off_and_removed() {
    let (_, owner) = TestApp::with_owner().await;
    let made = pool(&owner, json!({ "valid_to": NOW + DAY, "valid_days": 7 })).await;
    assert_eq!((made.status, &made.body["total"], &made.body["free"]), (201, &json!(2), &json!(2)), "{}", made.body);
    assert_eq!((&made.body["low"], &made.body["per_contact"]), (&json!(false), &json!(1)));
    let id = made.text("/id");
    let path = format!("/api/v1/coupon-pools/{id}");
    let codes = format!("{path}/codes");
    let more = owner.post(&codes, json!({ "generate": 3, "prefix": "spring" })).await;
    assert_eq!((more.status, &more.body["total"]), (200, &json!(5)), "{}", more.body);
    let again = owner.post(&codes, json!({ "list": ["aaa-1", "ccc-3"] })).await;
    assert_eq!(again.body["total"], 6, "known ones are left out");
    let all = owner.get(&codes).await;
    let all: Vec<&str> = all.body["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!((all.len(), all[0], all[1], all[5]), (6, "AAA-1", "BBB-2", "CCC-3"));
    assert!(all[2..5].iter().all(|code| code.starts_with("SPRING-") && code.len() == 17), "{all:?}");
    let page = owner.get(&format!("/api/v1/coupons?pool_id={id}&limit=4")).await;
    assert_eq!((page.text("/items/0/code"), page.text("/items/0/state")), ("CCC-3".into(), "free".into()));
    let rest = owner.get(&format!("/api/v1/coupons?pool_id={id}&cursor={}", page.text("/next_cursor"))).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 2);
    assert_eq!(owner.get("/api/v1/coupons?used=true").await.body["items"], json!([]));
    let off = owner.patch(&path, json!({ "active": false, "valid_to": null })).await;
    assert_eq!(
        (&off.body["active"], &off.body["valid_to"], &off.body["valid_days"]),
        (&json!(false), &Value::Null, &json!(7))
    );
    assert_eq!(pool(&owner, json!({})).await.problem(), (409, "name_taken".to_owned()));
    for (change, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "value": "101" }), "value"),
        (json!({ "kind": "amount", "value": "x", "currency": "USD" }), "value"),
        (json!({ "kind": "amount", "value": "15" }), "currency"),
        (json!({ "valid_from": NOW, "valid_to": NOW }), "valid_to"),
        (json!({ "valid_days": 0 }), "valid_days"),
        (json!({ "per_contact": 101 }), "per_contact"),
        (json!({ "codes": { "list": ["=CMD()"] } }), "list"),
        (json!({ "codes": { "generate": 20_001 } }), "generate"),
        (json!({ "codes": { "generate": 1, "prefix": "№1" } }), "prefix"),
    ] {
        let refused = pool(&owner, change.clone()).await;
        assert_eq!((refused.status, refused.text("/field")), (422, field.to_owned()), "{change}: {}", refused.body);
    }
    assert_eq!(owner.post(&codes, json!({})).await.text("/field"), "list");
    assert_eq!(owner.delete(&path).await.status, 204);
    assert_eq!((owner.get(&path).await.status, owner.get(&codes).await.status), (404, 404));
}

#[tokio::test]
async fn codes_are_used_once_and_an_order_tells_of_it_too() {
    let (_, owner) = TestApp::with_owner().await;
    let id = pool(&owner, json!({})).await.text("/id");
    let redeem = async |body: Value| owner.post("/api/v1/coupons/redeem", body).await;
    assert_eq!(redeem(json!({ "code": "aaa-1" })).await.problem(), (422, "coupon_not_issued".to_owned()));
    assert_eq!(redeem(json!({ "code": "nobody's" })).await.status, 404);
    // The shop sold with a code of ours: that is so, whoever had it.
    let told = json!({ "status": "paid", "coupons": ["bbb-2", "theirs", "with a space"] });
    assert_eq!(owner.put("/api/v1/orders/10482", told.clone()).await.status, 200);
    let used = owner.get(&format!("/api/v1/coupons?pool_id={id}&used=true")).await;
    let facts = (used.text("/items/0/code"), used.text("/items/0/state"), used.text("/items/0/order_number"));
    assert_eq!(facts, ("BBB-2".to_owned(), "redeemed".to_owned(), "10482".to_owned()));
    assert_eq!(owner.put("/api/v1/orders/10499", told).await.status, 200);
    assert_eq!(owner.get("/api/v1/coupons?used=true").await.text("/items/0/order_number"), "10482", "the first stays");
    assert_eq!(redeem(json!({ "code": "BBB-2", "order_number": "10482" })).await.status, 200, "a repeat");
    let other = redeem(json!({ "code": "BBB-2", "order_number": "7" })).await;
    assert_eq!(other.problem(), (409, "coupon_redeemed".to_owned()));
    let path = format!("/api/v1/coupon-pools/{id}");
    assert_eq!(owner.delete(&path).await.problem(), (409, "in_use".to_owned()));
    assert_eq!(owner.get(&path).await.body["redeemed"], 1);
    let doctor = owner.get("/api/v1/doctor").await;
    let low = |check: &str| doctor.body["findings"].as_array().unwrap().iter().any(|one| one["check"] == check);
    assert!(!low("coupon.pool"), "one of two is left");
}

#[tokio::test]
async fn an_empty_pool_is_a_finding_and_so_is_a_rule_without_one() {
    let (_, owner) = TestApp::with_owner().await;
    pool(&owner, json!({ "codes": {} })).await;
    let step = json!([{ "do": "issue_coupon", "pool": "Gone" }]);
    let rule = json!({ "name": "Code", "when": [{ "on": "message_received" }], "do": step });
    assert_eq!(owner.post("/api/v1/rules", json!({ "enabled": true, "definition": rule })).await.status, 201);
    let found = owner.get("/api/v1/doctor").await;
    let of = |check: &str| {
        let all = found.body["findings"].as_array().unwrap().iter();
        all.filter(|one| one["check"] == check).map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of("coupon.pool"), of("coupon.rule")), (vec!["empty".to_owned()], vec!["no_pool".to_owned()]));
}

#[tokio::test]
async fn who_only_reads_sees_no_code_that_nobody_has_yet() {
    let (test, owner) = TestApp::with_owner().await;
    let id = pool(&owner, json!({})).await.text("/id");
    owner.put("/api/v1/orders/10482", json!({ "status": "paid", "coupons": ["BBB-2"] })).await;
    test.user(&owner, "viewer").await;
    let viewer = test.browser("viewer@a.example").await;
    for query in ["", "&used=false", "&used=true"] {
        let seen = viewer.get(&format!("/api/v1/coupons?pool_id={id}{query}")).await;
        let codes: Vec<&str> =
            seen.body["items"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["BBB-2"], "{query}");
    }
    let all = owner.get(&format!("/api/v1/coupons?pool_id={id}")).await;
    assert_eq!(all.body["items"].as_array().unwrap().len(), 2);
}
