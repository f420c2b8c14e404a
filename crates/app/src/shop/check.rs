//! What is told of the shop, held against the limits and brought into one spelling.

use super::{Line, Order, Product, Shipment, Store};
use crate::error::{Error, Result};
use rapport_core::contact::identity::Identity;
use rapport_core::shop::{ALIASES, COUPONS, KEY, LINES, LINK, NAME, PARCELS, Place, STOCK, TEXT, amount};

/// The key of a thing.
pub(crate) fn key(field: &'static str, given: &str) -> Result<String> {
    required(field, given, KEY)
}

/// A key that something is looked up by: what can be none names nothing.
pub(super) fn named(key: &str, noun: &'static str) -> Result<()> {
    if key.chars().any(char::is_control) { Err(Error::NotFound(noun)) } else { Ok(()) }
}

/// A text that must be there: one line.
fn required(field: &'static str, given: &str, most: usize) -> Result<String> {
    let given = given.trim();
    let sound = !given.is_empty() && given.chars().count() <= most && !given.chars().any(char::is_control);
    if sound {
        Ok(given.to_owned())
    } else {
        Err(Error::invalid(field, format!("must have 1 to {most} characters on one line")))
    }
}

/// A text that may be left out; nothing in it is as good as left out.
fn text(field: &'static str, given: Option<&str>, most: usize) -> Result<Option<String>> {
    match given.map(str::trim).filter(|given| !given.is_empty()) {
        Some(given) => required(field, given, most).map(Some),
        None => Ok(None),
    }
}

/// Whether something is a code that orders may name.
pub(super) fn is_coupon(given: &str) -> bool {
    required("coupons", given, NAME).is_ok()
}

/// The same with line breaks.
fn lines(field: &'static str, given: Option<&str>, most: usize) -> Result<Option<String>> {
    let Some(given) = given.map(|given| given.trim().replace("\r\n", "\n")).filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    let sound = given.chars().count() <= most && !given.chars().any(|c| c.is_control() && c != '\n');
    if sound { Ok(Some(given)) } else { Err(Error::invalid(field, format!("must have at most {most} characters"))) }
}

pub(super) fn link(field: &'static str, given: Option<&str>) -> Result<Option<String>> {
    let link = text(field, given, LINK)?;
    let sound = link.as_ref().is_none_or(|link| {
        let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty()) && !link.contains(char::is_whitespace)
    });
    if sound { Ok(link) } else { Err(Error::invalid(field, "must begin with https:// or http://")) }
}

fn sum(field: &'static str, given: Option<&str>) -> Result<Option<String>> {
    let Some(given) = given.filter(|given| !given.trim().is_empty()) else { return Ok(None) };
    let wrong = || Error::invalid(field, "must be a sum such as 129.90");
    amount(given).map(Some).ok_or_else(wrong)
}

pub(crate) fn currency(given: Option<&str>) -> Result<Option<String>> {
    let Some(code) = text("currency", given, TEXT)? else { return Ok(None) };
    let sound = code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic());
    if sound {
        Ok(Some(code.to_ascii_uppercase()))
    } else {
        Err(Error::invalid("currency", "must be a code such as EUR"))
    }
}

/// A moment that can be shown: between 1970 and 9999.
pub(crate) fn moment(field: &'static str, given: Option<i64>) -> Result<Option<i64>> {
    match given {
        Some(at) if !(0..=253_402_300_799_999).contains(&at) => {
            Err(Error::invalid(field, "must be milliseconds since 1970, UTC"))
        }
        other => Ok(other),
    }
}

fn count(field: &'static str, given: usize, most: usize) -> Result<()> {
    if given <= most { Ok(()) } else { Err(Error::invalid(field, format!("has more than {most} entries"))) }
}

/// A product as it is kept.
pub(super) fn product(given: Product) -> Result<Product> {
    count("aliases", given.aliases.len(), ALIASES)?;
    let mut aliases: Vec<String> = Vec::with_capacity(given.aliases.len());
    for alias in &given.aliases {
        let alias = required("aliases", alias, NAME)?;
        if !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    Ok(Product {
        sku: key("sku", &given.sku)?,
        name: required("name", &given.name, NAME)?,
        price: sum("price", given.price.as_deref())?,
        currency: currency(given.currency.as_deref())?,
        url: link("url", given.url.as_deref())?,
        aliases,
        active: given.active,
        active_unsaid: given.active_unsaid,
        updated_at: moment("updated_at", given.updated_at)?,
    })
}

/// A store as it is kept.
pub(super) fn store(given: Store, country: &str) -> Result<Store> {
    match (given.latitude, given.longitude) {
        (None, None) => {}
        (Some(latitude), Some(longitude)) if Place::new(latitude, longitude).is_some() => {}
        (None, Some(_)) => return Err(Error::invalid("latitude", "must be given with the longitude")),
        (Some(_), None) => return Err(Error::invalid("longitude", "must be given with the latitude")),
        _ => return Err(Error::invalid("latitude", "must be -90 to 90, and longitude -180 to 180")),
    }
    count("stock", given.stock.len(), STOCK)?;
    for sku in given.stock.keys() {
        key("stock", sku)?;
    }
    let phone = text("phone", given.phone.as_deref(), TEXT)?;
    Ok(Store {
        key: key("key", &given.key)?,
        name: required("name", &given.name, NAME)?,
        address: lines("address", given.address.as_deref(), TEXT)?,
        opening_hours: lines("opening_hours", given.opening_hours.as_deref(), TEXT)?,
        phone: phone.map(|phone| number(&phone, country)).transpose()?,
        updated_at: moment("updated_at", given.updated_at)?,
        ..given
    })
}

fn number(given: &str, country: &str) -> Result<String> {
    let identity = Identity::phone(given, country);
    identity.map(|identity| identity.value).map_err(|error| Error::invalid("phone", format!("cannot be used: {error}")))
}

fn line(given: Line) -> Result<Line> {
    let line = Line {
        sku: text("items.sku", given.sku.as_deref(), KEY)?,
        name: text("items.name", given.name.as_deref(), NAME)?,
        quantity: given.quantity,
        price: sum("items.price", given.price.as_deref())?,
    };
    if line.sku.is_none() && line.name.is_none() {
        return Err(Error::invalid("items", "must each have a SKU or a name"));
    }
    if line.quantity == 0 || line.quantity > 1_000_000 {
        return Err(Error::invalid("items.quantity", "must be 1 to 1000000"));
    }
    Ok(line)
}

/// A parcel as it is kept.
pub(super) fn shipment(given: Shipment) -> Result<Shipment> {
    let expected_from = moment("expected_from", given.expected_from)?;
    let expected_to = moment("expected_to", given.expected_to)?;
    if expected_from.zip(expected_to).is_some_and(|(from, to)| from > to) {
        return Err(Error::invalid("expected_to", "must not be before expected_from"));
    }
    Ok(Shipment {
        key: key("key", &given.key)?,
        status: given.status,
        status_unsaid: given.status_unsaid,
        known_only: given.known_only,
        courier: text("courier", given.courier.as_deref(), NAME)?,
        tracking_number: text("tracking_number", given.tracking_number.as_deref(), KEY)?,
        tracking_url: link("tracking_url", given.tracking_url.as_deref())?,
        expected_from,
        expected_to,
        last_event: text("last_event", given.last_event.as_deref(), TEXT)?,
        last_event_at: moment("last_event_at", given.last_event_at)?,
        updated_at: moment("updated_at", given.updated_at)?,
    })
}

/// An order as it is kept, its customer's number and address as contacts have them.
pub(super) fn order(given: Order, country: &str) -> Result<Order> {
    count("items", given.items.len(), LINES)?;
    count("shipments", given.shipments.len(), PARCELS)?;
    count("coupons", given.coupons.len(), COUPONS)?;
    let phone = text("phone", given.phone.as_deref(), TEXT)?;
    let email = text("email", given.email.as_deref(), TEXT)?;
    let address = |email: String| {
        let identity = Identity::email(&email);
        identity
            .map(|identity| identity.value)
            .map_err(|error| Error::invalid("email", format!("cannot be used: {error}")))
    };
    let updated_at = moment("updated_at", given.updated_at)?;
    // A parcel that does not say when is as new as its order.
    let dated = |parcel: Shipment| Shipment { updated_at: parcel.updated_at.or(updated_at), ..parcel };
    Ok(Order {
        number: key("number", &given.number)?,
        contact_id: given.contact_id,
        contact_name: None,
        phone: phone.map(|phone| number(&phone, country)).transpose()?,
        email: email.map(address).transpose()?,
        external_id: text("external_id", given.external_id.as_deref(), NAME)?,
        status: given.status,
        total: sum("total", given.total.as_deref())?,
        currency: currency(given.currency.as_deref())?,
        payment: text("payment", given.payment.as_deref(), NAME)?,
        source: text("source", given.source.as_deref(), NAME)?,
        shop_source_id: None,
        placed_at: moment("placed_at", given.placed_at)?,
        items: given.items.into_iter().map(line).collect::<Result<_>>()?,
        shipments: given.shipments.into_iter().map(dated).map(shipment).collect::<Result<_>>()?,
        coupons: given.coupons.iter().map(|code| required("coupons", code, NAME)).collect::<Result<_>>()?,
        updated_at,
    })
}
