//! Taking in what is told of the shop. What comes twice changes nothing, and what comes late never stands in place of
//! what is newer.

use super::kept::{beside, keep, of_product, of_store, outcome};
use super::{Order, Outcome, Product, Shipment, Store, check, list, owner, stamp};
use crate::audit::Change;
use crate::auth::{Caller, Permission};
use crate::contact::told;
use crate::error::{Error, Result};
use crate::rule::listen;
use crate::rule::set::RuleSet;
use crate::state::App;
use rapport_core::inbox::FeedEvent;
use rapport_core::rule::{Event, What};
use rapport_core::shop::{NEWS, OrderStatus, PARCELS, PRODUCTS, ParcelStatus, STORES};
use rapport_core::{ContactId, Ms};
use rapport_store::shop::{self, Item, OrderRow, Shelf, ShipmentRow};
use rapport_store::{WriteTx, shop_source, sync_contact};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use uuid::Uuid;

/// Most keys that the audit log names of one request.
const NAMED: usize = 20;

/// Who writes, and how.
pub(super) struct Pen<'a> {
    pub app: &'a App,
    pub caller: &'a Caller,
    /// Rules hear of it, unless it is history.
    pub announce: bool,
    /// Nothing stays.
    pub dry_run: bool,
    /// The lines of a table: what it has no words for stays as it was known.
    pub table: bool,
    /// The connected shop that tells of it: orders of another one are not its.
    pub source: Option<Uuid>,
}

/// What became of one row, or the value for which it was refused.
pub(super) type Written = std::result::Result<Outcome, (&'static str, String)>;

/// Writes a product.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Refused` (`too_many`), `Store`.
pub async fn put_product(app: &App, caller: &Caller, sku: String, given: Product) -> Result<Product> {
    caller.require(Permission::ShopManage)?;
    let given = check::product(Product { sku: named("sku", sku, &given.sku)?, ..given })?;
    let key = given.sku.clone();
    Pen::new(app, caller).shelf(Shelf::Products, vec![of_product(given, app.now())]).await?;
    super::product(list::one(app, caller, Shelf::Products, &key).await?)
}

/// Writes a store.
///
/// # Errors
/// As [`put_product`].
pub async fn put_store(app: &App, caller: &Caller, key: String, given: Store) -> Result<Store> {
    caller.require(Permission::ShopManage)?;
    let policy = app.channels.policy(caller.workspace).await?;
    let given = check::store(Store { key: named("key", key, &given.key)?, ..given }, &policy.default_country)?;
    let key = given.key.clone();
    Pen::new(app, caller).shelf(Shelf::Stores, vec![of_store(given, app.now())]).await?;
    super::store(list::one(app, caller, Shelf::Stores, &key).await?)
}

/// Writes an order. Rules hear when it is new or stands somewhere else, unless that is more than a day ago.
///
/// # Errors
/// `Forbidden`, `Invalid` (naming the field), `Store`.
pub async fn put_order(app: &App, caller: &Caller, number: String, given: Order) -> Result<Order> {
    caller.require(Permission::ShopManage)?;
    let policy = app.channels.policy(caller.workspace).await?;
    let given =
        check::order(Order { number: named("number", number, &given.number)?, ..given }, &policy.default_country)?;
    let number = given.number.clone();
    for written in Pen::new(app, caller).orders(vec![given]).await? {
        written.map_err(|(field, detail)| Error::invalid(field, detail))?;
    }
    list::whole(app, caller, &number).await
}

/// Writes a parcel of an order, and answers with the order.
///
/// # Errors
/// `Forbidden`, `NotFound` for the order, `Invalid` (naming the field), `Store`.
pub async fn put_shipment(app: &App, caller: &Caller, number: &str, key: String, given: Shipment) -> Result<Order> {
    caller.require(Permission::ShopManage)?;
    let given = Shipment { key: named("key", key, &given.key)?, ..given };
    Pen::new(app, caller).parcel(number, given).await?;
    list::whole(app, caller, number).await
}

/// Removes a product or a store.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete(app: &App, caller: &Caller, shelf: Shelf, key: &str) -> Result<()> {
    caller.require(Permission::ShopManage)?;
    check::named(key, noun(shelf))?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    if !shop::delete(&tx, shelf, key).await? {
        return Err(Error::NotFound(noun(shelf)));
    }
    note_gone(&tx, app.now(), caller, &format!("{}.deleted", noun(shelf)), key).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes an order with its parcels, or one of its parcels.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn delete_order(app: &App, caller: &Caller, number: &str, parcel: Option<&str>) -> Result<()> {
    caller.require(Permission::ShopManage)?;
    check::named(parcel.unwrap_or_default(), "shipment")?;
    let pen = Pen::new(app, caller);
    let (tx, mut desk) = pen.enter(number).await?;
    let (gone, action) = match parcel {
        Some(key) => (shop::delete_shipment(&tx, number, key).await?, "shipment.deleted"),
        None => (shop::delete_order(&tx, number).await?, "order.deleted"),
    };
    if !gone {
        return Err(Error::NotFound(if parcel.is_some() { "shipment" } else { "order" }));
    }
    desk.touch(number);
    let key = parcel.map_or_else(|| number.to_owned(), |key| format!("{number}/{key}"));
    note_gone(&tx, app.now(), caller, action, &key).await?;
    pen.finish(tx, desk, "orders", &[]).await
}

async fn note_gone(tx: &WriteTx, now: Ms, caller: &Caller, action: &str, key: &str) -> Result<()> {
    let change = Change { before: Some(json!({ "key": key })), after: None };
    crate::audit::record(tx, now, caller, action, ("shop", Uuid::nil()), change).await
}

pub(super) fn noun(shelf: Shelf) -> &'static str {
    match shelf {
        Shelf::Products => "product",
        Shelf::Stores => "store",
    }
}

/// The key in the path; the body may repeat it, and nothing else.
fn named(field: &'static str, path: String, body: &str) -> Result<String> {
    let same = body.trim().is_empty() || body.trim() == path.trim();
    if same { Ok(path) } else { Err(Error::invalid(field, "is another one than in the path")) }
}

impl<'a> Pen<'a> {
    /// One that writes what happens now.
    fn new(app: &'a App, caller: &'a Caller) -> Self {
        Self { app, caller, announce: true, dry_run: false, table: false, source: None }
    }

    /// Writes products or stores, at most 500.
    ///
    /// # Errors
    /// `Refused` (`too_many`), `Store`.
    pub(super) async fn shelf(&self, shelf: Shelf, given: Vec<Item>) -> Result<Vec<Outcome>> {
        let now = self.app.now();
        let tx = self.app.store.workspace(self.caller.workspace).write().await?;
        let keys: Vec<String> = given.iter().map(|item| item.key.clone()).collect();
        let known = shop::known(&tx, shelf, &keys).await?;
        let mut known: HashMap<String, Item> = known.into_iter().map(|item| (item.key.clone(), item)).collect();
        let most = if shelf == Shelf::Products { PRODUCTS } else { STORES };
        let new: BTreeSet<&String> = keys.iter().filter(|key| !known.contains_key(*key)).collect();
        if !new.is_empty() && shop::count(&tx, shelf).await? + new.len() as u64 > most {
            return Err(Error::refused("too_many", format!("A workspace has at most {most} of these.")));
        }
        let mut done = Vec::with_capacity(given.len());
        for mut item in given {
            let before = known.get(&item.key);
            if self.table {
                keep(&mut item.body, before.map(|item| &item.body));
            }
            let what = outcome(before.map(|item| (&item.body, item.stamp)), &item);
            if what != Outcome::Older && before != Some(&item) {
                shop::put(&tx, shelf, &item, now).await?;
            }
            done.push((item.key.clone(), what));
            if what != Outcome::Older {
                known.insert(item.key.clone(), item);
            }
        }
        self.note(&tx, noun(shelf), &done, now).await?;
        self.end(tx).await?;
        Ok(done.into_iter().map(|(_, what)| what).collect())
    }

    /// Writes orders with their parcels, at most 500.
    ///
    /// # Errors
    /// `Store`.
    pub(super) async fn orders(&self, given: Vec<Order>) -> Result<Vec<Written>> {
        let workspace = self.caller.workspace;
        let connections = self.app.channels.connections(workspace).await?;
        let rules = self.app.channels.rules(workspace).await?;
        let tx = self.app.store.workspace(workspace).write().await?;
        let lanes = owner::find(&tx, &connections, &given).await?.lanes;
        tx.lock_lanes(&lanes.into_iter().collect::<Vec<_>>()).await?;
        // Again, now that nobody else writes: what was read above only told the lanes.
        let owners = owner::find(&tx, &connections, &given).await?.of;
        let numbers: Vec<String> = given.iter().map(|order| order.number.clone()).collect();
        let mut desk = Desk::load(&tx, numbers, (self.announce, rules), self.app.now()).await?;
        let (mut written, mut done) = (Vec::with_capacity(given.len()), Vec::new());
        for (order, owner) in given.into_iter().zip(owners) {
            let number = order.number.clone();
            let order = Order { shop_source_id: self.source, ..order };
            if let Some(detail) = desk.of_another(&tx, &number, self.source).await? {
                written.push(Err(("number", detail)));
                continue;
            }
            let what = match owner {
                Ok(owner) => desk.order(&tx, order, owner, self.table).await?,
                Err(owner::Unknown) => Err(("contact_id", "names no contact".to_owned())),
            };
            done.extend(what.as_ref().ok().map(|what| (number, *what)));
            written.push(what);
        }
        self.finish(tx, desk, "orders", &done).await?;
        Ok(written)
    }

    /// Writes a parcel of an order that is there.
    ///
    /// # Errors
    /// `NotFound` for the order, `Invalid` (naming the field), `Store`.
    pub(super) async fn parcel(&self, number: &str, given: Shipment) -> Result<()> {
        let (tx, mut desk) = self.enter(number).await?;
        let given = check::shipment(given)?;
        if let Some(detail) = desk.of_another(&tx, number, self.source).await? {
            return Err(Error::invalid("number", detail));
        }
        let outcome = desk.parcel(&tx, number, &given, self.table).await?;
        desk.room(number)?;
        self.finish(tx, desk, "shipments", &[(given.key, outcome)]).await
    }

    /// An order that is there, in the lock of its customer's lane.
    async fn enter(&self, number: &str) -> Result<(WriteTx, Desk)> {
        check::named(number, "order")?;
        let scope = self.app.store.workspace(self.caller.workspace);
        let rules = self.app.channels.rules(self.caller.workspace).await?;
        let read = scope.read();
        let row = shop::order(&read, number).await?.ok_or(Error::NotFound("order"))?;
        let owner: Vec<ContactId> = row.contact_id.into_iter().map(ContactId).collect();
        let lanes = sync_contact::get(&read, &owner).await?.into_iter().map(|row| u16::try_from(row.lane).unwrap_or(0));
        let tx = scope.write().await?;
        tx.lock_lanes(&lanes.collect::<Vec<_>>()).await?;
        let desk = Desk::load(&tx, vec![number.to_owned()], (true, rules), self.app.now()).await?;
        if desk.orders.is_empty() { Err(Error::NotFound("order")) } else { Ok((tx, desk)) }
    }

    /// Tells browsers and rules, writes the audit log, and commits.
    async fn finish(&self, tx: WriteTx, desk: Desk, kind: &str, done: &[(String, Outcome)]) -> Result<()> {
        let now = desk.now;
        let feed: Vec<_> = desk.touched.iter().map(|(id, numbers)| of_orders(*id, numbers, now)).collect();
        rapport_store::feed::append(&tx, &feed).await?;
        listen::told(&tx, &desk.rules, &desk.events, now).await?;
        self.note(&tx, kind, done, now).await?;
        self.end(tx).await?;
        self.app.feeds.wake();
        self.app.bells.jobs.ring();
        Ok(())
    }

    /// One line of the audit log for a request that changed something.
    pub(super) async fn note(&self, tx: &WriteTx, kind: &str, done: &[(String, Outcome)], now: Ms) -> Result<()> {
        let changed: Vec<&(String, Outcome)> =
            done.iter().filter(|(_, what)| matches!(what, Outcome::Created | Outcome::Updated)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let keys: Vec<&String> = changed.iter().take(NAMED).map(|(key, _)| key).collect();
        let created = changed.iter().filter(|(_, what)| *what == Outcome::Created).count();
        let after = json!({ "kind": kind, "created": created, "updated": changed.len() - created, "keys": keys });
        let change = Change { before: None, after: Some(after) };
        crate::audit::record(tx, now, self.caller, "shop.updated", ("shop", Uuid::nil()), change).await
    }

    pub(super) async fn end(&self, tx: WriteTx) -> Result<()> {
        if self.dry_run {
            tx.rollback().await?
        } else {
            tx.commit().await?
        }
        Ok(())
    }
}

/// Some orders as they are known, and what comes of writing them.
struct Desk {
    now: Ms,
    announce: bool,
    rules: Arc<RuleSet>,
    orders: HashMap<String, OrderRow>,
    parcels: HashMap<(String, String), ShipmentRow>,
    events: Vec<Event>,
    touched: BTreeMap<ContactId, BTreeSet<String>>,
}

impl Desk {
    async fn load(tx: &WriteTx, numbers: Vec<String>, how: (bool, Arc<RuleSet>), now: Ms) -> Result<Self> {
        let orders = shop::known_orders(tx, &numbers).await?;
        let parcels = shop::known_shipments(tx, &numbers).await?;
        Ok(Self {
            now,
            announce: how.0,
            rules: how.1,
            orders: orders.into_iter().map(|row| (row.number.clone(), row)).collect(),
            parcels: parcels.into_iter().map(|row| ((row.number.clone(), row.item.key.clone()), row)).collect(),
            events: Vec::new(),
            touched: BTreeMap::new(),
        })
    }

    /// Whether an order has no more parcels than it may have.
    fn room(&self, number: &str) -> Result<()> {
        let count = self.parcels.keys().filter(|(of, _)| of == number).count();
        if count <= PARCELS { Ok(()) } else { Err(Error::invalid("shipments", too_many())) }
    }

    /// Why an order is not this connected shop's: another one told of it, and is still connected.
    async fn of_another(&self, tx: &WriteTx, number: &str, source: Option<Uuid>) -> Result<Option<String>> {
        let first = self.orders.get(number).and_then(|row| row.body["shop_source_id"].as_str()?.parse::<Uuid>().ok());
        let (Some(first), Some(source)) = (first, source) else { return Ok(None) };
        let other = first != source && shop_source::get_for_write(tx, first).await?.is_some();
        Ok(other.then(|| format!("Order {number} is known from another shop; give one of them a prefix.")))
    }

    fn touch(&mut self, number: &str) {
        let owner = self.orders.get(number).and_then(|row| row.contact_id);
        if let Some(owner) = owner {
            self.touched.entry(ContactId(owner)).or_default().insert(number.to_owned());
        }
    }

    /// What rules are to hear, when somebody is known and it is no history.
    fn tell(&mut self, number: &str, stamp: Ms, what: What) {
        let owner = self.orders.get(number).and_then(|row| row.contact_id);
        let Some(contact) = owner.filter(|_| self.announce && self.now.since(stamp) < NEWS) else { return };
        let about = what.notice().unwrap_or_default();
        self.events.push(Event {
            key: format!("{about}:{}", stamp.0),
            at: self.now,
            contact_id: ContactId(contact),
            conversation_id: None,
            message_id: None,
            settle_ms: 0,
            cause: None,
            what,
        });
    }

    async fn order(&mut self, tx: &WriteTx, given: Order, owner: Option<ContactId>, table: bool) -> Result<Written> {
        let number = given.number.clone();
        let keys = given.shipments.iter().filter(|parcel| !parcel.known_only).map(|parcel| &parcel.key);
        let new: BTreeSet<&String> =
            keys.filter(|key| !self.parcels.contains_key(&(number.clone(), (*key).clone()))).collect();
        let there = self.parcels.keys().filter(|(of, _)| *of == number).count();
        if there + new.len() > PARCELS {
            return Ok(Err(("shipments", too_many())));
        }
        let (parcels, coupons) = (given.shipments.clone(), given.coupons.clone());
        let known = self.orders.get(&number).cloned();
        let row = self.row(given, owner, known.as_ref(), table)?;
        let item = Item { key: number.clone(), body: beside(&row), stamp: row.stamp };
        let before = known.as_ref().map(|row| (beside(row), row.stamp));
        let mut what = outcome(before.as_ref().map(|(body, stamp)| (body, *stamp)), &item);
        if what != Outcome::Older && known.as_ref() != Some(&row) {
            shop::put_order(tx, &row, self.now).await?;
            if known.as_ref().is_some_and(|known| known.contact_id != row.contact_id) {
                // Whose it was sees that it is gone.
                self.touch(&number);
            }
            let (status, stamp) = (row.body["status"].clone(), row.stamp);
            self.orders.insert(number.clone(), row);
            let moved = known.is_none_or(|known| known.body["status"] != status);
            if let Some(status) = status.as_str().and_then(OrderStatus::parse).filter(|_| moved) {
                self.tell(&number, stamp, What::Order { number: number.clone(), status });
            }
        }
        crate::coupon::redeem::by_order(tx, &coupons, &number, self.now).await?;
        for parcel in &parcels {
            let changed = matches!(self.parcel(tx, &number, parcel, table).await?, Outcome::Created | Outcome::Updated);
            if changed && matches!(what, Outcome::Unchanged | Outcome::Older) {
                what = Outcome::Updated;
            }
        }
        if matches!(what, Outcome::Created | Outcome::Updated) {
            self.touch(&number);
        }
        Ok(Ok(what))
    }

    /// An order's row: what is not said of the customer, the day and the status stays as it was known, unless somebody else
    /// is named; of a table, which has not room for all, also what it has no words for.
    fn row(&self, given: Order, owner: Option<ContactId>, known: Option<&OrderRow>, table: bool) -> Result<OrderRow> {
        let stamp = stamp(given.updated_at, self.now);
        let before = known.cloned().map(|row| super::order(row, Vec::new())).transpose()?;
        let (mut given, owner) = (given, owner.map(|id| id.0));
        let contact_id = match &before {
            Some(before) if owner::same(before, &given, owner) => {
                given.phone = given.phone.or_else(|| before.phone.clone());
                given.email = given.email.or_else(|| before.email.clone());
                given.external_id = given.external_id.or_else(|| before.external_id.clone());
                owner.or(before.contact_id)
            }
            _ => owner,
        };
        if let Some(before) = before {
            given.placed_at = given.placed_at.or(before.placed_at);
            given.status = given.status.or(before.status);
            given.shop_source_id = given.shop_source_id.or(before.shop_source_id);
            if table {
                given.total = given.total.or(before.total);
                given.currency = given.currency.or(before.currency);
                given.payment = given.payment.or(before.payment);
                given.source = given.source.or(before.source);
                if given.items.is_empty() {
                    given.items = before.items;
                }
                if given.coupons.is_empty() {
                    given.coupons = before.coupons;
                }
            }
        }
        let bare = Order {
            number: String::new(),
            contact_id: None,
            phone: None,
            email: None,
            status: Some(given.status.unwrap_or(OrderStatus::Pending)),
            placed_at: None,
            shipments: Vec::new(),
            updated_at: None,
            ..given.clone()
        };
        Ok(OrderRow {
            number: given.number,
            contact_id,
            phone: given.phone,
            email: given.email,
            placed_at: given.placed_at.map_or(self.now, Ms),
            body: json!(bare),
            stamp,
        })
    }

    async fn parcel(&mut self, tx: &WriteTx, number: &str, given: &Shipment, table: bool) -> Result<Outcome> {
        let place = (number.to_owned(), given.key.clone());
        let stamp = stamp(given.updated_at, self.now);
        let known = self.parcels.get(&place).cloned();
        if given.known_only && known.is_none() {
            return Ok(Outcome::Unchanged);
        }
        let mut body = json!(Shipment { key: String::new(), updated_at: None, ..given.clone() });
        let before = known.as_ref().map(|row| &row.item.body);
        if table {
            keep(&mut body, before);
        }
        if let Some(before) = before.filter(|_| given.status_unsaid) {
            body["status"] = before["status"].clone();
        }
        let status = body["status"].as_str().and_then(ParcelStatus::parse).unwrap_or(given.status);
        let row = ShipmentRow { number: number.to_owned(), item: Item { key: given.key.clone(), body, stamp } };
        let what = outcome(known.as_ref().map(|row| (&row.item.body, row.item.stamp)), &row.item);
        if what == Outcome::Older || known.as_ref() == Some(&row) {
            return Ok(what);
        }
        shop::put_shipment(tx, &row, self.now).await?;
        if what != Outcome::Unchanged {
            self.touch(number);
        }
        let moved = known.is_none_or(|known| known.item.body["status"] != row.item.body["status"]);
        self.parcels.insert(place, row);
        if moved {
            let (of, key) = (number.to_owned(), given.key.clone());
            self.tell(number, stamp, What::Shipment { number: of, key, status });
        }
        Ok(what)
    }
}

/// An event about a customer's orders.
fn of_orders(owner: ContactId, numbers: &BTreeSet<String>, at: Ms) -> FeedEvent {
    let data = json!({ "changed": ["orders"], "orders": numbers });
    FeedEvent { data, ..told("contact.updated", owner, at, &[]) }
}

fn too_many() -> String {
    format!("has more than {PARCELS} entries")
}
