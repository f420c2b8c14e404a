//! Tables of products and of orders, as spreadsheets and shops write them.

use super::import::Given;
use super::stock::Stock;
use super::{Line, Order, Product, Shipment};
use crate::error::{Error, Result};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rapport_core::reply::csv::read;
use rapport_core::shop::{OrderStatus, ParcelStatus};
use serde::Deserialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What the lines of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ShopTableKind)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A product each.
    Products,
    /// A line of an order each; lines of one number are one order.
    Orders,
    /// How many a store has of a product.
    Stock,
}

/// A table with its names.
pub(super) struct Lines {
    places: HashMap<String, usize>,
    pub rows: Vec<Vec<String>>,
}

/// Reads a table.
///
/// # Errors
/// `Invalid` when it does not begin with the names that it needs, and when letters of it were lost on the way.
pub(super) fn lines(data: &str, kind: Kind) -> Result<Lines> {
    // What stands for bytes that are no UTF-8: names kept like that could never be read again.
    if data.contains('\u{fffd}') {
        return Err(Error::invalid("data", "has letters that cannot be read: save the table as CSV UTF-8"));
    }
    let mut rows = read(data).into_iter();
    let head = rows.next().unwrap_or_default();
    let name = |cell: &String| cell.trim().to_lowercase().replace([' ', '-'], "_");
    let places: HashMap<String, usize> = head.iter().map(name).enumerate().map(|(at, name)| (name, at)).collect();
    let needed: &[&str] = match kind {
        Kind::Products => &["sku", "name"],
        Kind::Orders => &["number"],
        Kind::Stock => &["store", "sku", "quantity"],
    };
    match needed.iter().find(|name| !places.contains_key(**name)) {
        Some(name) => Err(Error::invalid("data", format!("must begin with a line of names; {name} is missing"))),
        None => Ok(Lines { places, rows: rows.collect() }),
    }
}

impl Lines {
    fn cell<'a>(&self, row: &'a [String], name: &str) -> Option<&'a str> {
        let cell = row.get(*self.places.get(name)?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    fn text(&self, row: &[String], name: &str) -> Option<String> {
        self.cell(row, name).map(str::to_owned)
    }
}

/// Products, a line each. Other names stand in one cell with `|` between.
pub(super) fn products(lines: &Lines) -> Vec<Given<Product>> {
    let product = |row: &[String]| -> Result<Product> {
        let text = |name| lines.text(row, name);
        let said = lines.cell(row, "active").map(str::to_lowercase);
        let active = match said.as_deref() {
            None | Some("true" | "yes" | "1") => true,
            Some("false" | "no" | "0") => false,
            Some(_) => return Err(Error::invalid("active", "must be yes or no")),
        };
        let aliases = lines.cell(row, "aliases").unwrap_or_default();
        Ok(Product {
            sku: text("sku").unwrap_or_default(),
            name: text("name").unwrap_or_default(),
            price: text("price"),
            currency: text("currency"),
            url: text("url"),
            aliases: aliases.split('|').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            active,
            active_unsaid: said.is_none(),
            updated_at: None,
        })
    };
    let given = |(at, row): (usize, &Vec<String>)| {
        let key = lines.text(row, "sku").unwrap_or_default();
        Given { row: at + 2, key, is: product(row) }
    };
    lines.rows.iter().enumerate().map(given).collect()
}

/// Orders; the lines of one number are one order, which says of its customer and parcel what the first of them does.
pub(super) fn orders(lines: &Lines, zone: &str) -> Vec<Given<Order>> {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let mut found: Vec<Given<Order>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (at, row) in lines.rows.iter().enumerate() {
        let number = lines.text(row, "number").unwrap_or_default();
        let at = *places.entry(number.clone()).or_insert_with(|| {
            found.push(Given { row: at + 2, key: number, is: head(lines, row, &zone) });
            found.len() - 1
        });
        let given = &mut found[at];
        let line = bought(lines, row);
        match (&mut given.is, line) {
            (Ok(order), Ok(line)) => order.items.extend(line),
            (is @ Ok(_), Err(error)) => *is = Err(error),
            (Err(_), _) => {}
        }
    }
    found
}

/// What stores have; the lines of one store are one. A line that cannot be read is told with its store.
pub(super) fn stock(lines: &Lines) -> Vec<Given<Stock>> {
    let mut found: Vec<Given<Stock>> = Vec::new();
    for (at, row) in lines.rows.iter().enumerate() {
        let store = lines.text(row, "store").unwrap_or_default();
        let count = || -> Result<(String, u32)> {
            let wrong = |_| Error::invalid("quantity", "must be a whole number");
            let count = lines.cell(row, "quantity").unwrap_or_default().parse().map_err(wrong)?;
            Ok((super::check::key("sku", lines.cell(row, "sku").unwrap_or_default())?, count))
        };
        match count() {
            Ok((sku, count)) => match found.iter_mut().find(|one| one.key == store && one.is.is_ok()) {
                Some(Given { is: Ok((_, counts)), .. }) => {
                    counts.insert(sku, count);
                }
                _ => {
                    let counts = std::iter::once((sku, count)).collect();
                    found.push(Given { row: at + 2, key: store.clone(), is: Ok((store, counts)) });
                }
            },
            Err(error) => found.push(Given { row: at + 2, key: store, is: Err(error) }),
        }
    }
    found
}

fn bought(lines: &Lines, row: &[String]) -> Result<Option<Line>> {
    let (sku, name) = (lines.text(row, "sku"), lines.text(row, "name"));
    if sku.is_none() && name.is_none() {
        return Ok(None);
    }
    let quantity = lines.cell(row, "quantity").unwrap_or("1").parse();
    let quantity = quantity.map_err(|_| Error::invalid("items.quantity", "must be a whole number"))?;
    Ok(Some(Line { sku, name, quantity, price: lines.text(row, "price") }))
}

fn head(lines: &Lines, row: &[String], zone: &TimeZone) -> Result<Order> {
    let text = |name| lines.text(row, name);
    let time = |name: &'static str| lines.cell(row, name).map(|cell| moment(name, cell, zone)).transpose();
    let status = match lines.cell(row, "status") {
        None => None,
        Some(word) => Some(OrderStatus::parse(word).ok_or_else(|| no_word("status", OrderStatus::CODES))?),
    };
    let updated_at = time("updated_at")?;
    let (tracking_number, parcel) = (text("tracking_number"), lines.cell(row, "shipment_status"));
    let mut shipments = Vec::new();
    if tracking_number.is_some() || parcel.is_some() {
        let status = match parcel {
            None => ParcelStatus::InTransit,
            Some(word) => ParcelStatus::parse(word).ok_or_else(|| no_word("shipment_status", ParcelStatus::CODES))?,
        };
        shipments.push(Shipment {
            key: tracking_number.clone().unwrap_or_else(|| "1".to_owned()),
            status,
            status_unsaid: parcel.is_none(),
            known_only: false,
            courier: text("courier"),
            tracking_number,
            tracking_url: text("tracking_url"),
            expected_from: time("expected_from")?,
            expected_to: time("expected_to")?,
            last_event: text("last_event"),
            last_event_at: None,
            updated_at,
        });
    }
    Ok(Order {
        number: text("number").unwrap_or_default(),
        contact_id: None,
        contact_name: None,
        shop_source_id: None,
        phone: text("phone"),
        email: text("email"),
        external_id: text("external_id"),
        status,
        total: text("total"),
        currency: text("currency"),
        payment: text("payment"),
        source: text("source"),
        placed_at: time("placed_at")?,
        items: Vec::new(),
        shipments,
        coupons: text("coupons")
            .map(|all| all.split('|').map(|code| code.trim().to_owned()).collect())
            .unwrap_or_default(),
        updated_at,
    })
}

fn no_word(field: &'static str, words: &[&str]) -> Error {
    Error::invalid(field, format!("must be one of {}", words.join(", ")))
}

/// A moment as tables have it: `2026-11-22`, `2026-11-22 14:30` by the workspace's clock, or with a zone of its own.
fn moment(field: &'static str, cell: &str, zone: &TimeZone) -> Result<i64> {
    let local = |text: &str| {
        let time: DateTime = text.parse().ok()?;
        Some(time.to_zoned(zone.clone()).ok()?.timestamp())
    };
    let found = cell.parse::<jiff::Timestamp>().ok().or_else(|| local(cell));
    let found =
        found.or_else(|| Some(cell.parse::<jiff::civil::Date>().ok()?.to_zoned(zone.clone()).ok()?.timestamp()));
    let wrong = || Error::invalid(field, "must be a moment such as 2026-11-22 14:30");
    found.map(jiff::Timestamp::as_millisecond).ok_or_else(wrong)
}
