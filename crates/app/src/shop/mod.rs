//! The shop: products, stores, orders and their parcels, as others tell us of them ([`write`], [`import`]), shown
//! ([`list`]), and told to customers ([`about`]).

pub(crate) mod about;
pub(crate) mod catalogue;
pub(crate) mod check;
mod csv;
pub mod import;
mod kept;
pub mod list;
mod near;
mod owner;
pub mod source;
mod stock;
pub mod write;

use rapport_core::shop::{OrderStatus, ParcelStatus};
use rapport_core::{ContactId, Ms};
pub use rapport_store::shop::Shelf;
use rapport_store::shop::{Item, OrderRow, ShipmentRow};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A product.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// The shop's own code for it. May be left out where the path names it.
    #[serde(default)]
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What it costs: digits with a decimal point.
    #[serde(default, deserialize_with = "sum")]
    pub price: Option<String>,
    /// ISO 4217 code.
    #[serde(default)]
    pub currency: Option<String>,
    /// Where it is shown.
    #[serde(default)]
    pub url: Option<String>,
    /// Other names by which customers ask for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether it is sold.
    #[serde(default = "yes")]
    pub active: bool,
    /// It was not said whether it is sold: what was known stays.
    #[serde(skip)]
    pub active_unsaid: bool,
    /// When it was so in the shop, milliseconds UTC; left out = now. An older one never stands in place of a newer one.
    #[serde(default)]
    pub updated_at: Option<i64>,
}

fn yes() -> bool {
    true
}

/// A branch that customers can visit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The company's own code for it. May be left out where the path names it.
    #[serde(default)]
    pub key: String,
    /// Its name.
    pub name: String,
    /// Its postal address.
    #[serde(default)]
    pub address: Option<String>,
    /// Degrees north.
    #[serde(default)]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(default)]
    pub longitude: Option<f64>,
    /// When it is open, in words.
    #[serde(default)]
    pub opening_hours: Option<String>,
    /// Its telephone number.
    #[serde(default)]
    pub phone: Option<String>,
    /// How many it has of each product, by SKU.
    #[serde(default)]
    pub stock: BTreeMap<String, u32>,
    /// As for products.
    #[serde(default)]
    pub updated_at: Option<i64>,
}

/// An order. Whose it is, is found by `contact_id`, `phone`, `email` or `external_id`, in this order; while nobody is
/// known by them, it waits and is joined when somebody appears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShopOrder)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Its number, as customers know it. May be left out where the path names it.
    #[serde(default)]
    pub number: String,
    /// The contact whose it is; null in an answer = it waits.
    #[serde(default)]
    pub contact_id: Option<Uuid>,
    /// The contact's name, in answers; what is sent here is not looked at.
    #[serde(default)]
    #[schema(read_only)]
    pub contact_name: Option<String>,
    /// The customer's telephone number; a local one is read in the workspace's country.
    #[serde(default)]
    pub phone: Option<String>,
    /// The customer's e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// The customer's id in a CRM that is connected.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Where it stands; left out = as it was known before, else `pending`.
    #[serde(default)]
    #[schema(value_type = ShopOrderStatus)]
    pub status: Option<OrderStatus>,
    /// What it costs: digits with a decimal point.
    #[serde(default, deserialize_with = "sum")]
    pub total: Option<String>,
    /// ISO 4217 code.
    #[serde(default)]
    pub currency: Option<String>,
    /// How it is paid for, in the shop's word: `card`, `cash on delivery`.
    #[serde(default)]
    pub payment: Option<String>,
    /// Where it comes from, in the shop's word: `web`, `store`.
    #[serde(default)]
    pub source: Option<String>,
    /// The connected shop that told of it, in answers; what is sent here is not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(read_only)]
    pub shop_source_id: Option<Uuid>,
    /// When it was placed, milliseconds UTC; left out = as it was known before, else now.
    #[serde(default)]
    pub placed_at: Option<i64>,
    /// What was bought.
    #[serde(default)]
    pub items: Vec<Line>,
    /// Its parcels. Those that are not named stay.
    #[serde(default)]
    pub shipments: Vec<Shipment>,
    /// Codes that were used for it: those of our pools count as used then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<String>,
    /// As for products.
    #[serde(default)]
    pub updated_at: Option<i64>,
}

/// One line of an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ShopOrderLine)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Which product.
    #[serde(default)]
    pub sku: Option<String>,
    /// Its name then.
    #[serde(default)]
    pub name: Option<String>,
    /// How many.
    #[serde(default = "one")]
    pub quantity: u32,
    /// What one cost.
    #[serde(default, deserialize_with = "sum")]
    pub price: Option<String>,
}

fn one() -> u32 {
    1
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shipment {
    /// The shop's own code for it, within its order; its tracking number is a good one. May be left out where the path
    /// names it.
    #[serde(default)]
    pub key: String,
    /// Where it stands.
    #[schema(value_type = ShipmentStatus)]
    pub status: ParcelStatus,
    /// It was not said where it stands: what was known stays, and only a new parcel stands there.
    #[serde(skip)]
    pub status_unsaid: bool,
    /// It was called off: where it is not known, it stays so.
    #[serde(skip)]
    pub known_only: bool,
    /// Who carries it.
    #[serde(default)]
    pub courier: Option<String>,
    /// Their number for it.
    #[serde(default)]
    pub tracking_number: Option<String>,
    /// Where it can be followed.
    #[serde(default)]
    pub tracking_url: Option<String>,
    /// Expected from, milliseconds UTC.
    #[serde(default)]
    pub expected_from: Option<i64>,
    /// Expected to, milliseconds UTC. One of the two alone is the middle of four hours, or a day when it is a midnight.
    #[serde(default)]
    pub expected_to: Option<i64>,
    /// What was last told about it.
    #[serde(default)]
    pub last_event: Option<String>,
    /// When that was, milliseconds UTC.
    #[serde(default)]
    pub last_event_at: Option<i64>,
    /// As for products.
    #[serde(default)]
    pub updated_at: Option<i64>,
}

/// The words of an order's `status`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShopOrderStatus {
    /// Placed, and not paid yet.
    Pending,
    /// Paid.
    Paid,
    /// Being made ready.
    Processing,
    /// Given to whoever carries it.
    Shipped,
    /// With the customer.
    Delivered,
    /// Called off.
    Cancelled,
    /// Come back.
    Returned,
    /// Its money was given back.
    Refunded,
}

/// The words of a parcel's `status`.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentStatus {
    /// Being made ready.
    Preparing,
    /// On its way.
    InTransit,
    /// On the last stretch.
    OutForDelivery,
    /// Later than expected.
    Delayed,
    /// Waits where the customer fetches it.
    ReadyForPickup,
    /// Delivery was tried in vain.
    Failed,
    /// With the customer.
    Delivered,
    /// On its way back, or back.
    Returned,
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShopOutcome)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is new.
    Created,
    /// It changed.
    Updated,
    /// It was so already.
    Unchanged,
    /// A newer one was told of before: that one stays.
    Older,
    /// It cannot be taken in.
    Refused,
}

/// A sum: a text, or a number as programs write one.
fn sum<'de, D: Deserializer<'de>>(given: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(given)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(D::Error::custom("a sum is a text such as 129.90, or a number")),
    }
}

/// What is stored, read back; what this version cannot read is told like a damaged row.
fn read<T: DeserializeOwned>(body: Value) -> crate::Result<T> {
    serde_json::from_value(body)
        .map_err(|error| crate::Error::Internal(format!("a stored row of the shop cannot be read: {error}")))
}

fn product(item: Item) -> crate::Result<Product> {
    Ok(Product { sku: item.key, updated_at: Some(item.stamp.0), ..read(item.body)? })
}

fn store(item: Item) -> crate::Result<Store> {
    Ok(Store { key: item.key, updated_at: Some(item.stamp.0), ..read(item.body)? })
}

fn shipment(row: ShipmentRow) -> crate::Result<Shipment> {
    Ok(Shipment { key: row.item.key, updated_at: Some(row.item.stamp.0), ..read(row.item.body)? })
}

fn order(row: OrderRow, shipments: Vec<Shipment>) -> crate::Result<Order> {
    Ok(Order {
        number: row.number,
        contact_id: row.contact_id,
        phone: row.phone,
        email: row.email,
        placed_at: Some(row.placed_at.0),
        shipments,
        updated_at: Some(row.stamp.0),
        ..read(row.body)?
    })
}

/// Orders with their parcels.
pub(crate) async fn whole(read: &rapport_store::Read, rows: Vec<OrderRow>) -> crate::Result<Vec<Order>> {
    let numbers: Vec<String> = rows.iter().map(|row| row.number.clone()).collect();
    let mut parcels: BTreeMap<String, Vec<Shipment>> = BTreeMap::new();
    for row in rapport_store::shop::shipments(read, &numbers).await? {
        parcels.entry(row.number.clone()).or_default().push(shipment(row)?);
    }
    let owners: Vec<ContactId> = rows.iter().filter_map(|row| row.contact_id.map(ContactId)).collect();
    let mut names = rapport_store::query::search_hits::names(read, &owners).await?;
    names.retain(|_, name| !name.is_empty());
    rows.into_iter()
        .map(|row| {
            let own = parcels.remove(&row.number).unwrap_or_default();
            let contact_name = row.contact_id.and_then(|id| names.get(&id).cloned());
            Ok(Order { contact_name, ..order(row, own)? })
        })
        .collect()
}

/// When it was so over there: what was said, not after now - a clock that is fast would otherwise hold everything that
/// follows back.
fn stamp(said: Option<i64>, now: Ms) -> Ms {
    said.map_or(now, Ms).min(now)
}
