//! Taking a shop's delivery in: read, and told of as any program would.

use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::shop::kept::of_product;
use crate::shop::write::{Pen, Written};
use crate::shop::{Line, Order, Product, Shipment, check};
use crate::state::App;
use rapport_connectors::shop::{self as told, Kind, Told};
use rapport_core::contact::identity::Identity;
use rapport_core::shop::{COUPONS, LINES, PARCELS, ParcelStatus};
use rapport_core::time::{DAY, MINUTE};
use rapport_core::{Ms, WorkspaceId};
use rapport_store::shop::Shelf;
use rapport_store::shop_source::{self, DONE, DeliveryRow, FAILED, IGNORED, SourceRow, WAITING};
use uuid::Uuid;

/// How long a parcel waits for its order, milliseconds: they may come in any order.
const PATIENCE: i64 = DAY;
/// How many variants that were left out are named, and so much of their SKU, characters.
const NAMED: usize = 5;
const SHOWN: usize = 40;
/// How long deliveries are kept, milliseconds: longer than shops repeat them.
const KEPT: i64 = 14 * DAY;

/// What became of a delivery.
enum Taken {
    /// It was taken in; what was left out of it, in words.
    Done(Option<String>),
    /// It tells nothing that is kept here.
    Ignored(String),
    /// It cannot be taken in.
    Failed(String),
    /// Its order is not known yet.
    Early,
}

/// Takes a delivery in. Harmless to repeat.
///
/// # Errors
/// What the store said.
pub(crate) async fn run(app: &App, workspace: WorkspaceId, id: Uuid) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let waiting = shop_source::delivery(&read, id).await?.filter(|row| row.state == WAITING);
    let Some(row) = waiting else { return Ok(Outcome::Done) };
    let Some(source) = shop_source::get(&read, row.source_id).await? else { return Ok(Outcome::Done) };
    let taken = match Kind::parse(&source.kind) {
        Some(kind) => take(app, &source, kind, &row).await?,
        None => Taken::Failed("This version knows no such shop.".to_owned()),
    };
    let now = app.now();
    let (state, detail, again) = match taken {
        Taken::Done(skipped) => (DONE, skipped, None),
        Taken::Ignored(why) => (IGNORED, Some(why), None),
        Taken::Failed(why) => (FAILED, Some(why), None),
        Taken::Early if now.since(Ms(row.received_at)) < PATIENCE => {
            let minutes = 1_i64 << row.attempts.clamp(0, 6);
            (WAITING, Some("Its order is not known yet.".to_owned()), Some(now.plus(minutes * MINUTE)))
        }
        Taken::Early => (FAILED, Some("Its order did not come.".to_owned()), None),
    };
    let body = row.body.clone().filter(|_| matches!(state, WAITING | FAILED));
    let (source, attempts) = (row.source_id, row.attempts.saturating_add(1));
    let row = DeliveryRow { state: state.to_owned(), detail, body, attempts, updated_at: now.0, ..row };
    let tx = app.store.workspace(workspace).write().await?;
    shop_source::update_delivery(&tx, row).await?;
    shop_source::prune(&tx, source, now.plus(-KEPT)).await?;
    tx.commit().await?;
    Ok(again.map_or(Outcome::Done, |at| Outcome::Again { at }))
}

async fn take(app: &App, source: &SourceRow, kind: Kind, row: &DeliveryRow) -> Result<Taken> {
    let workspace = WorkspaceId(source.workspace_id);
    let body = row.body.as_deref().unwrap_or_default();
    let said = match told::read(kind, &row.topic, row.domain.as_deref(), body) {
        Ok(said) => said,
        Err(error) => return Ok(Taken::Failed(error.to_string())),
    };
    let caller = Caller::system(workspace);
    // What a delivery has no words for stays as it was known: other names of a product, for one.
    let pen = Pen { app, caller: &caller, announce: true, dry_run: false, table: true, source: Some(source.id) };
    let country = app.channels.policy(workspace).await?.default_country.clone();
    let own = |number: String| format!("{}{number}", source.prefix);
    let done = match said {
        Told::Nothing(why) => return Ok(Taken::Ignored(why.to_owned())),
        Told::Products(products) if products.is_empty() => {
            return Ok(Taken::Ignored("The product has no SKU.".to_owned()));
        }
        Told::Products(products) => shelve(&pen, products).await,
        Told::Order(order) => {
            let order = told::Order { number: own(order.number.clone()), ..*order };
            write(&pen, self::order(order, &country), &country).await.map(|()| None)
        }
        Told::Parcel(number, parcel) => {
            let number = own(number);
            let read = app.store.workspace(workspace).read();
            if rapport_store::shop::order(&read, &number).await?.is_none() {
                return Ok(Taken::Early);
            }
            pen.parcel(&number, shipment(parcel)).await.map(|()| None)
        }
    };
    match done {
        Ok(skipped) => Ok(Taken::Done(skipped)),
        Err(Error::Invalid { field, detail }) => Ok(Taken::Failed(format!("{field}: {detail}"))),
        Err(Error::Refused { detail, .. }) => Ok(Taken::Failed(detail)),
        Err(Error::NotFound(_)) => Ok(Taken::Early),
        Err(error) => Err(error),
    }
}

/// Puts on the shelf what can be; says what was left out. Fails when nothing can be.
async fn shelve(pen: &Pen<'_>, products: Vec<told::Product>) -> Result<Option<String>> {
    let (mut items, mut skipped, mut first) = (Vec::with_capacity(products.len()), Vec::new(), None);
    for product in products {
        let shown: String = product.sku.chars().take(SHOWN).collect();
        match check::product(self::product(product)) {
            Ok(product) => items.push(of_product(product, pen.app.now())),
            Err(error) => {
                skipped.push(shown);
                first = first.or(Some(error));
            }
        }
    }
    if let Some(error) = first.filter(|_| items.is_empty()) {
        return Err(error);
    }
    pen.shelf(Shelf::Products, items).await?;
    let named = skipped.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    Ok((!skipped.is_empty()).then(|| format!("Left out, as they cannot be kept: {} ({named}).", skipped.len())))
}

async fn write(pen: &Pen<'_>, order: Order, country: &str) -> Result<()> {
    let written: Vec<Written> = pen.orders(vec![check::order(order, country)?]).await?;
    for one in written {
        one.map_err(|(field, detail)| Error::invalid(field, detail))?;
    }
    Ok(())
}

/// A text cut to what is kept of it: a shop's words are not refused for their length.
fn cut(given: Option<String>, most: usize) -> Option<String> {
    given.map(|text| text.chars().filter(|c| !c.is_control()).take(most).collect())
}

/// A link that can be shown, if it is one.
fn link(given: Option<String>) -> Option<String> {
    given.filter(|link| check::link("url", Some(link)).is_ok())
}

fn sum(given: Option<String>) -> Option<String> {
    given.filter(|sum| rapport_core::shop::amount(sum).is_some())
}

fn product(given: told::Product) -> Product {
    Product {
        sku: given.sku,
        name: cut(Some(given.name), rapport_core::shop::NAME).unwrap_or_default(),
        price: sum(given.price),
        currency: None,
        url: link(given.url),
        aliases: Vec::new(),
        active: given.active,
        active_unsaid: false,
        updated_at: given.updated_at.map(|at| at.0),
    }
}

fn shipment(given: told::Parcel) -> Shipment {
    Shipment {
        key: given.key,
        status: given.status.unwrap_or(ParcelStatus::InTransit),
        status_unsaid: given.status.is_none(),
        known_only: given.called_off,
        courier: cut(given.courier, rapport_core::shop::NAME),
        tracking_number: cut(given.tracking_number, rapport_core::shop::KEY),
        tracking_url: link(given.tracking_url),
        expected_from: None,
        expected_to: None,
        last_event: None,
        last_event_at: None,
        updated_at: given.updated_at.map(|at| at.0),
    }
}

/// An order whose customer's number and address are left out where they are none: shops let people write anything.
fn order(given: told::Order, country: &str) -> Order {
    let line = |line: told::Line| Line {
        sku: cut(line.sku, rapport_core::shop::KEY),
        name: cut(line.name, rapport_core::shop::NAME),
        quantity: line.quantity,
        price: sum(line.price),
    };
    let mut parcels = given.parcels;
    // What was called off takes nobody's place.
    parcels.sort_by_key(|parcel| parcel.called_off);
    Order {
        number: given.number,
        contact_id: None,
        contact_name: None,
        shop_source_id: None,
        phone: given.phone.filter(|phone| Identity::phone(phone, country).is_ok()),
        email: given.email.filter(|email| Identity::email(email).is_ok()),
        external_id: None,
        status: given.status,
        total: sum(given.total),
        currency: given.currency.filter(|code| check::currency(Some(code)).is_ok()),
        payment: cut(given.payment, rapport_core::shop::NAME),
        source: cut(given.source, rapport_core::shop::NAME),
        placed_at: given.placed_at.map(|at| at.0),
        items: given
            .lines
            .into_iter()
            .map(line)
            .filter(|line| line.sku.is_some() || line.name.is_some())
            .take(LINES)
            .collect(),
        shipments: parcels.into_iter().map(shipment).take(PARCELS).collect(),
        coupons: given.coupons.into_iter().filter(|code| check::is_coupon(code)).take(COUPONS).collect(),
        updated_at: given.updated_at.map(|at| at.0),
    }
}
