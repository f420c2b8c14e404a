//! What is known of the shop, shown.

use super::write::noun;
use super::{Order, Product, Store, check};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::ContactId;
use rapport_store::shop::{self, Item, Shelf};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

/// Which orders are wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrderQuery {
    /// Those of this contact.
    pub contact_id: Option<Uuid>,
}

/// Rows, and where the next page begins.
pub type Cut<T, C> = (Vec<T>, Option<C>);

fn cut<R, C>(rows: &mut Vec<R>, limit: u64, place: impl Fn(&R) -> C) -> Option<C> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(place)
}

async fn page(
    app: &App,
    caller: &Caller,
    shelf: Shelf,
    after: Option<String>,
    limit: u64,
) -> Result<Cut<Item, String>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut rows = shop::page(&read, shelf, after.as_deref(), limit + 1).await?;
    let next = cut(&mut rows, limit, |item| item.key.clone());
    Ok((rows, next))
}

/// Products by SKU, those behind `after`.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn products(app: &App, caller: &Caller, after: Option<String>, limit: u64) -> Result<Cut<Product, String>> {
    let (rows, next) = page(app, caller, Shelf::Products, after, limit).await?;
    Ok((rows.into_iter().map(super::product).collect::<Result<_>>()?, next))
}

/// Stores by key, those behind `after`.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn stores(app: &App, caller: &Caller, after: Option<String>, limit: u64) -> Result<Cut<Store, String>> {
    let (rows, next) = page(app, caller, Shelf::Stores, after, limit).await?;
    Ok((rows.into_iter().map(super::store).collect::<Result<_>>()?, next))
}

/// One of a shelf, for who may see it.
pub(super) async fn one(app: &App, caller: &Caller, shelf: Shelf, key: &str) -> Result<Item> {
    check::named(key, noun(shelf))?;
    let read = app.store.workspace(caller.workspace).read();
    shop::get(&read, shelf, key).await?.ok_or(Error::NotFound(noun(shelf)))
}

/// One product.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn product(app: &App, caller: &Caller, sku: &str) -> Result<Product> {
    caller.require(Permission::ContactRead)?;
    super::product(one(app, caller, Shelf::Products, sku).await?)
}

/// One store.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn store(app: &App, caller: &Caller, key: &str) -> Result<Store> {
    caller.require(Permission::ContactRead)?;
    super::store(one(app, caller, Shelf::Stores, key).await?)
}

/// Orders with their parcels, newest first.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn orders(
    app: &App,
    caller: &Caller,
    query: OrderQuery,
    after: Option<(i64, String)>,
    limit: u64,
) -> Result<Cut<Order, (i64, String)>> {
    caller.require(Permission::ContactRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let mut rows = shop::orders(&read, query.contact_id.map(ContactId), after, limit + 1).await?;
    let next = cut(&mut rows, limit, |row| (row.placed_at.0, row.number.clone()));
    Ok((super::whole(&read, rows).await?, next))
}

/// One order with its parcels.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn order(app: &App, caller: &Caller, number: &str) -> Result<Order> {
    caller.require(Permission::ContactRead)?;
    whole(app, caller, number).await
}

/// The same for who may see it.
pub(super) async fn whole(app: &App, caller: &Caller, number: &str) -> Result<Order> {
    check::named(number, "order")?;
    let read = app.store.workspace(caller.workspace).read();
    let row = shop::order(&read, number).await?.ok_or(Error::NotFound("order"))?;
    super::whole(&read, vec![row]).await?.pop().ok_or(Error::NotFound("order"))
}
