//! What of the shop a customer is told: the order that is meant, in their words.

use crate::error::Result;
use crate::state::App;
use jiff::civil::Date;
use rapport_core::rule::{Event, What};
use rapport_core::shop::{COUPON, Order, OrderStatus, Parcel, Telling, asks, coupon_values, is_name, meant, values};
use rapport_core::{ContactId, MessageId, Ms};
use rapport_store::Read;
use rapport_store::contact::ContactRow;
use rapport_store::query::thread;
use rapport_store::shop::{self, Shelf};
use rapport_text::entities::{EntitySettings, Value, entities};
use rapport_text::language::{Script, guess};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The blank that asks for where the customer is.
const STORE: &str = "store.nearest";
/// How many of a customer's orders a message may name.
const BACK: u64 = 50;

/// What decides which of a customer's orders is meant.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hint<'a> {
    /// The order that an event is about.
    pub number: Option<&'a str>,
    /// The parcel of it that the event is about: no other one is told.
    pub parcel: Option<&'a str>,
    /// What the customer wrote.
    pub text: &'a str,
    /// The run whose code is told; without one it is the newest that the customer can still use.
    pub run: Option<Uuid>,
}

impl<'a> Hint<'a> {
    /// What an event is about, beside what the customer wrote.
    pub fn of(what: &'a What, text: &'a str) -> Self {
        Self { number: what.order(), parcel: what.parcel(), text, run: None }
    }
}

/// The order of a customer that is meant: the one an event is about, else the one a message names, else the newest.
/// Somebody else's never is.
///
/// # Errors
/// `Store`.
pub(crate) async fn order(read: &Read, contact: ContactId, hint: Hint<'_>) -> Result<Option<Order>> {
    let rows = match hint.number {
        Some(number) => {
            shop::order(read, number).await?.into_iter().filter(|row| row.contact_id == Some(contact.0)).collect()
        }
        None => shop::orders(read, Some(contact), None, BACK).await?,
    };
    let whole = super::whole(read, rows).await?;
    let lines: BTreeMap<String, super::Line> =
        whole.iter().filter_map(|order| Some((order.number.clone(), order.items.first()?.clone()))).collect();
    let orders: Vec<Order> = whole.into_iter().map(seen).collect();
    let Some(mut order) = meant(&orders, hint.text, &numbers(hint.text)).cloned() else { return Ok(None) };
    if let Some(key) = hint.parcel {
        order.parcels.retain(|parcel| parcel.key == key);
    }
    if let (None, Some(sku)) = (&order.product, lines.get(&order.number).and_then(|line| line.sku.clone())) {
        let known = shop::get(read, Shelf::Products, &sku).await?.map(super::product).transpose()?;
        order.product = Some(known.map_or(sku, |product| product.name));
    }
    Ok(Some(order))
}

/// What a text has of order numbers. Which day it is makes no difference to them.
fn numbers(text: &str) -> Vec<String> {
    let found = entities(text, Date::constant(2026, 1, 1), &EntitySettings::default()).into_iter();
    found
        .filter_map(|entity| match entity.value {
            Value::Order { number } => Some(number),
            _ => None,
        })
        .collect()
}

/// An order as decisions see it.
fn seen(order: super::Order) -> Order {
    Order {
        number: order.number,
        status: order.status.unwrap_or(OrderStatus::Pending),
        total: order.total,
        currency: order.currency,
        payment: order.payment,
        placed_at: Ms(order.placed_at.unwrap_or_default()),
        product: order.items.into_iter().next().and_then(|line| line.name),
        parcels: order.shipments.into_iter().map(parcel).collect(),
    }
}

fn parcel(given: super::Shipment) -> Parcel {
    Parcel {
        key: given.key,
        status: given.status,
        courier: given.courier,
        tracking_number: given.tracking_number,
        tracking_url: given.tracking_url,
        expected: (given.expected_from.map(Ms), given.expected_to.map(Ms)),
        last_event: given.last_event,
        changed_at: Ms(given.updated_at.unwrap_or_default()),
    }
}

/// What fills the blanks of the shop in a text that a rule writes because of an event. Asks the database for nothing
/// when it has none of them.
///
/// # Errors
/// `Store`.
pub(crate) async fn of_event(
    app: &App,
    read: &Read,
    contact: &ContactRow,
    body: &str,
    (event, run): (Option<&Event>, Option<Uuid>),
) -> Result<BTreeMap<String, String>> {
    if !asks(body) {
        return Ok(BTreeMap::new());
    }
    let message = match event.and_then(|event| event.message_id) {
        Some(id) => said(read, id).await?,
        None => String::new(),
    };
    let hint = event.map_or(Hint { text: &message, ..Hint::default() }, |event| Hint::of(&event.what, &message));
    of_text(app, read, contact, body, Hint { run, ..hint }).await
}

async fn said(read: &Read, id: MessageId) -> Result<String> {
    let line = thread::by_id(read, &[id]).await?.pop();
    Ok(line.map(|line| line.content.text()).unwrap_or_default())
}

/// The same for a text that a person is about to send.
///
/// # Errors
/// `Store`.
pub(crate) async fn of_text(
    app: &App,
    read: &Read,
    contact: &ContactRow,
    body: &str,
    hint: Hint<'_>,
) -> Result<BTreeMap<String, String>> {
    if !asks(body) {
        return Ok(BTreeMap::new());
    }
    let own = contact.language.as_deref().filter(|tag| !tag.is_empty());
    let language = own.or_else(|| language_of(body)).map(str::to_owned);
    let asked = |name: &&str| body.contains(*name);
    let wanted = Wanted { store: asked(&STORE), coupon: COUPON.iter().any(asked), now: app.now(), spoken: true };
    told(read, contact, language.as_deref(), hint, wanted).await
}

/// The language a text is written in. Scripts other than Latin say it also where a few words do not.
fn language_of(text: &str) -> Option<&'static str> {
    // The names of blanks are no words of it.
    let named = |part: &str| part.split_once(['|', '}']).map(|(_, rest)| rest.to_owned()).unwrap_or_default();
    let mut parts = text.split('{');
    let words: String = parts.next().map(str::to_owned).into_iter().chain(parts.map(named)).collect();
    let found = guess(&words)?;
    match found.script {
        Script::Latin => found.sure.then_some(found.language),
        Script::HanTraditional => Some("zh-Hant"),
        _ => Some(found.language),
    }
}

/// What fills the blanks of a template that is sent at `now`, and may be read much later: days are told by their dates.
///
/// # Errors
/// `Store`.
pub(crate) async fn of_template(
    read: &Read,
    contact: &ContactRow,
    language: &str,
    sources: &[&str],
    (now, hint): (Ms, Hint<'_>),
) -> Result<BTreeMap<String, String>> {
    if !sources.iter().any(|source| is_name(source)) {
        return Ok(BTreeMap::new());
    }
    let coupon = COUPON.iter().any(|name| sources.contains(name));
    let wanted = Wanted { store: sources.contains(&STORE), coupon, now, spoken: false };
    told(read, contact, Some(language), hint, wanted).await
}

/// What is asked for beside the order.
struct Wanted {
    store: bool,
    coupon: bool,
    now: Ms,
    /// It is read at once: days are told as seen from now.
    spoken: bool,
}

async fn told(
    read: &Read,
    contact: &ContactRow,
    language: Option<&str>,
    hint: Hint<'_>,
    wanted: Wanted,
) -> Result<BTreeMap<String, String>> {
    let home = rapport_store::workspace::get(read).await?;
    let (locale, zone) = home.map(|row| (row.locale, row.timezone)).unwrap_or_default();
    let (own, country) = (contact.timezone.as_deref(), contact.country.as_deref());
    let spoken = wanted.spoken.then_some(wanted.now);
    let telling = Telling::to(language.unwrap_or(&locale), own, country, &zone, spoken);
    let found = order(read, ContactId(contact.id), hint).await?;
    let mut known = found.map(|order| values(&order, &telling)).unwrap_or_default();
    if wanted.store
        && let Some(nearest) = super::near::near(read, ContactId(contact.id), wanted.now).await?
    {
        known.insert(STORE.to_owned(), nearest);
    }
    if wanted.coupon
        && let Some(coupon) = crate::coupon::issue::told(read, ContactId(contact.id), hint.run, wanted.now).await?
    {
        known.extend(coupon_values(&coupon, &telling));
    }
    Ok(known)
}
