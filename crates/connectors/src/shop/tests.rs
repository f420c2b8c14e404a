//! What deliveries say, by tables.

use super::*;
use serde_json::json;

fn told(kind: Kind, topic: &str, said: &Value) -> Told {
    read(kind, topic, Some("dune.example"), said.to_string().as_bytes()).unwrap()
}

fn status(kind: Kind, said: &Value) -> Option<OrderStatus> {
    let topic = if kind == Kind::Shopify { "orders/updated" } else { "order.updated" };
    let mut whole = json!({ "name": "#1", "number": "1" });
    whole.as_object_mut().unwrap().extend(said.as_object().unwrap().clone());
    match told(kind, topic, &whole) {
        Told::Order(order) => order.status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn orders_stand_where_the_shop_says() {
    let delivered = json!([{ "id": 1, "status": "success", "shipment_status": "delivered" }]);
    let moving = json!([{ "id": 1, "status": "success", "shipment_status": null }]);
    let beside = json!([delivered[0], { "id": 2, "status": "cancelled" }]);
    for (said, expected) in [
        (json!({ "financial_status": "pending" }), Some(OrderStatus::Pending)),
        (json!({ "financial_status": "paid" }), Some(OrderStatus::Paid)),
        (json!({ "financial_status": "paid", "fulfillment_status": "partial" }), Some(OrderStatus::Shipped)),
        (json!({ "fulfillment_status": "fulfilled", "fulfillments": moving }), Some(OrderStatus::Shipped)),
        (json!({ "fulfillment_status": "fulfilled", "fulfillments": delivered }), Some(OrderStatus::Delivered)),
        (json!({ "fulfillment_status": "fulfilled", "fulfillments": beside }), Some(OrderStatus::Delivered)),
        (json!({ "financial_status": "refunded", "fulfillment_status": "fulfilled" }), Some(OrderStatus::Refunded)),
        (json!({ "financial_status": "paid", "cancelled_at": "2026-11-22T10:00:00Z" }), Some(OrderStatus::Cancelled)),
        (json!({ "financial_status": "new word" }), None),
    ] {
        assert_eq!(status(Kind::Shopify, &said), expected, "{said}");
    }
    for (word, expected) in [
        ("on-hold", Some(OrderStatus::Pending)),
        ("processing", Some(OrderStatus::Processing)),
        ("completed", Some(OrderStatus::Shipped)),
        ("failed", Some(OrderStatus::Cancelled)),
        ("refunded", Some(OrderStatus::Refunded)),
        ("at-the-printer", None),
    ] {
        assert_eq!(status(Kind::Woocommerce, &json!({ "status": word })), expected, "{word}");
    }
}

#[test]
fn parcels_belong_to_the_order_that_their_name_begins_with() {
    for (name, expected) in [
        ("#1001.1", Some("1001")),
        ("#1001-F2", Some("1001")),
        ("DT-7.10", Some("DT-7")),
        ("#1001", None),
        ("#1001.x", None),
    ] {
        let said = json!({ "id": 5, "name": name, "status": "success", "shipment_status": "out_for_delivery" });
        match told(Kind::Shopify, "fulfillments/update", &said) {
            Told::Parcel(number, parcel) => {
                assert_eq!((Some(number.as_str()), parcel.status), (expected, Some(ParcelStatus::OutForDelivery)));
                assert_eq!(parcel.key, "5");
            }
            other => {
                assert_eq!((other, expected), (Told::Nothing("The parcel names no order."), None))
            }
        }
    }
    for word in ["cancelled", "error", "failure"] {
        let off = json!({ "id": 5, "name": "#1.1", "status": word, "shipment_status": "in_transit" });
        let Told::Parcel(_, parcel) = told(Kind::Shopify, "fulfillments/update", &off) else { panic!("{word}") };
        assert_eq!((parcel.called_off, parcel.status), (true, Some(ParcelStatus::Failed)), "{word}");
    }
}

#[test]
fn every_variant_with_a_sku_is_a_product() {
    let said = json!({
        "title": "Linen shirt", "handle": "linen-shirt", "status": "archived", "updated_at": "2026-11-22T10:00:00-05:00",
        "variants": [{ "sku": "S-M", "title": "M", "price": "169.00" }, { "sku": "", "title": "L" }, { "sku": "S", "title": "Default Title" }],
    });
    let Told::Products(products) = told(Kind::Shopify, "products/update", &said) else { panic!("products") };
    let names: Vec<_> = products.iter().map(|one| (one.sku.as_str(), one.name.as_str(), one.active)).collect();
    assert_eq!(names, [("S-M", "Linen shirt, M", false), ("S", "Linen shirt", false)]);
    assert_eq!(products[0].url.as_deref(), Some("https://dune.example/products/linen-shirt"));
    assert_eq!(products[0].updated_at, Some(Ms(1_795_359_600_000)));
}

#[test]
fn only_what_the_secret_signed_is_believed() {
    let body = br#"{"id":1}"#;
    let good = STANDARD.encode(sign::hmac_sha256(b"secret", &[body]));
    let call = |kind: Kind, headers: &[(&str, &str)], body: &[u8]| {
        prove(kind, "secret", |name| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value), body)
    };
    let signed = [("x-shopify-hmac-sha256", good.as_str()), ("x-shopify-topic", "Orders/Create")];
    let head = call(Kind::Shopify, &signed, body).unwrap();
    assert_eq!(
        (head.topic.as_str(), head.key.len(), head.domain),
        ("orders/create", 64, None),
        "named by what it says"
    );
    assert_eq!(call(Kind::Shopify, &signed, b"{}").unwrap_err(), Unproved::Mismatch);
    assert_eq!(call(Kind::Shopify, &signed[..1], body).unwrap_err(), Unproved::Missing, "of nothing");
    assert_eq!(call(Kind::Shopify, &[("x-shopify-hmac-sha256", "no base64!")], body).unwrap_err(), Unproved::Missing);
    assert_eq!(call(Kind::Woocommerce, &signed, body).unwrap_err(), Unproved::Missing);
    assert_eq!(call(Kind::Woocommerce, &[], b"webhook_id=12").unwrap_err(), Unproved::Ping);
    assert_eq!(call(Kind::Woocommerce, &[], b"webhook_id=12&x=1").unwrap_err(), Unproved::Missing);
    assert_eq!(call(Kind::Shopify, &[], b"webhook_id=12").unwrap_err(), Unproved::Missing);
    let none = prove(Kind::Shopify, "", |name| signed.iter().find(|(known, _)| *known == name).map(|(_, v)| *v), body);
    assert_eq!(none.unwrap_err(), Unproved::Mismatch, "no secret signs nothing");
}

#[test]
fn what_woocommerce_delivers_within_one_second_is_told_apart() {
    let key = |id: &str, body: &[u8]| {
        let signature = STANDARD.encode(sign::hmac_sha256(b"secret", &[body]));
        let header = |name: &str| match name {
            "x-wc-webhook-signature" => Some(signature.as_str()),
            "x-wc-webhook-topic" => Some("order.created"),
            _ => Some(id),
        };
        prove(Kind::Woocommerce, "secret", header, body).unwrap().key
    };
    let long = "d".repeat(WORD);
    for id in ["d1", long.as_str()] {
        assert_eq!(key(id, b"{}"), key(id, b"{}"), "a repeat");
        assert_ne!(key(id, b"{}"), key(id, b"[]"), "two things in one second");
        assert!(key(id, b"{}").len() <= WORD);
    }
    assert_ne!(key("d1", b"{}"), key("d2", b"{}"), "the same thing again, later");
}
