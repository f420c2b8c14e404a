//! The shop over the API: late, twice and in disorder; many at once; tables as spreadsheets write them.

use crate::harness::{Client, Reply, Shop, TestApp};
use serde_json::{Value, json};

/// The clock of these tests.
const NOW: i64 = 1_790_000_000_000;
const DAY: i64 = 86_400_000;

async fn shirt(client: &Client, change: Value) -> Reply {
    let mut body =
        json!({ "name": "Linen shirt", "price": "169,00", "currency": "aed", "aliases": ["shirt", "قميص", "shirt"] });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    client.put("/api/v1/products/SH-1", body).await
}

fn order(change: Value) -> Value {
    let mut body = json!({
        "phone": "050 000 0001", "status": "paid", "total": 129.9, "currency": "AED", "placed_at": NOW - DAY,
        "items": [{ "sku": "SH-1", "quantity": 2, "price": "64.95" }],
    });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    body
}

async fn audited(client: &Client, action: &str) -> usize {
    let log = client.get("/api/v1/audit?limit=200").await;
    log.body["items"].as_array().unwrap().iter().filter(|line| line["action"] == action).count()
}

#[tokio::test]
async fn products_are_told_once_twice_and_late() {
    let (test, owner) = TestApp::with_owner().await;
    let made = shirt(&owner, json!({ "updated_at": NOW - 10 })).await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert_eq!(
        (made.text("/sku"), made.text("/price"), made.text("/currency")),
        ("SH-1".into(), "169.00".into(), "AED".into())
    );
    assert_eq!((&made.body["aliases"], &made.body["active"]), (&json!(["shirt", "قميص"]), &json!(true)));
    let late = shirt(&owner, json!({ "name": "Old name", "updated_at": NOW - 11 })).await;
    assert_eq!((late.status, late.text("/name")), (200, "Linen shirt".to_owned()), "what is newer stays");
    let again = shirt(&owner, json!({ "updated_at": NOW - 10 })).await;
    assert_eq!((again.body == made.body, audited(&owner, "shop.updated").await), (true, 1), "a repeat changes nothing");
    // A clock over there that is fast does not hold back what follows.
    assert_eq!(shirt(&owner, json!({ "name": "Ahead", "updated_at": NOW + DAY })).await.body["updated_at"], NOW);
    test.clock.advance(1_000);
    assert_eq!(shirt(&owner, json!({ "name": "After" })).await.text("/name"), "After");
    for (path, body, status, field) in [
        ("/api/v1/products/SH-1", json!({ "name": "x", "sku": "SH-2" }), 422, "sku"),
        ("/api/v1/products/SH-1", json!({ "name": " " }), 422, "name"),
        ("/api/v1/products/SH-1", json!({ "name": "a\u{0}b" }), 422, "name"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "price": "=1+1" }), 422, "price"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "price": -1 }), 422, "price"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "currency": "euro" }), 422, "currency"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "url": "javascript:alert(1)" }), 422, "url"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "aliases": vec!["a"; 51] }), 422, "aliases"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "updated_at": -1 }), 422, "updated_at"),
        ("/api/v1/products/SH-1", json!({ "name": "x".repeat(201) }), 422, "name"),
        ("/api/v1/products/SH-1", json!({ "name": "x", "colour": "red" }), 400, "colour"),
        ("/api/v1/products/%20", json!({ "name": "x" }), 422, "sku"),
    ] {
        let refused = owner.put(path, body.clone()).await;
        assert_eq!((refused.status, refused.text("/field")), (status, field.to_owned()), "{body}: {}", refused.body);
    }
    let odd = owner.put("/api/v1/products/A%2FB%20%237", json!({ "name": "Odd" })).await;
    assert_eq!(odd.text("/sku"), "A/B #7");
    let first = owner.get("/api/v1/products?limit=1").await;
    assert_eq!(first.text("/items/0/sku"), "A/B #7");
    let second = owner.get(&format!("/api/v1/products?limit=1&cursor={}", first.text("/next_cursor"))).await;
    assert_eq!((second.text("/items/0/sku"), &second.body["next_cursor"]), ("SH-1".to_owned(), &Value::Null));
    assert_eq!(owner.delete("/api/v1/products/SH-1").await.status, 204);
    assert_eq!(owner.delete("/api/v1/products/SH-1").await.status, 404);
    assert_eq!(owner.get("/api/v1/products/a%00b").await.status, 404);
}

#[tokio::test]
async fn stores_stand_somewhere() {
    let (_, owner) = TestApp::with_owner().await;
    let marina = json!({
        "name": "Marina", "address": "Marina Walk 14\r\nDubai", "latitude": 25.0785, "longitude": 55.1385,
        "opening_hours": "10–22", "phone": "+971 4 555 0100", "stock": { "SH-1": 3 },
    });
    let made = owner.put("/api/v1/stores/marina", marina.clone()).await;
    assert_eq!(
        (made.status, made.text("/address"), made.text("/phone")),
        (200, "Marina Walk 14\nDubai".into(), "+97145550100".into()),
        "{}",
        made.body
    );
    assert_eq!((made.body["latitude"].as_f64(), &made.body["stock"]), (Some(25.0785), &json!({ "SH-1": 3 })));
    for (change, field) in [
        (json!({ "longitude": null }), "longitude"),
        (json!({ "latitude": null }), "latitude"),
        (json!({ "latitude": 90.5 }), "latitude"),
        (json!({ "phone": "call us" }), "phone"),
        (json!({ "stock": { "": 1 } }), "stock"),
    ] {
        let mut body = marina.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let refused = owner.put("/api/v1/stores/marina", body).await;
        assert_eq!((refused.status, refused.text("/field")), (422, field.to_owned()), "{change}");
    }
    assert_eq!(owner.get("/api/v1/stores").await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(owner.delete("/api/v1/stores/marina").await.status, 204);
    assert_eq!(owner.get("/api/v1/stores/marina").await.status, 404);
}

#[tokio::test]
async fn orders_find_their_customers_and_parcels_their_orders() {
    let (_, shop, owner) = Shop::open().await;
    owner.patch("/api/v1/workspace", json!({ "default_country": "AE" })).await;
    let waits = owner.put("/api/v1/orders/1001", order(json!({}))).await;
    assert_eq!((waits.status, &waits.body["contact_id"]), (200, &Value::Null), "{}", waits.body);
    assert_eq!((waits.text("/phone"), waits.text("/total")), ("+971500000001".into(), "129.9".into()));
    let heard = shop.hear("971500000001", "Amal", "hello").await;
    let own = format!("/api/v1/orders?contact_id={}", heard.contact);
    assert_eq!(owner.get(&own).await.text("/items/0/number"), "1001", "joined when the customer appeared");
    let known = owner.put("/api/v1/orders/1002", order(json!({ "placed_at": NOW }))).await;
    assert_eq!(known.text("/contact_id"), heard.contact);
    let named = owner
        .put("/api/v1/orders/1003", order(json!({ "phone": null, "contact_id": heard.contact, "placed_at": NOW - 1 })))
        .await;
    assert_eq!(named.text("/contact_id"), heard.contact);
    let numbers = |reply: &Reply| -> Vec<String> {
        let items = reply.body["items"].as_array().unwrap();
        items.iter().map(|order| order["number"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(numbers(&owner.get(&own).await), ["1002", "1003", "1001"], "newest first");
    let page = owner.get(&format!("{own}&limit=2")).await;
    assert_eq!(numbers(&owner.get(&format!("{own}&limit=2&cursor={}", page.text("/next_cursor"))).await), ["1001"]);

    let parcel =
        json!({ "status": "in_transit", "courier": "Falcon", "tracking_number": "FL1", "updated_at": NOW - 5 });
    let sent = owner.put("/api/v1/orders/1001/shipments/FL1", parcel.clone()).await;
    assert_eq!((sent.status, sent.text("/shipments/0/status")), (200, "in_transit".to_owned()), "{}", sent.body);
    let mut late = parcel.clone();
    (late["status"], late["updated_at"]) = (json!("preparing"), json!(NOW - 6));
    assert_eq!(owner.put("/api/v1/orders/1001/shipments/FL1", late).await.text("/shipments/0/status"), "in_transit");
    let whole = order(json!({ "status": "shipped", "shipments": [{ "key": "FL2", "status": "preparing" }] }));
    let both = owner.put("/api/v1/orders/1001", whole).await;
    assert_eq!(both.body["shipments"].as_array().unwrap().len(), 2, "those that are not named stay");
    assert_eq!(owner.delete("/api/v1/orders/1001/shipments/FL2").await.status, 204);
    assert_eq!(owner.delete("/api/v1/orders/1001/shipments/FL2").await.status, 404);
    assert_eq!(owner.put("/api/v1/orders/9999/shipments/FL1", parcel).await.status, 404);
    for (change, field) in [
        (json!({ "phone": "nobody" }), "phone"),
        (json!({ "email": "nobody" }), "email"),
        (json!({ "contact_id": "00000000-0000-7000-8000-000000000000" }), "contact_id"),
        (json!({ "items": [{ "quantity": 1 }] }), "items"),
        (json!({ "items": [{ "sku": "a", "quantity": 0 }] }), "items.quantity"),
        (json!({ "items": vec![json!({ "sku": "a" }); 101] }), "items"),
        (
            json!({ "shipments": [{ "key": "a", "status": "failed", "expected_from": 2, "expected_to": 1 }] }),
            "expected_to",
        ),
        (
            json!({ "shipments": (0..21).map(|n| json!({ "key": n.to_string(), "status": "failed" })).collect::<Vec<_>>() }),
            "shipments",
        ),
    ] {
        let refused = owner.put("/api/v1/orders/1004", order(change.clone())).await;
        assert_eq!((refused.status, refused.text("/field")), (422, field.to_owned()), "{change}: {}", refused.body);
    }
    assert_eq!(owner.put("/api/v1/orders/1004", order(json!({ "status": "gone" }))).await.status, 400);
    assert_eq!(owner.get("/api/v1/orders/1004").await.status, 404);
    assert_eq!(owner.delete("/api/v1/orders/1001").await.status, 204);
    assert_eq!(numbers(&owner.get(&own).await), ["1002", "1003"]);
}

#[tokio::test]
async fn a_batch_tells_of_every_row() {
    let (_, owner) = TestApp::with_owner().await;
    owner.patch("/api/v1/workspace", json!({ "default_country": "AE" })).await;
    let batch = |dry: bool| {
        json!({
            "dry_run": dry,
            "products": [{ "sku": "A", "name": "One" }, { "name": "No key" }, { "sku": "A", "name": "Two" }],
            "stores": [{ "key": "s", "name": "Store" }],
            "orders": [order(json!({ "number": "1" })), order(json!({ "number": "2", "phone": "x" })), order(json!({ "number": "1" }))],
        })
    };
    let looked = owner.post("/api/v1/shop/batch", batch(true)).await;
    assert_eq!((looked.status, owner.get("/api/v1/products").await.body["items"].as_array().unwrap().len()), (200, 0));
    let done = owner.post("/api/v1/shop/batch", batch(false)).await;
    assert_eq!(done.body, looked.body, "a dry run says what happens");
    let told: Vec<(u64, &str, &str, Option<&str>)> = done.body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["row"].as_u64().unwrap(),
                row["key"].as_str().unwrap(),
                row["outcome"].as_str().unwrap(),
                row["field"].as_str(),
            )
        })
        .collect();
    let mut told = told;
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (0, "1", "created", None),
            (0, "A", "created", None),
            (0, "s", "created", None),
            (1, "", "refused", Some("sku")),
            (1, "2", "refused", Some("phone")),
            (2, "1", "unchanged", None),
            (2, "A", "updated", None),
        ]
    );
    assert_eq!((&done.body["created"], &done.body["refused"]), (&json!(3), &json!(2)));
    let many: Vec<Value> = (0..501).map(|n| json!({ "sku": n.to_string(), "name": "x" })).collect();
    assert_eq!(owner.post("/api/v1/shop/batch", json!({ "products": many })).await.status, 422);
    assert_eq!(owner.post("/api/v1/shop/batch", json!({})).await.status, 422);
    let many: Vec<Value> = (0..500).map(|n| json!({ "sku": n.to_string(), "name": "x" })).collect();
    assert_eq!(owner.post("/api/v1/shop/batch", json!({ "products": many })).await.body["created"], 500);
}

async fn import(client: &Client, kind: &str, data: &str) -> Reply {
    client.post("/api/v1/shop/import", json!({ "kind": kind, "data": data })).await
}

#[tokio::test]
async fn tables_are_read_as_spreadsheets_write_them() {
    let (_, owner) = TestApp::with_owner().await;
    owner.patch("/api/v1/workspace", json!({ "default_country": "AE", "timezone": "Asia/Dubai" })).await;
    let products = "\u{feff}SKU;Name;Price;Currency;Aliases;Active\r\n\
        A;\"Shirt; linen\";1.234,50;AED;قميص|shirt;yes\r\n\
        B;'=cmd|' /C calc'!A0;'=1+1;AED;;\r\n\
        C;=HYPERLINK(1);5;;;no\r\n\
        ;Nameless;5;;;\r\n\
        D;Дорого;дорого;;;\r\n\
        E;Кот;;;;perhaps\r\n";
    let told = import(&owner, "products", products).await;
    assert_eq!(
        (told.status, &told.body["created"], &told.body["refused"]),
        (200, &json!(2), &json!(4)),
        "{}",
        told.body
    );
    let lines: Vec<(u64, &str)> = told.body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["row"].as_u64().unwrap(), row["field"].as_str().unwrap()))
        .collect();
    let mut lines = lines;
    lines.sort_unstable();
    assert_eq!(lines, [(3, "price"), (5, "sku"), (6, "price"), (7, "active")], "by the lines of the table");
    let shirt = owner.get("/api/v1/products/A").await;
    assert_eq!((shirt.text("/name"), shirt.text("/price")), ("Shirt; linen".to_owned(), "1234.50".to_owned()));
    assert_eq!(shirt.body["aliases"], json!(["قميص", "shirt"]));
    assert_eq!(
        owner.get("/api/v1/products/C").await.text("/name"),
        "=HYPERLINK(1)",
        "a word is a word, and no formula"
    );

    let orders = "number,status,phone,placed_at,total,sku,quantity,price,tracking_number,shipment_status,expected_from\n\
        #1,shipped,0500000001,2026-09-20 14:30,99.90,A,1,90,FL1,Out for delivery,2026-09-22\n\
        #1,,,,,B,2,4.95,,,\n\
        #2,lost,,,,,,,,,\n\
        #3,,,yesterday,,,,,,,\n\
        #4,paid,,,,A,two,,,,\n\
        #5,Paid,,2026-09-20T10:00:00Z,5,,,,,,\n";
    let dry = owner.post("/api/v1/shop/import", json!({ "kind": "orders", "data": orders, "dry_run": true })).await;
    assert_eq!((&dry.body["created"], owner.get("/api/v1/orders/%231").await.status), (&json!(2), 404));
    let told = import(&owner, "orders", orders).await;
    assert_eq!(told.body, dry.body);
    let faults: Vec<&str> =
        told.body["rows"].as_array().unwrap().iter().map(|row| row["field"].as_str().unwrap()).collect();
    assert_eq!(faults, ["status", "placed_at", "items.quantity"]);
    let one = owner.get("/api/v1/orders/%231").await;
    assert_eq!((one.text("/phone"), one.body["items"].as_array().unwrap().len()), ("+971500000001".to_owned(), 2));
    assert_eq!(one.body["placed_at"], 1_789_900_200_000_i64, "by the workspace's clock");
    assert_eq!(one.text("/shipments/0/status"), "out_for_delivery");
    assert_eq!(owner.get("/api/v1/orders/%235").await.body["placed_at"], 1_789_898_400_000_i64);
    for data in ["", "name\nx", "sku;price\n1;2"] {
        assert_eq!(import(&owner, "products", data).await.status, 422, "{data:?}");
    }
    let long = format!("sku,name\n{}", "a,b\n".repeat(5_001));
    assert_eq!(import(&owner, "products", &long).await.status, 422);
}

#[tokio::test]
async fn who_may_and_what_scopes_allow() {
    let (test, owner) = TestApp::with_owner().await;
    shirt(&owner, json!({})).await;
    for (role, reads, writes) in [("viewer", 200, 403), ("agent", 200, 403), ("supervisor", 200, 200)] {
        test.user(&owner, role).await;
        let person = test.browser(&format!("{role}@a.example")).await;
        assert_eq!(person.get("/api/v1/products").await.status, reads, "{role}");
        assert_eq!(shirt(&person, json!({})).await.status, writes, "{role}");
        assert_eq!(import(&person, "products", "sku,name\nx,y").await.status, writes, "{role}");
    }
    let new = json!({ "name": "shop", "role": "supervisor", "scopes": ["shop.manage"] });
    let token = test.bearer(&owner.post("/api/v1/tokens", new).await.text("/secret"));
    assert_eq!(token.get("/api/v1/contacts").await.status, 403);
    assert_eq!(token.put("/api/v1/orders/1/shipments/1", json!({ "status": "failed" })).await.status, 404);
    let written = token.post("/api/v1/shop/batch", json!({ "products": [{ "sku": "t", "name": "t" }] })).await;
    assert_eq!(written.status, 200, "a shop needs no right to read");
}

#[tokio::test]
async fn one_workspace_never_writes_into_another() {
    let test = TestApp::new().await;
    let (a, b) = (test.workspace("a").await, test.workspace("b").await);
    let (one, other) = (test.bearer(&a.token), test.bearer(&b.token));
    shirt(&one, json!({})).await;
    one.put("/api/v1/orders/1", json!({ "shipments": [{ "key": "p", "status": "delivered" }] })).await;
    for path in ["/api/v1/products/SH-1", "/api/v1/orders/1"] {
        assert_eq!(other.get(path).await.status, 404);
        assert_eq!(other.delete(path).await.status, 404);
    }
    assert_eq!(other.put("/api/v1/orders/1/shipments/p", json!({ "status": "failed" })).await.status, 404);
    assert_eq!(other.delete("/api/v1/orders/1/shipments/p").await.status, 404);
    assert_eq!(shirt(&other, json!({ "name": "Theirs" })).await.text("/name"), "Theirs");
    assert_eq!(other.put("/api/v1/orders/1", json!({ "status": "cancelled" })).await.body["shipments"], json!([]));
    assert_eq!(one.get("/api/v1/products/SH-1").await.text("/name"), "Linen shirt");
    assert_eq!(one.get("/api/v1/orders/1").await.text("/shipments/0/status"), "delivered");
}

#[tokio::test]
async fn quick_replies_and_templates_tell_of_the_order() {
    let (_, shop, owner) = Shop::open().await;
    let heard = shop.hear("971500000001", "Amal Haddad", "where is my parcel?").await;
    let body = json!({
        "phone": "+971500000001", "status": "shipped", "placed_at": NOW - 3 * DAY, "items": [{ "name": "Shirt" }],
        "shipments": [{ "key": "FL1", "status": "in_transit", "tracking_number": "FL1" }],
    });
    assert_eq!(owner.put("/api/v1/orders/1001", body).await.status, 200);
    let reply = json!({ "shortcut": "ship", "title": "Ship", "audience": "shared", "bodies": {
        "en": "{order.number}, {order.placed}, {product.last}: {shipment.tracking_number} {shipment.expected|soon}" } });
    owner.post("/api/v1/quick-replies", reply).await;
    let list = format!("/api/v1/quick-replies?conversation_id={}", heard.conversation);
    let here = owner.get(&list).await.body["items"][0]["here"].clone();
    assert_eq!((&here["text"], &here["missing"]), (&json!("1001, 3 days ago, Shirt: FL1 soon"), &json!([])));
    shop.template("order_ready", "UTILITY").await;
    let id = owner.get("/api/v1/templates").await.text("/items/0/id");
    let fillings = json!({ "fillings": { "body.1": { "source": "shipment.tracking_number", "fallback": "friend" } } });
    assert_eq!(owner.put(&format!("/api/v1/templates/{id}/fillings"), fillings).await.status, 200);
    let filled = owner.post(&format!("/api/v1/templates/{id}/fill"), json!({ "contact_id": heard.contact })).await;
    assert_eq!(filled.text("/blanks/0/value"), "FL1", "{}", filled.body);
    let unknown = json!({ "fillings": { "body.1": { "source": "order.colour" } } });
    assert_eq!(owner.put(&format!("/api/v1/templates/{id}/fillings"), unknown).await.status, 422);
}

#[tokio::test]
async fn an_order_that_is_corrected_leaves_the_wrong_customer() {
    let (_, shop, owner) = Shop::open().await;
    owner.patch("/api/v1/workspace", json!({ "default_country": "AE" })).await;
    let amal = shop.hear("971500000001", "Amal", "hello").await;
    let told = async |change: Value| owner.put("/api/v1/orders/10482", order(change)).await;
    assert_eq!(told(json!({ "updated_at": NOW - 9 })).await.text("/contact_id"), amal.contact);
    // Neither naming nobody nor leaving the status out changes whose it is and where it stands.
    let kept = told(json!({ "phone": null, "status": null, "total": "5", "updated_at": NOW - 8 })).await;
    let facts = (kept.text("/contact_id"), kept.text("/phone"), kept.text("/status"), kept.text("/total"));
    assert_eq!(facts, (amal.contact.clone(), "+971500000001".into(), "paid".into(), "5".into()), "{}", kept.body);
    let moved = told(json!({ "phone": "050 000 0002", "updated_at": NOW - 7 })).await;
    assert_eq!((&moved.body["contact_id"], moved.text("/phone")), (&Value::Null, "+971500000002".to_owned()));
    let own = format!("/api/v1/orders?contact_id={}", amal.contact);
    assert_eq!(owner.get(&own).await.body["items"], json!([]));
    let bilal = shop.hear("971500000002", "Bilal", "hello").await;
    assert_eq!(owner.get("/api/v1/orders/10482").await.text("/contact_id"), bilal.contact);
    let table = "number,phone,status\n10482,050 000 0002,shipped\n";
    let told = import(&owner, "orders", table).await;
    assert_eq!(told.body["updated"], 1, "{}", told.body);
    let kept = owner.get("/api/v1/orders/10482").await;
    assert_eq!((kept.text("/status"), kept.text("/total")), ("shipped".to_owned(), "129.9".to_owned()));
    assert_eq!(kept.body["items"].as_array().unwrap().len(), 1, "a table wipes nothing that it has no words for");
    let garbled = import(&owner, "orders", "number,payment\n1,Esp\u{fffd}ces\n").await;
    assert_eq!((garbled.status, garbled.text("/field")), (422, "data".to_owned()));
}

#[tokio::test]
async fn a_table_leaves_alone_what_it_has_no_words_for() {
    let (_, owner) = TestApp::with_owner().await;
    shirt(&owner, json!({ "active": false })).await;
    assert_eq!(
        import(&owner, "products", "sku,name,price\nSH-1,Linen shirt,175\nSH-2,New,1\n").await.body["updated"],
        1
    );
    let known = owner.get("/api/v1/products/SH-1").await;
    assert_eq!(
        (&known.body["active"], known.text("/price"), known.text("/aliases/0")),
        (&json!(false), "175".into(), "shirt".into())
    );
    assert_eq!(owner.get("/api/v1/products/SH-2").await.body["active"], true, "a new one is sold");
    import(&owner, "products", "sku,name,active\nSH-1,Linen shirt,yes\n").await;
    assert_eq!(owner.get("/api/v1/products/SH-1").await.body["active"], true, "what is said counts");
    let parcel = json!({ "key": "FL1", "tracking_number": "FL1", "status": "delivered", "tracking_url": "https://f.example/FL1" });
    let told = order(json!({ "phone": "+971500000001", "shipments": [parcel] }));
    assert_eq!(owner.put("/api/v1/orders/7", told).await.status, 200);
    let table = "number,tracking_number,courier\n7,FL1,Falcon\n7b,FL2,Falcon\n";
    assert_eq!(import(&owner, "orders", table).await.body["refused"], 0);
    let known = owner.get("/api/v1/orders/7").await;
    let facts = (
        known.text("/shipments/0/status"),
        known.text("/shipments/0/courier"),
        known.text("/shipments/0/tracking_url"),
    );
    assert_eq!(facts, ("delivered".into(), "Falcon".into(), "https://f.example/FL1".into()), "{}", known.body);
    assert_eq!(
        owner.get("/api/v1/orders/7b").await.text("/shipments/0/status"),
        "in_transit",
        "a new one is under way"
    );
}

#[tokio::test]
async fn a_table_of_stock_sets_what_it_names() {
    let (_, owner) = TestApp::with_owner().await;
    for (key, stock) in [("marina", json!({ "A": 1, "B": 2 })), ("creek", json!({}))] {
        owner.put(&format!("/api/v1/stores/{key}"), json!({ "name": key, "stock": stock })).await;
    }
    let table = "store;sku;quantity\nmarina;A;0\ncreek;A;5\nmarina;C;7\nnowhere;A;1\ncreek;B;many\ncreek;;3\n";
    let told = import(&owner, "stock", table).await;
    assert_eq!((&told.body["updated"], &told.body["refused"]), (&json!(2), &json!(3)), "{}", told.body);
    let rows = told.body["rows"].as_array().unwrap();
    let faults: Vec<_> =
        rows.iter().map(|row| (row["row"].as_i64().unwrap(), row["field"].as_str().unwrap())).collect();
    assert_eq!(faults, [(6, "quantity"), (7, "sku"), (5, "store")]);
    assert_eq!(owner.get("/api/v1/stores/marina").await.body["stock"], json!({ "A": 0, "B": 2, "C": 7 }));
    assert_eq!(owner.get("/api/v1/stores/creek").await.body["stock"], json!({ "A": 5 }));
    assert_eq!(import(&owner, "stock", "store,sku,quantity\nmarina,A,0\n").await.body["unchanged"], 1);
    assert_eq!(import(&owner, "stock", "store,sku\nmarina,A\n").await.text("/field"), "data");
}
