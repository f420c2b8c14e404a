//! WooCommerce's deliveries: orders by their number, products by their SKU. Its parcels are plug-ins' own matter.

use super::{Order, Product, Told, first, line, list, moment, text};
use rapport_core::shop::OrderStatus;
use serde_json::Value;

/// Whether a body is what WooCommerce calls with when a webhook is saved: a form with nothing but the webhook's id.
pub(super) fn is_ping(body: &[u8]) -> bool {
    let id = body.strip_prefix(b"webhook_id=").unwrap_or_default();
    (1..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit)
}

pub(super) fn read(topic: &str, said: &Value) -> Told {
    match topic.split_once('.') {
        Some(("order" | "product", "deleted")) => Told::Nothing("It was removed from the shop; it stays here."),
        Some(("order", _)) => match order(said) {
            Some(order) => Told::Order(Box::new(order)),
            None => Told::Nothing("The order has no number."),
        },
        Some(("product", _)) => Told::Products(product(said).into_iter().collect()),
        _ => Told::Nothing("Nothing of this topic is kept here."),
    }
}

fn order(said: &Value) -> Option<Order> {
    let status = match said["status"].as_str() {
        Some("pending" | "on-hold" | "checkout-draft") => Some(OrderStatus::Pending),
        Some("processing") => Some(OrderStatus::Processing),
        Some("completed") => Some(OrderStatus::Shipped),
        Some("cancelled" | "failed" | "trash") => Some(OrderStatus::Cancelled),
        Some("refunded") => Some(OrderStatus::Refunded),
        _ => None,
    };
    Some(Order {
        number: first(said, &["/number", "/id"])?,
        phone: first(said, &["/billing/phone", "/shipping/phone"]),
        email: text(&said["billing"]["email"]),
        status,
        total: text(&said["total"]),
        currency: text(&said["currency"]),
        payment: first(said, &["/payment_method_title", "/payment_method"]),
        source: text(&said["created_via"]),
        placed_at: moment(&said["date_created_gmt"]),
        lines: list(&said["line_items"]).map(|item| line(item, ["name", "parent_name"])).collect(),
        parcels: Vec::new(),
        coupons: list(&said["coupon_lines"]).filter_map(|used| text(&used["code"])).collect(),
        updated_at: moment(&said["date_modified_gmt"]),
    })
}

fn product(said: &Value) -> Option<Product> {
    Some(Product {
        sku: text(&said["sku"])?,
        name: text(&said["name"])?,
        price: text(&said["price"]),
        url: text(&said["permalink"]),
        active: said["status"].as_str().is_none_or(|status| status == "publish"),
        updated_at: moment(&said["date_modified_gmt"]),
    })
}
