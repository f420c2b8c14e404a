//! Many things of the shop at once: from programs, and from tables that people keep.

use super::csv::{self, Kind};
use super::kept::{of_product, of_store};
use super::stock::Stock;
use super::write::{Pen, Written};
use super::{Order, Outcome, Product, Store, check};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_store::shop::{Item, Shelf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most rows of a batch, and of one transaction.
const MOST: usize = 500;
/// Most lines of a table.
const LINES: usize = 5_000;

/// Many things at once, at most 500.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[schema(as = ShopBatch)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Products, each with its SKU.
    #[serde(default)]
    pub products: Vec<Product>,
    /// Stores, each with its key.
    #[serde(default)]
    pub stores: Vec<Store>,
    /// Orders, each with its number.
    #[serde(default)]
    pub orders: Vec<Order>,
    /// Rules hear of orders and parcels, unless they are more than a day old. Left out: a batch is history.
    #[serde(default)]
    pub announce: bool,
    /// Looks only, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// A table to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ShopTable)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What its lines are.
    pub kind: Kind,
    /// The file's content: CSV with commas, semicolons or tabs, and a first line of names (`docs/shop.md` has them).
    pub data: String,
    /// Looks only, and changes nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShopReport)]
pub struct Report {
    /// How many are new.
    pub created: usize,
    /// How many changed.
    pub updated: usize,
    /// How many were so already.
    pub unchanged: usize,
    /// How many are older than what is known.
    pub older: usize,
    /// How many cannot be taken in.
    pub refused: usize,
    /// Of a batch every row, in the order products, stores, orders; of a table those that cannot be taken in.
    pub rows: Vec<Row>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShopRow)]
pub struct Row {
    /// Which: its place in its list of the batch, from 0; the first of its lines in a table, from 1 with the names.
    pub row: usize,
    /// Its key, as given.
    pub key: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Which value is at fault.
    pub field: Option<String>,
    /// What is wrong with it, for a person.
    pub detail: Option<String>,
}

/// A row on its way: where it comes from, and itself or what is wrong with it.
pub(super) struct Given<T> {
    pub row: usize,
    pub key: String,
    pub is: Result<T>,
}

/// Takes a batch in. A row that cannot be taken in is told and left out.
///
/// # Errors
/// `Forbidden`, `Invalid` for an empty or too large batch, `Refused` (`too_many`), `Store`.
pub async fn batch(app: &App, caller: &Caller, given: Batch) -> Result<Report> {
    caller.require(Permission::ShopManage)?;
    let count = given.products.len() + given.stores.len() + given.orders.len();
    if !(1..=MOST).contains(&count) {
        return Err(Error::invalid("orders", format!("and the other lists must have 1 to {MOST} entries together")));
    }
    let pen = Pen { app, caller, announce: given.announce, dry_run: given.dry_run, table: false, source: None };
    let mut report = Report::default();
    products(&pen, rows(given.products, |product| product.sku.clone(), check::product), &mut report).await?;
    let policy = app.channels.policy(caller.workspace).await?;
    let country = policy.default_country.as_str();
    let stores = rows(given.stores, |store| store.key.clone(), |store| check::store(store, country));
    shelf(&pen, Shelf::Stores, stores, of_store, &mut report).await?;
    let orders = rows(given.orders, |order| order.number.clone(), |order| check::order(order, country));
    self::orders(&pen, orders, &mut report).await?;
    Ok(report)
}

fn rows<T>(given: Vec<T>, key: impl Fn(&T) -> String, check: impl Fn(T) -> Result<T>) -> Vec<Given<T>> {
    let row = |(row, one): (usize, T)| Given { row, key: key(&one), is: check(one) };
    given.into_iter().enumerate().map(row).collect()
}

/// Takes a table in, as history: rules do not hear of it. A line that cannot be taken in is told and left out.
///
/// # Errors
/// `Forbidden`, `Invalid` when the table cannot be read, `Refused` (`too_many`), `Store`.
pub async fn table(app: &App, caller: &Caller, given: Table) -> Result<Report> {
    caller.require(Permission::ShopManage)?;
    let lines = csv::lines(&given.data, given.kind)?;
    if lines.rows.len() > LINES {
        return Err(Error::invalid("data", format!("has more than {LINES} lines")));
    }
    let policy = app.channels.policy(caller.workspace).await?;
    let country = policy.default_country.as_str();
    let pen = Pen { app, caller, announce: false, dry_run: given.dry_run, table: true, source: None };
    let mut report = Report::default();
    match given.kind {
        Kind::Products => {
            let checked = csv::products(&lines).into_iter().map(|one| one.then(check::product));
            products(&pen, checked.collect(), &mut report).await?;
        }
        Kind::Stock => stock(&pen, csv::stock(&lines), &mut report).await?,
        Kind::Orders => {
            let zone = crate::account::workspace::timezone(app, caller.workspace).await?;
            let checked =
                csv::orders(&lines, &zone).into_iter().map(|one| one.then(|order| check::order(order, country)));
            orders(&pen, checked.collect(), &mut report).await?;
        }
    }
    report.rows.retain(|row| row.outcome == Outcome::Refused);
    Ok(report)
}

impl<T> Given<T> {
    fn then(self, check: impl FnOnce(T) -> Result<T>) -> Self {
        Self { is: self.is.and_then(check), ..self }
    }
}

async fn products(pen: &Pen<'_>, given: Vec<Given<Product>>, report: &mut Report) -> Result<()> {
    shelf(pen, Shelf::Products, given, of_product, report).await
}

async fn shelf<T>(
    pen: &Pen<'_>,
    shelf: Shelf,
    given: Vec<Given<T>>,
    item: fn(T, rapport_core::Ms) -> Item,
    report: &mut Report,
) -> Result<()> {
    let now = pen.app.now();
    let (mut good, mut places) = (Vec::new(), Vec::new());
    for one in given {
        match one.is {
            Ok(is) => {
                good.push(item(is, now));
                places.push((one.row, one.key));
            }
            Err(error) => report.refuse(one.row, one.key, error)?,
        }
    }
    let mut places = places.into_iter();
    while !good.is_empty() {
        let rest = good.split_off(good.len().min(MOST));
        for outcome in pen.shelf(shelf, std::mem::replace(&mut good, rest)).await? {
            let (row, key) = places.next().unwrap_or_default();
            report.add(row, key, Ok(outcome));
        }
    }
    Ok(())
}

/// The row and the key of each thing that is taken in.
type Places = Vec<(usize, String)>;

/// The rows that can be taken in, and where each comes from; the others are told.
fn sound<T>(given: Vec<Given<T>>, report: &mut Report) -> Result<(Vec<T>, Places)> {
    let (mut good, mut places) = (Vec::new(), Vec::new());
    for one in given {
        match one.is {
            Ok(is) => {
                good.push(is);
                places.push((one.row, one.key));
            }
            Err(error) => report.refuse(one.row, one.key, error)?,
        }
    }
    Ok((good, places))
}

async fn stock(pen: &Pen<'_>, given: Vec<Given<Stock>>, report: &mut Report) -> Result<()> {
    let (good, places) = sound(given, report)?;
    let mut places = places.into_iter();
    for piece in good.chunks(MOST) {
        for written in pen.stock(piece.to_vec()).await? {
            let (row, key) = places.next().unwrap_or_default();
            report.add(row, key, written);
        }
    }
    Ok(())
}

async fn orders(pen: &Pen<'_>, given: Vec<Given<Order>>, report: &mut Report) -> Result<()> {
    let (mut good, places) = sound(given, report)?;
    let mut places = places.into_iter();
    while !good.is_empty() {
        let rest = good.split_off(good.len().min(MOST));
        for written in pen.orders(std::mem::replace(&mut good, rest)).await? {
            let (row, key) = places.next().unwrap_or_default();
            report.add(row, key, written);
        }
    }
    Ok(())
}

impl Report {
    fn add(&mut self, row: usize, key: String, written: Written) {
        let (outcome, field, detail) = match written {
            Ok(outcome) => (outcome, None, None),
            Err((field, detail)) => (Outcome::Refused, Some(field.to_owned()), Some(detail)),
        };
        self.count(outcome);
        self.rows.push(Row { row, key, outcome, field, detail });
    }

    /// A row whose value is at fault; anything else stops the whole.
    fn refuse(&mut self, row: usize, key: String, error: Error) -> Result<()> {
        let Error::Invalid { field, detail } = error else { return Err(error) };
        self.count(Outcome::Refused);
        let (field, detail) = (Some(field.into_owned()), Some(detail));
        self.rows.push(Row { row, key, outcome: Outcome::Refused, field, detail });
        Ok(())
    }

    fn count(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Created => &mut self.created,
            Outcome::Updated => &mut self.updated,
            Outcome::Unchanged => &mut self.unchanged,
            Outcome::Older => &mut self.older,
            Outcome::Refused => &mut self.refused,
        } += 1;
    }
}
