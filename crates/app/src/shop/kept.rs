//! What is told of the shop as it is stored, beside what is stored already.

use super::{Outcome, Product, Store, stamp};
use rapport_core::Ms;
use rapport_core::shop::supersedes;
use rapport_store::shop::{Item, OrderRow};
use serde_json::{Value, json};

/// A product as it is kept; whether it is sold may be left open.
pub(super) fn of_product(given: Product, now: Ms) -> Item {
    let stamp = stamp(given.updated_at, now);
    let unsaid = given.active_unsaid;
    let mut body = json!(Product { sku: String::new(), updated_at: None, ..given.clone() });
    if unsaid {
        body["active"] = Value::Null;
    }
    Item { key: given.sku, body, stamp }
}

/// A store as it is kept.
pub(super) fn of_store(given: Store, now: Ms) -> Item {
    let stamp = stamp(given.updated_at, now);
    let body = json!(Store { key: String::new(), updated_at: None, ..given.clone() });
    Item { key: given.key, body, stamp }
}

/// What a row is beside the one that is known.
pub(super) fn outcome(known: Option<(&Value, Ms)>, given: &Item) -> Outcome {
    match known {
        None => Outcome::Created,
        Some((_, stamp)) if !supersedes(given.stamp, stamp) => Outcome::Older,
        Some((body, _)) if *body == given.body => Outcome::Unchanged,
        Some(_) => Outcome::Updated,
    }
}

/// What a table has no words for stays as it was known.
pub(super) fn keep(body: &mut Value, known: Option<&Value>) {
    for (name, value) in body.as_object_mut().into_iter().flatten() {
        let unsaid = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if let Some(known) = known.map(|known| &known[name]).filter(|known| unsaid && !known.is_null()) {
            *value = known.clone();
        }
    }
    if body.get("active").is_some_and(Value::is_null) {
        body["active"] = json!(true);
    }
}

/// What of an order is compared: everything but the moment.
pub(super) fn beside(row: &OrderRow) -> Value {
    json!([row.contact_id, row.phone, row.email, row.placed_at, row.body])
}
