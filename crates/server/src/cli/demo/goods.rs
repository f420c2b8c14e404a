//! What the shop sells, where its stores are, and the orders of some of its customers. Orders wait for their customers,
//! who write for the first time a moment later.

use rapport_app::shop::import::Batch;
use rapport_core::Ms;
use rapport_core::time::{DAY, HOUR};
use serde_json::{Value, json};

/// Code, name, price in dirhams, other names.
const PRODUCTS: [(&str, &str, &str, &[&str]); 6] = [
    ("DT-LIN-DRESS-38", "Linen dress, 38", "289.00", &["linen dress", "فستان كتان"]),
    ("DT-LIN-SHIRT-M", "Linen shirt, M", "169.00", &["linen shirt", "قميص كتان"]),
    ("DT-ABAYA-54", "Abaya, 54", "289.00", &["عباية"]),
    ("DT-SCARF-SAND", "Scarf, sand", "59.00", &["sand scarf"]),
    ("DT-SCARF-OCHRE", "Scarf, ochre", "59.00", &["ochre scarf"]),
    ("DT-TOTE-01", "Canvas tote", "45.00", &["tote bag"]),
];

/// Key, name, address, degrees north and east.
const STORES: [(&str, &str, &str, f64, f64); 3] = [
    ("dubai-marina", "Dune & Thread Marina", "Marina Walk 14, Dubai", 25.0785, 55.1385),
    ("dubai-creek", "Dune & Thread Creek", "Creek Road 3, Dubai", 25.2631, 55.2972),
    ("abu-dhabi", "Dune & Thread Corniche", "Corniche Street 27, Abu Dhabi", 24.4764, 54.3420),
];

/// An order: number, phone, status, product, days since it was placed, and its parcel: status, hours until it is
/// expected.
type Sold = (&'static str, &'static str, &'static str, usize, i64, Option<(&'static str, i64)>);

const ORDERS: [Sold; 7] = [
    ("10482", "+971552340102", "shipped", 0, 5, Some(("out_for_delivery", 3))),
    ("10431", "+971552340102", "delivered", 3, 40, Some(("delivered", -850))),
    ("10517", "+79037410202", "shipped", 1, 6, Some(("delayed", 52))),
    ("10533", "+8613987650402", "processing", 4, 4, None),
    ("10498", "+447700900502", "delivered", 1, 9, Some(("delivered", -60))),
    ("10550", "+393331230505", "paid", 5, 1, None),
    ("10561", "+254712340503", "shipped", 4, 2, Some(("in_transit", 76))),
];

/// Everything, as it is at `now`.
///
/// # Errors
/// A sentence when the tables above are not what they should be.
pub fn goods(now: Ms) -> Result<Batch, String> {
    let products: Vec<Value> = PRODUCTS.iter().map(|(sku, name, price, aliases)| {
        json!({ "sku": sku, "name": name, "price": price, "currency": "AED", "aliases": aliases })
    }).collect();
    let stores: Vec<Value> = STORES.iter().map(|(key, name, address, latitude, longitude)| {
        json!({
            "key": key, "name": name, "address": address, "latitude": latitude, "longitude": longitude,
            "opening_hours": "Sat–Thu 10:00–22:00, Fri 16:00–22:00", "stock": { "DT-LIN-SHIRT-M": 4, "DT-TOTE-01": 11 },
        })
    }).collect();
    let orders: Vec<Value> = ORDERS.iter().map(|sold| order(sold, now)).collect();
    serde_json::from_value(json!({ "products": products, "stores": stores, "orders": orders }))
        .map_err(|error| error.to_string())
}

fn order((number, phone, status, product, days, parcel): &Sold, now: Ms) -> Value {
    let (sku, name, price, _) = PRODUCTS[*product];
    let hour = now.0 - now.0.rem_euclid(HOUR);
    let shipments: Vec<Value> = parcel
        .iter()
        .map(|(status, hours)| {
            let tracking = format!("FAL{number}");
            json!({
                "key": tracking, "status": status, "courier": "Falcon Express", "tracking_number": tracking,
                "tracking_url": format!("https://falcon-express.example/t/{tracking}"),
                "expected_from": hour + hours * HOUR, "expected_to": hour + (hours + 2) * HOUR,
            })
        })
        .collect();
    json!({
        "number": number, "phone": phone, "status": status, "total": price, "currency": "AED", "payment": "card",
        "source": "web", "placed_at": now.0 - days * DAY, "items": [{ "sku": sku, "name": name, "price": price }],
        "shipments": shipments,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goods_can_be_read() {
        let goods = goods(Ms(1_790_000_000_000)).unwrap();
        assert_eq!((goods.products.len(), goods.stores.len(), goods.orders.len()), (6, 3, 7));
    }
}
