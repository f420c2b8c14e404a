//! Shops that deliver by webhook: who sent a delivery, and what it tells of orders, parcels and products.
//!
//! Nothing is asked of a shop. What a delivery says is the whole of what it is about, so a repeat or a late one is
//! harmless: each thing carries the moment of its last change.

mod shopify;
mod woocommerce;

use crate::json::{self, BadBody};
use crate::sign;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rapport_core::Ms;
use rapport_core::shop::{OrderStatus, ParcelStatus};
use serde_json::Value;

/// The headers of deliveries that are read, in lower case.
pub const HEADERS: [&str; 7] = [
    "x-shopify-hmac-sha256",
    "x-shopify-topic",
    "x-shopify-webhook-id",
    "x-shopify-shop-domain",
    "x-wc-webhook-signature",
    "x-wc-webhook-topic",
    "x-wc-webhook-delivery-id",
];
/// Longest topic, name of a delivery and domain, in bytes.
const WORD: usize = 255;

/// What kind of shop delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Shopify.
    Shopify,
    /// WooCommerce.
    Woocommerce,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Shopify, Self::Woocommerce];

    /// The word that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Shopify => "shopify",
            Self::Woocommerce => "woocommerce",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == word)
    }
}

/// What the headers of a delivery say, once its signature fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What it is about: `orders/create`, `order.updated`.
    pub topic: String,
    /// Names the delivery: a repeat has the same.
    pub key: String,
    /// The shop's own address, where it says so.
    pub domain: Option<String>,
}

/// Why a delivery is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// Nothing is signed: a shop asks whether there is anything at all.
    #[error("a call that only asks whether somebody is there")]
    Ping,
    /// A header is missing or cannot be read.
    #[error("no signature header, or one that cannot be read")]
    Missing,
    /// Signed with another secret, or changed on the way.
    #[error("the signature does not match")]
    Mismatch,
}

/// Proves who sent a delivery: both kinds sign the raw body with HMAC-SHA256, in base64. `header` gives the one value of a
/// header of [`HEADERS`].
///
/// # Errors
/// [`Unproved`]; nothing of the body may be believed then.
pub fn prove<'a>(
    kind: Kind,
    secret: &str,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
) -> Result<Head, Unproved> {
    let (signature, topic, key, domain) = match kind {
        Kind::Shopify => ("x-shopify-hmac-sha256", "x-shopify-topic", "x-shopify-webhook-id", "x-shopify-shop-domain"),
        Kind::Woocommerce => {
            if header("x-wc-webhook-signature").is_none() && woocommerce::is_ping(body) {
                return Err(Unproved::Ping);
            }
            ("x-wc-webhook-signature", "x-wc-webhook-topic", "x-wc-webhook-delivery-id", "")
        }
    };
    let given = header(signature).and_then(|text| STANDARD.decode(text.trim()).ok()).ok_or(Unproved::Missing)?;
    if secret.is_empty() || !sign::same(&sign::hmac_sha256(secret.as_bytes(), &[body]), &given) {
        return Err(Unproved::Mismatch);
    }
    let word = |name: &str| header(name).map(str::trim).filter(|text| (1..=WORD).contains(&text.len()));
    // What has no name of its own is named by what it says.
    let own = || hex::encode(sign::sha256(body));
    let key = match (kind, word(key)) {
        // It hashes its webhook's id with the second: what is delivered within one is told apart by what it says.
        (Kind::Woocommerce, Some(second)) => {
            let own = own();
            let rest = WORD - own.len() - 1;
            format!("{}:{own}", second.get(..rest).unwrap_or(second))
        }
        (_, named) => named.map_or_else(own, str::to_owned),
    };
    Ok(Head {
        topic: word(topic).ok_or(Unproved::Missing)?.to_ascii_lowercase(),
        key,
        domain: word(domain).map(str::to_owned),
    })
}

/// A product, as a shop tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The shop's code for it.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// What it costs.
    pub price: Option<String>,
    /// Where it is shown.
    pub url: Option<String>,
    /// Whether it is sold.
    pub active: bool,
    /// When it was so.
    pub updated_at: Option<Ms>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which product.
    pub sku: Option<String>,
    /// Its name then.
    pub name: Option<String>,
    /// How many.
    pub quantity: u32,
    /// What one cost.
    pub price: Option<String>,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// The shop's key of it.
    pub key: String,
    /// Where it stands; `None` when that is not said.
    pub status: Option<ParcelStatus>,
    /// It was called off: it fails where it is known, and is nothing new.
    pub called_off: bool,
    /// Who carries it.
    pub courier: Option<String>,
    /// Their number for it.
    pub tracking_number: Option<String>,
    /// Where it can be followed.
    pub tracking_url: Option<String>,
    /// When it was so.
    pub updated_at: Option<Ms>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its number, as customers know it.
    pub number: String,
    /// The customer's number, in whatever spelling.
    pub phone: Option<String>,
    /// The customer's address.
    pub email: Option<String>,
    /// Where it stands; `None` for a word that only this shop knows.
    pub status: Option<OrderStatus>,
    /// What it costs.
    pub total: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// How it is paid for.
    pub payment: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// When it was placed.
    pub placed_at: Option<Ms>,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Its parcels.
    pub parcels: Vec<Parcel>,
    /// Codes that were used.
    pub coupons: Vec<String>,
    /// When it was so.
    pub updated_at: Option<Ms>,
}

/// What a delivery tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Products.
    Products(Vec<Product>),
    /// An order, whole.
    Order(Box<Order>),
    /// A parcel of the order with this number.
    Parcel(String, Parcel),
    /// Nothing that is kept here; why, in words.
    Nothing(&'static str),
}

/// Reads what a proved delivery tells.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not JSON.
pub fn read(kind: Kind, topic: &str, domain: Option<&str>, body: &[u8]) -> Result<Told, BadBody> {
    let checked = json::check(body)?;
    let said: Value = serde_json::from_str(&checked).map_err(|error| BadBody::NotJson(error.to_string()))?;
    Ok(match kind {
        Kind::Shopify => shopify::read(topic, domain, &said),
        Kind::Woocommerce => woocommerce::read(topic, &said),
    })
}

/// A text, or a number as one; nothing in it is as good as none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The first of several places where a text may stand.
fn first(said: &Value, places: &[&str]) -> Option<String> {
    places.iter().find_map(|place| text(said.pointer(place)?))
}

/// A moment with its zone, or one of UTC without.
fn moment(value: &Value) -> Option<Ms> {
    let text = value.as_str()?;
    let zoned = text.parse::<Timestamp>().ok();
    let utc = || Some(text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    zoned.or_else(utc).map(|at| Ms(at.as_millisecond()))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn line(said: &Value, names: [&str; 2]) -> Line {
    Line {
        sku: text(&said["sku"]),
        name: names.iter().find_map(|name| text(&said[*name])),
        quantity: said["quantity"].as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        price: text(&said["price"]),
    }
}

#[cfg(test)]
mod tests;
