//! Orders and parcels, as rules hear of them and ask about them.

use super::{NOW, event, facts, rule};
use crate::Ms;
use crate::rule::{Check, Facts, Heard, Listeners, Scene, What, explain, judge};
use crate::shop::{Order, OrderStatus, Parcel, ParcelStatus};
use serde_json::{Value, json};

fn order(parcels: Vec<Parcel>) -> Order {
    Order {
        number: "#1001".to_owned(),
        status: OrderStatus::Shipped,
        total: Some("129.90".to_owned()),
        currency: None,
        payment: Some("Card".to_owned()),
        placed_at: NOW.plus(-3_600_000),
        product: None,
        parcels,
    }
}

fn parcel() -> Parcel {
    Parcel {
        key: "P".to_owned(),
        status: ParcelStatus::Delayed,
        courier: Some("Falcon".to_owned()),
        tracking_number: Some("FL1".to_owned()),
        tracking_url: None,
        expected: (None, None),
        last_event: None,
        changed_at: Ms(1),
    }
}

#[test]
fn changes_of_orders_and_parcels_are_heard() {
    let order = |status| What::Order { number: "1".to_owned(), status };
    let shipment = |status| What::Shipment { number: "1".to_owned(), key: "P".to_owned(), status };
    let theirs =
        |number: &str| Facts { order: Some(Order { number: number.to_owned(), ..self::order(Vec::new()) }), ..facts() };
    for (when, what, expected) in [
        (json!({ "on": "order_changed" }), order(OrderStatus::Paid), true),
        (json!({ "on": "order_changed", "statuses": ["paid", "shipped"] }), order(OrderStatus::Paid), true),
        (json!({ "on": "order_changed", "statuses": ["shipped"] }), order(OrderStatus::Paid), false),
        (json!({ "on": "order_changed", "statuses": ["delivered"] }), shipment(ParcelStatus::Delivered), false),
        (json!({ "on": "shipment_changed", "statuses": ["delivered"] }), shipment(ParcelStatus::Delivered), true),
        (json!({ "on": "shipment_changed" }), What::Message, false),
    ] {
        let rule = rule(1, json!({ "when": [when] }));
        let happened = event(what.clone());
        // What became somebody else's meanwhile is told to nobody.
        if happened.what.order().is_some() {
            for moved in [theirs("2"), facts()] {
                assert_eq!(judge(&rule, &moved, &happened, NOW).refused, Some(Check::Trigger), "{when}: {what:?}");
            }
        }
        assert_eq!(judge(&rule, &theirs("1"), &happened, NOW).refused.is_none(), expected, "{when}: {what:?}");
        // Who listens at all is found before it is judged.
        let listens = !Listeners::new(&[rule]).find(&happened, &Heard::default()).is_empty();
        assert!(listens || !expected, "{when}: {what:?}");
    }
    assert_eq!(shipment(ParcelStatus::Delayed).notice().as_deref(), Some("shipment_delayed:1/P"));
    let old: What = serde_json::from_value(json!({ "kind": "shipment", "number": "1", "status": "delayed" })).unwrap();
    assert_eq!(
        (old.notice().as_deref(), old.parcel()),
        (Some("shipment_delayed:1"), None),
        "stored before parcels were named"
    );
    assert_eq!((order(OrderStatus::Paid).order(), What::Message.notice()), (Some("1"), None));
    let stored = json!(order(OrderStatus::Paid));
    assert_eq!(stored, json!({ "kind": "order", "number": "1", "status": "paid" }));
}

#[test]
fn conditions_ask_about_the_order() {
    let met = |order: Option<Order>, field: &str, is: &str, value: Value| {
        let facts = Facts { order, ..facts() };
        let rule = rule(1, json!({ "if": { "type": "field", "field": field, "is": is, "value": value } }));
        let scene = Scene { facts: &facts, rule: rule.id, language: "en", now: NOW };
        explain(&rule.definition.conditions, &scene).met()
    };
    for (field, is, value, with, without) in [
        ("order.exists", "is", json!(true), true, false),
        ("order.exists", "is", json!(false), false, true),
        ("order.number", "is", json!("#1001"), true, false),
        ("order.status", "one_of", json!(["shipped", "paid"]), true, false),
        ("order.status", "is_not", json!("cancelled"), true, true),
        ("order.total", "more_than", json!(100), true, false),
        ("order.payment", "is", json!("card"), true, false),
        ("order.placed_at", "within", json!(120), true, false),
        ("shipment.exists", "is", json!(true), true, false),
        ("shipment.status", "is", json!("delayed"), true, false),
        ("shipment.courier", "filled", Value::Null, true, false),
        ("shipment.tracking_number", "empty", Value::Null, false, true),
    ] {
        assert_eq!(met(Some(order(vec![parcel()])), field, is, value.clone()), with, "{field} {is} {value}");
        assert_eq!(met(None, field, is, value.clone()), without, "{field} {is} {value}, without an order");
    }
    assert!(!met(Some(order(Vec::new())), "shipment.exists", "is", json!(true)));
}
