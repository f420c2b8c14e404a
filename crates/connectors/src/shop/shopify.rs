//! Shopify's deliveries: orders and fulfillments by the order's name, products by the SKUs of their variants.

use super::{Order, Parcel, Product, Told, first, line, list, moment, text};
use rapport_core::shop::{OrderStatus, ParcelStatus};
use serde_json::Value;

pub(super) fn read(topic: &str, domain: Option<&str>, said: &Value) -> Told {
    match topic.split_once('/') {
        Some(("orders", "delete")) => Told::Nothing("The order was removed from the shop; it stays here."),
        Some(("orders", _)) => match order(said) {
            Some(order) => Told::Order(Box::new(order)),
            None => Told::Nothing("The order has no number."),
        },
        Some(("fulfillments", _)) => match (of_parcel(said), parcel(said)) {
            (Some(number), Some(parcel)) => Told::Parcel(number, parcel),
            _ => Told::Nothing("The parcel names no order."),
        },
        Some(("products", "delete")) => Told::Nothing("The product was removed; mark it as not sold here."),
        Some(("products", _)) => Told::Products(products(said, domain)),
        _ => Told::Nothing("Nothing of this topic is kept here."),
    }
}

/// Numbers are written with a sign before them that customers leave out.
fn number(name: &str) -> Option<String> {
    Some(name.trim().trim_start_matches('#').to_owned()).filter(|number| !number.is_empty())
}

fn order(said: &Value) -> Option<Order> {
    let name = first(said, &["/name", "/order_number"])?;
    let parcels: Vec<Parcel> = list(&said["fulfillments"]).filter_map(parcel).collect();
    Some(Order {
        number: number(&name)?,
        phone: first(said, &["/phone", "/customer/phone", "/shipping_address/phone", "/billing_address/phone"]),
        email: first(said, &["/email", "/contact_email", "/customer/email"]),
        status: status(said, &parcels),
        total: first(said, &["/current_total_price", "/total_price"]),
        currency: text(&said["currency"]),
        payment: first(said, &["/payment_gateway_names/0", "/gateway"]),
        source: text(&said["source_name"]),
        placed_at: moment(&said["processed_at"]).or_else(|| moment(&said["created_at"])),
        lines: list(&said["line_items"]).map(|item| line(item, ["name", "title"])).collect(),
        parcels,
        coupons: list(&said["discount_codes"]).filter_map(|used| text(&used["code"])).collect(),
        updated_at: moment(&said["updated_at"]),
    })
}

fn status(said: &Value, parcels: &[Parcel]) -> Option<OrderStatus> {
    let word = |name: &str| said[name].as_str().unwrap_or_default();
    if said["cancelled_at"].is_string() {
        return Some(OrderStatus::Cancelled);
    }
    let mut sent = parcels.iter().filter(|parcel| !parcel.called_off).peekable();
    let all = sent.peek().is_some() && sent.all(|parcel| parcel.status == Some(ParcelStatus::Delivered));
    match (word("financial_status"), word("fulfillment_status")) {
        ("refunded" | "voided", _) => Some(OrderStatus::Refunded),
        (_, "fulfilled") if all => Some(OrderStatus::Delivered),
        (_, "fulfilled" | "partial") => Some(OrderStatus::Shipped),
        (_, "restocked") => Some(OrderStatus::Returned),
        ("paid" | "partially_refunded", _) => Some(OrderStatus::Paid),
        ("pending" | "authorized" | "partially_paid" | "expired", _) => Some(OrderStatus::Pending),
        _ => None,
    }
}

/// The number of the order that a parcel's name begins with: `#1001.1` or `#1001-F1`.
fn of_parcel(said: &Value) -> Option<String> {
    let name = text(&said["name"])?;
    let plain = name.rsplit_once("-F").or_else(|| name.rsplit_once('.'));
    let (number, count) = plain?;
    let counted = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    counted.then(|| self::number(number)).flatten()
}

fn parcel(said: &Value) -> Option<Parcel> {
    let called_off = matches!(said["status"].as_str(), Some("cancelled" | "error" | "failure"));
    let status = match said["shipment_status"].as_str() {
        _ if called_off => Some(ParcelStatus::Failed),
        Some("label_printed" | "label_purchased" | "confirmed") => Some(ParcelStatus::Preparing),
        Some("carrier_picked_up" | "in_transit") => Some(ParcelStatus::InTransit),
        Some("out_for_delivery") => Some(ParcelStatus::OutForDelivery),
        Some("delayed") => Some(ParcelStatus::Delayed),
        Some("ready_for_pickup") => Some(ParcelStatus::ReadyForPickup),
        Some("attempted_delivery" | "failure") => Some(ParcelStatus::Failed),
        Some("delivered") => Some(ParcelStatus::Delivered),
        _ => None,
    };
    Some(Parcel {
        key: first(said, &["/id", "/name"])?,
        status,
        called_off,
        courier: text(&said["tracking_company"]),
        tracking_number: first(said, &["/tracking_number", "/tracking_numbers/0"]),
        tracking_url: first(said, &["/tracking_url", "/tracking_urls/0"]),
        updated_at: moment(&said["updated_at"]),
    })
}

fn products(said: &Value, domain: Option<&str>) -> Vec<Product> {
    let title = text(&said["title"]).unwrap_or_default();
    let handle = text(&said["handle"]).filter(|handle| !handle.contains(['/', ' ']));
    let url = domain.zip(handle).map(|(domain, handle)| format!("https://{domain}/products/{handle}"));
    let variant = |variant: &Value| {
        let own = text(&variant["title"]).filter(|own| own != "Default Title");
        Some(Product {
            sku: text(&variant["sku"])?,
            name: own.map_or_else(|| title.clone(), |own| format!("{title}, {own}")),
            price: text(&variant["price"]),
            url: url.clone(),
            active: said["status"].as_str().is_none_or(|status| status == "active"),
            updated_at: moment(&said["updated_at"]).max(moment(&variant["updated_at"])),
        })
    };
    list(&said["variants"]).filter_map(variant).collect()
}
