//! Shops that deliver by webhook: proved, stored, taken in once, in any order; what is forged is nothing.

use crate::harness::{Client, Reply, TestApp};
use axum::http::Method;
use rapport_core::time::{DAY, MINUTE};
use rapport_sandbox::shop::{Call, shopify, woocommerce, woocommerce_ping};
use serde_json::{Value, json};

const NOW: i64 = 1_790_000_000_000;
const SECRET: &str = "shop-secret-1";

/// An application with a shop of a kind, and where it delivers.
async fn connected(kind: &str) -> (TestApp, Client, String) {
    let (test, owner) = TestApp::with_owner().await;
    let (path, _) = connect(&owner, kind).await;
    (test, owner, path)
}

/// One more shop: where it delivers, and its id.
async fn connect(owner: &Client, kind: &str) -> (String, String) {
    let new = json!({ "kind": kind, "name": "Dune & Thread", "secret": SECRET });
    let made = owner.post("/api/v1/shop-sources", new).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(!made.body.to_string().contains(SECRET));
    (made.text("/url").replace("https://chat.shop.example", ""), made.text("/id"))
}

async fn deliver(test: &TestApp, path: &str, call: Call) -> Reply {
    let mut client = test.nobody();
    let mut content_type = None;
    for (name, value) in call.headers {
        if name == "content-type" {
            content_type = Some(value);
        } else {
            client = client.with(name, value);
        }
    }
    client.raw(Method::POST, path, content_type.as_deref(), call.body).await
}

/// Lets jobs that are due be done.
async fn work(test: &TestApp) {
    for _ in 0..20 {
        if rapport_app::jobs::step(&test.app, "crm", 10).await == 0 {
            return;
        }
    }
}

async fn states(owner: &Client) -> Vec<(String, String)> {
    let sources = owner.get("/api/v1/shop-sources").await;
    let list = owner.get(&format!("/api/v1/shop-sources/{}/deliveries", sources.text("/items/0/id"))).await;
    let all = list.body["items"].as_array().unwrap().iter();
    all.map(|one| (one["topic"].as_str().unwrap().to_owned(), one["state"].as_str().unwrap().to_owned())).collect()
}

fn at(after: i64) -> String {
    jiff::Timestamp::from_millisecond(NOW + after).unwrap().to_string()
}

fn order(change: Value) -> Value {
    let mut said = json!({
        "id": 820_982_911, "name": "#10482", "email": "amal@shop.example", "phone": null,
        "created_at": at(-MINUTE), "updated_at": at(-MINUTE), "currency": "AED", "total_price": "289.00",
        "financial_status": "paid", "fulfillment_status": null, "cancelled_at": null, "source_name": "web",
        "payment_gateway_names": ["card"], "discount_codes": [{ "code": "SPRING", "amount": "10.00" }],
        "shipping_address": { "phone": "+971 55 234 0102" },
        "line_items": [{ "sku": "DT-1", "name": "Linen dress, 38", "quantity": 2, "price": "144.50" }],
        "fulfillments": [],
    });
    said.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    said
}

fn parcel(status: &str, after: i64) -> Value {
    json!({
        "id": 255_858_046, "order_id": 820_982_911, "name": "#10482.1", "status": "success", "shipment_status": status,
        "tracking_company": "Falcon", "tracking_number": "FL1", "tracking_urls": ["https://falcon.example/FL1"],
        "updated_at": at(after),
    })
}

#[tokio::test]
async fn orders_and_parcels_come_twice_late_and_before_one_another() {
    let (test, owner, path) = connected("shopify").await;
    let send =
        async |topic: &str, id: &str, said: Value| deliver(&test, &path, shopify(SECRET, topic, id, &said)).await;
    // The parcel comes before its order.
    assert_eq!(send("fulfillments/create", "w1", parcel("in_transit", -5)).await.status, 200);
    work(&test).await;
    assert_eq!(owner.get("/api/v1/orders/10482").await.status, 404);
    assert_eq!(states(&owner).await, [("fulfillments/create".to_owned(), "waiting".to_owned())]);
    for _ in 0..3 {
        assert_eq!(
            send("orders/create", "w2", order(json!({}))).await.status,
            200,
            "a repeat is answered as the first"
        );
    }
    work(&test).await;
    test.clock.advance(2 * MINUTE);
    work(&test).await;
    assert_eq!(states(&owner).await.len(), 2, "and stored once");
    let known = owner.get("/api/v1/orders/10482").await;
    assert_eq!(
        (known.text("/status"), known.text("/total"), known.text("/phone"), known.text("/items/0/sku")),
        ("paid".into(), "289.00".into(), "+971552340102".into(), "DT-1".into()),
        "{}",
        known.body
    );
    assert_eq!((known.text("/shipments/0/status"), known.text("/coupons/0")), ("in_transit".into(), "SPRING".into()));
    // What is newer first, what is older after it.
    send("fulfillments/update", "w4", parcel("delivered", 20)).await;
    send("fulfillments/update", "w3", parcel("out_for_delivery", 10)).await;
    let done = order(
        json!({ "fulfillment_status": "fulfilled", "fulfillments": [parcel("delivered", 20)], "updated_at": at(20) }),
    );
    send("orders/updated", "w5", done).await;
    send("orders/updated", "w6", order(json!({ "updated_at": at(5) }))).await;
    work(&test).await;
    let known = owner.get("/api/v1/orders/10482").await;
    assert_eq!((known.text("/status"), known.text("/shipments/0/status")), ("delivered".into(), "delivered".into()));
    // A word too many is no reason to lose an order; a topic that is not kept is told so.
    send(
        "orders/create",
        "w7",
        order(json!({ "name": "#10490", "phone": "call me", "shipping_address": null, "email": "?" })),
    )
    .await;
    send("carts/update", "w8", json!({ "id": 1 })).await;
    send("orders/create", "w9", json!({ "id": 1 })).await;
    work(&test).await;
    assert_eq!(owner.get("/api/v1/orders/10490").await.body["phone"], Value::Null);
    let states = states(&owner).await;
    assert_eq!((states[0].1.as_str(), states[1].1.as_str(), states[2].1.as_str()), ("ignored", "ignored", "done"));
    let source = owner.get("/api/v1/shop-sources").await;
    assert_eq!(
        (&source.body["items"][0]["waiting"], source.text("/items/0/last_topic")),
        (&json!(0), "orders/create".into())
    );
    // An order that never comes ends the patience of its parcel; a person may let it be tried again.
    let mut lost = parcel("in_transit", 30);
    lost["name"] = json!("#99999-F1");
    send("fulfillments/create", "w10", lost).await;
    work(&test).await;
    test.clock.advance(DAY + MINUTE);
    work(&test).await;
    let own = format!("/api/v1/shop-sources/{}", source.text("/items/0/id"));
    assert_eq!(owner.get("/api/v1/shop-sources").await.body["items"][0]["failed"], 1);
    owner.put("/api/v1/orders/99999", json!({ "status": "shipped" })).await;
    let again = owner.post(&format!("{own}/retry"), json!(null)).await;
    assert_eq!((&again.body["failed"], &again.body["waiting"]), (&json!(0), &json!(1)), "{}", again.body);
    work(&test).await;
    assert_eq!(owner.get("/api/v1/orders/99999").await.text("/shipments/0/status"), "in_transit");
}

#[tokio::test]
async fn what_is_forged_or_meant_for_nobody_is_refused() {
    let (test, owner, path) = connected("shopify").await;
    let good = shopify(SECRET, "orders/create", "w1", &order(json!({})));
    let changed = Call { body: [good.body.clone(), b" ".to_vec()].concat(), ..good.clone() };
    let unsigned = Call { headers: good.headers[..5].to_vec(), ..good.clone() };
    let woo = woocommerce(SECRET, "order.created", "w1", &json!({}));
    for (name, call) in [
        ("another secret", shopify("shop-secret-2", "orders/create", "w1", &order(json!({})))),
        ("a changed body", changed),
        ("unsigned", unsigned),
        ("another kind of shop", woo),
        ("a ping of another kind", woocommerce_ping()),
    ] {
        assert_eq!(deliver(&test, &path, call).await.status, 401, "{name}");
    }
    let source = owner.get("/api/v1/shop-sources").await;
    assert_eq!(
        (&source.body["items"][0]["refused_at"], &source.body["items"][0]["last_at"]),
        (&json!(NOW), &Value::Null)
    );
    assert!(states(&owner).await.is_empty());
    let nowhere = "/webhooks/shop/00000000-0000-7000-8000-000000000000";
    assert_eq!(deliver(&test, nowhere, good.clone()).await.status, 404);
    let own = format!("/api/v1/shop-sources/{}", source.text("/items/0/id"));
    assert_eq!(owner.patch(&own, json!({ "active": false })).await.status, 200);
    assert_eq!(deliver(&test, &path, good.clone()).await.status, 404, "switched off");
    assert_eq!(owner.patch(&own, json!({ "active": true, "secret": "shop-secret-2" })).await.status, 200);
    assert_eq!(deliver(&test, &path, good).await.status, 401, "the secret was replaced");
    let new = shopify("shop-secret-2", "orders/create", "w1", &order(json!({})));
    assert_eq!(deliver(&test, &path, new).await.status, 200);
    assert_eq!(owner.patch(&own, json!({ "secret": "short" })).await.text("/field"), "secret");
    assert_eq!(owner.delete(&own).await.status, 204);
    work(&test).await;
    assert_eq!(
        owner.get("/api/v1/shop-sources").await.body["items"],
        json!([]),
        "and what waited is gone without harm"
    );
}

#[tokio::test]
async fn woocommerce_pings_orders_and_products() {
    let (test, owner, path) = connected("woocommerce").await;
    assert_eq!(deliver(&test, &path, woocommerce_ping()).await.status, 200);
    assert!(states(&owner).await.is_empty(), "a ping is nothing");
    let told = json!({
        "id": 727, "number": "727", "status": "processing", "currency": "EUR", "total": "29.35",
        "date_created_gmt": "2026-03-22T16:28:02", "date_modified_gmt": "2026-03-22T16:30:08",
        "billing": { "email": "john@shop.example", "phone": "(555) 555-5555" }, "payment_method_title": "Bank transfer",
        "line_items": [{ "name": "Shirt", "sku": "", "quantity": 2, "price": 3.0 }], "coupon_lines": [{ "code": "ten" }],
    });
    let product = json!({ "id": 9, "name": "Shirt", "sku": "SH-1", "price": "12.00", "status": "publish",
                          "permalink": "https://dune-thread.example/shirt", "date_modified_gmt": "2026-03-22T16:30:08" });
    owner.put("/api/v1/products/SH-1", json!({ "name": "Shirt", "aliases": ["tee"], "updated_at": 1 })).await;
    for (topic, id, said) in [
        ("order.created", "d1", &told),
        ("order.created", "d1", &told),
        ("product.updated", "d2", &product),
        ("product.updated", "d3", &json!({ "id": 9, "name": "Shirt", "sku": "" })),
        ("order.deleted", "d4", &json!({ "id": 727 })),
    ] {
        assert_eq!(deliver(&test, &path, woocommerce(SECRET, topic, id, said)).await.status, 200);
    }
    // Its ids last a second: another order under the same one is no repeat.
    let beside = json!({ "id": 728, "number": "728", "status": "pending", "total": "5.00" });
    for _ in 0..2 {
        assert_eq!(deliver(&test, &path, woocommerce(SECRET, "order.created", "d1", &beside)).await.status, 200);
    }
    work(&test).await;
    assert_eq!(owner.get("/api/v1/orders/728").await.text("/total"), "5.00");
    let order = owner.get("/api/v1/orders/727").await;
    assert_eq!(
        (order.text("/status"), order.text("/total"), order.text("/items/0/price")),
        ("processing".into(), "29.35".into(), "3.0".into())
    );
    assert_eq!(
        (order.body["placed_at"].as_i64(), order.text("/email")),
        (Some(1_774_196_882_000), "john@shop.example".into())
    );
    let shirt = owner.get("/api/v1/products/SH-1").await;
    assert_eq!((shirt.text("/price"), shirt.text("/aliases/0")), ("12.00".into(), "tee".into()), "other names stay");
    let found: Vec<String> = states(&owner).await.into_iter().map(|(_, state)| state).collect();
    assert_eq!(found, ["done", "ignored", "ignored", "done", "done"]);
}

/// What became of the last delivery of a shop, and why.
async fn last(owner: &Client, id: &str) -> (String, Value) {
    let list = owner.get(&format!("/api/v1/shop-sources/{id}/deliveries")).await;
    (list.text("/items/0/state"), list.body["items"][0]["detail"].clone())
}

#[tokio::test]
async fn two_shops_that_count_alike_leave_one_another_their_orders() {
    let (test, owner) = TestApp::with_owner().await;
    let (first, first_id) = connect(&owner, "shopify").await;
    let (second, second_id) = connect(&owner, "shopify").await;
    let send = async |path: &str, topic: &str, id: &str, said: Value| {
        assert_eq!(deliver(&test, path, shopify(SECRET, topic, id, &said)).await.status, 200);
        work(&test).await;
    };
    // What a program told of is taken up by the shop that tells of it first.
    owner.put("/api/v1/orders/10482", json!({ "status": "pending", "updated_at": 1 })).await;
    send(&first, "orders/create", "w1", order(json!({}))).await;
    assert_eq!(owner.get("/api/v1/orders/10482").await.text("/shop_source_id"), first_id);
    send(&second, "orders/create", "w1", order(json!({ "total_price": "7.00", "updated_at": at(-5) }))).await;
    let (state, detail) = last(&owner, &second_id).await;
    let why = "Order 10482 is known from another shop; give one of them a prefix.";
    assert!(state == "failed" && detail.as_str().unwrap().contains(why), "{detail}");
    send(&second, "fulfillments/create", "w2", parcel("in_transit", -5)).await;
    assert_eq!(last(&owner, &second_id).await.0, "failed");
    let known = owner.get("/api/v1/orders/10482").await;
    assert_eq!((known.text("/total"), &known.body["shipments"]), ("289.00".to_owned(), &json!([])));
    // With a prefix it is an order of its own; a program may still tell of both.
    let own = format!("/api/v1/shop-sources/{second_id}");
    for bad in ["EU/", "1234567890123", "é"] {
        assert_eq!(owner.patch(&own, json!({ "prefix": bad })).await.text("/field"), "prefix", "{bad}");
    }
    assert_eq!(owner.patch(&own, json!({ "prefix": " EU- " })).await.text("/prefix"), "EU-");
    owner.post(&format!("{own}/retry"), json!(null)).await;
    work(&test).await;
    test.clock.advance(2 * MINUTE);
    work(&test).await;
    let other = owner.get("/api/v1/orders/EU-10482").await;
    assert_eq!((other.text("/total"), other.text("/shipments/0/status")), ("7.00".into(), "in_transit".into()));
    assert_eq!(owner.get("/api/v1/orders/10482").await.text("/total"), "289.00");
    owner.put("/api/v1/orders/10482", json!({ "status": "shipped", "shop_source_id": second_id })).await;
    let told = owner.get("/api/v1/orders/10482").await;
    assert_eq!((told.text("/status"), told.text("/shop_source_id")), ("shipped".into(), first_id.clone()));
    // A shop that is connected no more has no orders that others must leave alone.
    assert_eq!(owner.delete(&format!("/api/v1/shop-sources/{first_id}")).await.status, 204);
    let (third, third_id) = connect(&owner, "shopify").await;
    send(&third, "orders/updated", "w1", order(json!({ "updated_at": at(2 * MINUTE) }))).await;
    assert_eq!(owner.get("/api/v1/orders/10482").await.text("/shop_source_id"), third_id);
}

#[tokio::test]
async fn what_cannot_be_kept_is_left_out_and_a_parcel_that_is_called_off_has_failed() {
    let (test, owner, path) = connected("shopify").await;
    let id = owner.get("/api/v1/shop-sources").await.text("/items/0/id");
    let send = async |topic: &str, key: &str, said: Value| {
        assert_eq!(deliver(&test, &path, shopify(SECRET, topic, key, &said)).await.status, 200);
        work(&test).await;
    };
    let codes = json!([{ "code": "x".repeat(201) }, { "code": "two\nlines" }, { "code": "SPRING" }]);
    send("orders/create", "w1", order(json!({ "discount_codes": codes }))).await;
    assert_eq!(owner.get("/api/v1/orders/10482").await.body["coupons"], json!(["SPRING"]));
    let mut off = parcel("in_transit", 10);
    off["status"] = json!("cancelled");
    let mut unknown = off.clone();
    unknown["id"] = json!(7);
    send("fulfillments/update", "w2", unknown).await;
    assert_eq!(owner.get("/api/v1/orders/10482").await.body["shipments"], json!([]), "nothing to call off");
    send("fulfillments/create", "w3", parcel("in_transit", 5)).await;
    send("fulfillments/update", "w4", off).await;
    let known = owner.get("/api/v1/orders/10482").await;
    assert_eq!(
        (known.text("/shipments/0/status"), known.body["shipments"].as_array().unwrap().len()),
        ("failed".into(), 1)
    );
    let long = "S".repeat(101);
    let product = |variants: Value| json!({ "id": 9, "title": "Shirt", "variants": variants, "updated_at": at(0) });
    send("products/update", "w5", product(json!([{ "sku": long }, { "sku": "S-M", "title": "M" }]))).await;
    let (state, detail) = last(&owner, &id).await;
    assert_eq!(
        (state.as_str(), detail),
        ("done", json!(format!("Left out, as they cannot be kept: 1 ({}).", &long[..40])))
    );
    assert_eq!(owner.get("/api/v1/products/S-M").await.text("/name"), "Shirt, M");
    send("products/update", "w6", product(json!([{ "sku": long }]))).await;
    let (state, detail) = last(&owner, &id).await;
    assert!(state == "failed" && detail.as_str().unwrap().starts_with("sku: "), "{state} {detail}");
}
