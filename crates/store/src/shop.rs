//! The shop: products and stores under a key, orders with their parcels.
//!
//! What others tell us comes late, twice and in disorder: every write says when it was so over there, and an older one
//! never stands in place of a newer one ([`put`], [`put_order`], [`put_shipment`]).

use crate::batch::{self, Col, Kind, Rows, col};
use crate::codec;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Backend;
use rapport_core::contact::identity::{Identity, IdentityKind, lookup_keys};
use rapport_core::message::Content;
use rapport_core::{ContactId, Ms};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// What has a key of its own and nothing beneath it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// Products, by SKU.
    Products,
    /// Stores.
    Stores,
}

impl Shelf {
    fn table(self) -> &'static str {
        match self {
            Self::Products => "product",
            Self::Stores => "store",
        }
    }
}

/// What stands under a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The key.
    pub key: String,
    /// What was told.
    pub body: Json,
    /// When it was so over there.
    pub stamp: Ms,
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderRow {
    /// Its number.
    pub number: String,
    /// Whose it is; `None` while nobody with its number or address is known.
    pub contact_id: Option<Uuid>,
    /// The customer's number, E.164.
    pub phone: Option<String>,
    /// The customer's address, normalised.
    pub email: Option<String>,
    /// When it was placed.
    pub placed_at: Ms,
    /// What else was told.
    pub body: Json,
    /// When it was so over there.
    pub stamp: Ms,
}

/// A parcel.
#[derive(Debug, Clone, PartialEq)]
pub struct ShipmentRow {
    /// The order's number.
    pub number: String,
    /// Its key and what was told.
    pub item: Item,
}

fn item(row: &QueryResult) -> Result<Item> {
    let (key, body, stamp) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
    Ok(Item { key, body, stamp: Ms(stamp) })
}

async fn items<C: ConnectionTrait>(conn: &C, backend: Backend, text: String, values: Vec<Value>) -> Result<Vec<Item>> {
    conn.query_all_raw(sql::with(backend, text, values)).await?.iter().map(item).collect()
}

/// Those behind `after`, by key.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, shelf: Shelf, after: Option<&str>, limit: u64) -> Result<Vec<Item>> {
    let text = format!(
        "SELECT key, body, stamp FROM {} WHERE workspace_id = $1 AND key > $2 ORDER BY key LIMIT $3",
        shelf.table()
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = vec![read.workspace().0.into(), after.unwrap_or_default().into(), limit.into()];
    items(&read.conn(), read.backend(), text, values).await
}

fn by_key(shelf: Shelf, count: usize) -> String {
    let (table, places) = (shelf.table(), sql::places(2, count));
    format!("SELECT key, body, stamp FROM {table} WHERE workspace_id = $1 AND key IN ({places})")
}

fn named(workspace: Uuid, keys: &[String]) -> Vec<Value> {
    std::iter::once(workspace.into()).chain(keys.iter().map(|key| key.as_str().into())).collect()
}

/// One of them.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, shelf: Shelf, key: &str) -> Result<Option<Item>> {
    let values = named(read.workspace().0, &[key.to_owned()]);
    Ok(items(&read.conn(), read.backend(), by_key(shelf, 1), values).await?.pop())
}

/// Those with these keys, at most 500, inside a writing transaction; nobody else changes them before its end.
///
/// # Errors
/// What the database said.
pub async fn known(tx: &WriteTx, shelf: Shelf, keys: &[String]) -> Result<Vec<Item>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let text = by_key(shelf, keys.len()) + locked(tx.backend());
    items(tx.conn(), tx.backend(), text, named(tx.workspace().0, keys)).await
}

fn locked(backend: Backend) -> &'static str {
    if backend == Backend::Postgres { " FOR UPDATE" } else { "" }
}

/// How many there are.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx, shelf: Shelf) -> Result<u64> {
    let text = format!("SELECT count(*) FROM {} WHERE workspace_id = $1", shelf.table());
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, [tx.workspace().0.into()])).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

async fn execute(tx: &WriteTx, text: String, values: Vec<Value>) -> Result<u64> {
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// Writes one, unless a newer one stands there; says whether it did.
///
/// # Errors
/// What the database said.
pub async fn put(tx: &WriteTx, shelf: Shelf, item: &Item, now: Ms) -> Result<bool> {
    let table = shelf.table();
    let text = format!(
        "INSERT INTO {table} (workspace_id, key, body, stamp, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5) \
         ON CONFLICT (workspace_id, key) DO UPDATE SET body = excluded.body, stamp = excluded.stamp, \
         updated_at = excluded.updated_at WHERE {table}.stamp <= excluded.stamp"
    );
    let values = vec![
        tx.workspace().0.into(),
        item.key.as_str().into(),
        item.body.clone().into(),
        item.stamp.0.into(),
        now.0.into(),
    ];
    Ok(execute(tx, text, values).await? > 0)
}

/// Removes one; says whether it was there.
///
/// # Errors
/// What the database said.
pub async fn delete(tx: &WriteTx, shelf: Shelf, key: &str) -> Result<bool> {
    let text = format!("DELETE FROM {} WHERE workspace_id = $1 AND key = $2", shelf.table());
    Ok(execute(tx, text, vec![tx.workspace().0.into(), key.into()]).await? > 0)
}

const ORDER: &str =
    "SELECT number, contact_id, phone, email, placed_at, body, stamp FROM shop_order WHERE workspace_id = $1";

fn order_row(row: &QueryResult) -> Result<OrderRow> {
    Ok(OrderRow {
        number: row.try_get_by_index(0)?,
        contact_id: row.try_get_by_index(1)?,
        phone: row.try_get_by_index(2)?,
        email: row.try_get_by_index(3)?,
        placed_at: Ms(row.try_get_by_index(4)?),
        body: row.try_get_by_index(5)?,
        stamp: Ms(row.try_get_by_index(6)?),
    })
}

async fn order_rows<C: ConnectionTrait>(
    conn: &C,
    backend: Backend,
    text: String,
    values: Vec<Value>,
) -> Result<Vec<OrderRow>> {
    conn.query_all_raw(sql::with(backend, text, values)).await?.iter().map(order_row).collect()
}

/// Orders, newest first: of one customer or of all, those behind the place `after`.
///
/// # Errors
/// What the database said.
pub async fn orders(
    read: &Read,
    contact: Option<ContactId>,
    after: Option<(i64, String)>,
    limit: u64,
) -> Result<Vec<OrderRow>> {
    let (mut text, mut values) = (ORDER.to_owned(), vec![Value::from(read.workspace().0)]);
    if let Some(contact) = contact {
        values.push(contact.0.into());
        text += " AND contact_id = $2";
    }
    if let Some((placed_at, number)) = after {
        let at = values.len() + 1;
        text += &format!(" AND (placed_at, number) < (${at}, ${})", at + 1);
        values.extend([placed_at.into(), number.into()]);
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    text += &format!(" ORDER BY placed_at DESC, number DESC LIMIT ${}", values.len() + 1);
    values.push(limit.into());
    order_rows(&read.conn(), read.backend(), text, values).await
}

/// One order.
///
/// # Errors
/// What the database said.
pub async fn order(read: &Read, number: &str) -> Result<Option<OrderRow>> {
    let text = format!("{ORDER} AND number = $2");
    let values = named(read.workspace().0, &[number.to_owned()]);
    Ok(order_rows(&read.conn(), read.backend(), text, values).await?.pop())
}

/// Orders with these numbers, at most 500, inside a writing transaction; nobody else changes them before its end.
///
/// # Errors
/// What the database said.
pub async fn known_orders(tx: &WriteTx, numbers: &[String]) -> Result<Vec<OrderRow>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let text = format!("{ORDER} AND number IN ({}){}", sql::places(2, numbers.len()), locked(tx.backend()));
    order_rows(tx.conn(), tx.backend(), text, named(tx.workspace().0, numbers)).await
}

/// Writes an order, unless a newer one stands there; says whether it did.
///
/// # Errors
/// What the database said.
pub async fn put_order(tx: &WriteTx, row: &OrderRow, now: Ms) -> Result<bool> {
    let text = "INSERT INTO shop_order (workspace_id, number, contact_id, phone, email, placed_at, body, stamp, created_at, \
                updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) ON CONFLICT (workspace_id, number) DO UPDATE \
                SET contact_id = excluded.contact_id, phone = excluded.phone, \
                email = excluded.email, placed_at = excluded.placed_at, body = excluded.body, stamp = excluded.stamp, \
                updated_at = excluded.updated_at WHERE shop_order.stamp <= excluded.stamp";
    let values = vec![
        tx.workspace().0.into(),
        row.number.as_str().into(),
        row.contact_id.into(),
        row.phone.clone().into(),
        row.email.clone().into(),
        row.placed_at.0.into(),
        row.body.clone().into(),
        row.stamp.0.into(),
        now.0.into(),
    ];
    let written = execute(tx, text.to_owned(), values).await? > 0;
    if written {
        // What somebody buys may show who they are: whoever has a new order is looked at again.
        let text = "INSERT INTO search_dirty (workspace_id, contact_id) SELECT workspace_id, contact_id FROM shop_order \
                    WHERE workspace_id = $1 AND number = $2 AND contact_id IS NOT NULL AND created_at = $3 AND placed_at > $4";
        let since = rapport_core::contact::likeness::bought_since(now);
        let values = vec![tx.workspace().0.into(), row.number.as_str().into(), now.0.into(), since.0.into()];
        execute(tx, text.to_owned(), values).await?;
    }
    Ok(written)
}

/// Removes an order with its parcels; says whether it was there.
///
/// # Errors
/// What the database said.
pub async fn delete_order(tx: &WriteTx, number: &str) -> Result<bool> {
    let mut gone = 0;
    for table in ["shipment", "shop_order"] {
        let text = format!("DELETE FROM {table} WHERE workspace_id = $1 AND number = $2");
        gone = execute(tx, text, vec![tx.workspace().0.into(), number.into()]).await?;
    }
    Ok(gone > 0)
}

fn shipment_row(row: &QueryResult) -> Result<ShipmentRow> {
    Ok(ShipmentRow { number: row.try_get_by_index(3)?, item: item(row)? })
}

fn of_orders(count: usize) -> String {
    format!(
        "SELECT key, body, stamp, number FROM shipment WHERE workspace_id = $1 AND number IN ({}) ORDER BY number, created_at, key",
        sql::places(2, count)
    )
}

/// The parcels of these orders, at most 500, oldest first.
///
/// # Errors
/// What the database said.
pub async fn shipments(read: &Read, numbers: &[String]) -> Result<Vec<ShipmentRow>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let statement = sql::with(read.backend(), of_orders(numbers.len()), named(read.workspace().0, numbers));
    read.conn().query_all_raw(statement).await?.iter().map(shipment_row).collect()
}

/// [`shipments`] inside a writing transaction that has their orders.
///
/// # Errors
/// What the database said.
pub async fn known_shipments(tx: &WriteTx, numbers: &[String]) -> Result<Vec<ShipmentRow>> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let statement = sql::with(tx.backend(), of_orders(numbers.len()), named(tx.workspace().0, numbers));
    tx.conn().query_all_raw(statement).await?.iter().map(shipment_row).collect()
}

/// Writes a parcel, unless a newer one stands there; says whether it did.
///
/// # Errors
/// What the database said.
pub async fn put_shipment(tx: &WriteTx, row: &ShipmentRow, now: Ms) -> Result<bool> {
    let text = "INSERT INTO shipment (workspace_id, number, key, body, stamp, created_at, updated_at) \
                VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT (workspace_id, number, key) DO UPDATE \
                SET body = excluded.body, stamp = excluded.stamp, updated_at = excluded.updated_at \
                WHERE shipment.stamp <= excluded.stamp";
    let values = vec![
        tx.workspace().0.into(),
        row.number.as_str().into(),
        row.item.key.as_str().into(),
        row.item.body.clone().into(),
        row.item.stamp.0.into(),
        now.0.into(),
    ];
    Ok(execute(tx, text.to_owned(), values).await? > 0)
}

/// Removes a parcel; says whether it was there.
///
/// # Errors
/// What the database said.
pub async fn delete_shipment(tx: &WriteTx, number: &str, key: &str) -> Result<bool> {
    let text = "DELETE FROM shipment WHERE workspace_id = $1 AND number = $2 AND key = $3";
    Ok(execute(tx, text.to_owned(), vec![tx.workspace().0.into(), number.into(), key.into()]).await? > 0)
}

/// Gives the orders that wait for somebody with such a number or address to whom these lead from now on. One small
/// statement for numbers, one for addresses; none for other identities.
///
/// # Errors
/// What the database said.
pub(crate) async fn join<'a>(
    tx: &WriteTx,
    given: impl Iterator<Item = (&'a Identity, ContactId)> + Clone,
) -> Result<()> {
    const COLS: &[Col] = &[col("value", Kind::Text), col("contact_id", Kind::Uuid)];
    for (kind, column) in [(IdentityKind::Phone, "phone"), (IdentityKind::Email, "email")] {
        let mut spellings = BTreeSet::new();
        for (identity, contact) in given.clone().filter(|(identity, _)| identity.kind == kind) {
            let keys = lookup_keys(std::slice::from_ref(identity));
            spellings.extend(keys.into_iter().map(|key| (key.value, contact)));
        }
        if spellings.is_empty() {
            continue;
        }
        let mut rows = Rows::new(COLS);
        for (value, contact) in spellings {
            rows.push([value.into(), contact.0.into()]);
        }
        let text = format!(
            "UPDATE shop_order SET contact_id = v.column2 FROM {{rows}} WHERE shop_order.workspace_id = {{workspace}} \
             AND shop_order.contact_id IS NULL AND shop_order.{column} = v.column1"
        );
        batch::execute(tx.conn(), tx.backend(), &text, &[tx.workspace().0.into()], rows).await?;
    }
    Ok(())
}

/// Lets the orders go that are a contact's by an address that is theirs no longer, and by no number of theirs: they wait.
///
/// # Errors
/// What the database said.
pub async fn release(tx: &WriteTx, contact: ContactId, email: &str) -> Result<u64> {
    let text = "UPDATE shop_order SET contact_id = NULL WHERE workspace_id = $1 AND contact_id = $2 AND email = $3 \
                AND NOT EXISTS (SELECT 1 FROM identity WHERE workspace_id = $1 AND contact_id = $2 AND kind = 'phone' \
                AND value = shop_order.phone AND retired_at IS NULL)";
    execute(tx, text.to_owned(), vec![tx.workspace().0.into(), contact.0.into(), email.into()]).await
}

/// The place that a customer shared last, at `since` or later: latitude and longitude, degrees.
///
/// # Errors
/// What the database said.
pub async fn shared_place(read: &Read, contact: ContactId, since: Ms) -> Result<Option<(f64, f64)>> {
    let text = "SELECT content FROM message WHERE workspace_id = $1 AND contact_id = $2 AND direction = 'in' \
                AND kind = 'location' AND created_at >= $3 ORDER BY created_at DESC LIMIT 1";
    let values = [read.workspace().0.into(), contact.0.into(), since.0.into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    let Some(row) = row else { return Ok(None) };
    let packed: Vec<u8> = row.try_get_by_index(0)?;
    Ok(match codec::unpack_content(&packed)? {
        Content::Location { latitude, longitude, .. } => Some((latitude, longitude)),
        _ => None,
    })
}
