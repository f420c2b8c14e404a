//! What stands in the blanks about an order: told to one customer, in their language, by their clock.

use super::words::Words;
use super::{Coupon, Order, Parcel, current};
use crate::Ms;
use crate::guard::quiet::{clocks, zone_of};
use crate::time::{HOUR, MINUTE};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::collections::BTreeMap;

/// The names of the blanks: of orders, of the nearest store, and of codes.
pub const NAMES: [&str; 16] = [
    "order.number",
    "order.status",
    "order.total",
    "order.placed",
    "order.payment",
    "product.last",
    "shipment.tracking_number",
    "shipment.tracking_url",
    "shipment.courier",
    "shipment.status",
    "shipment.expected",
    "shipment.last_event",
    "store.nearest",
    COUPON[0],
    COUPON[1],
    COUPON[2],
];

/// The names of those about a code that the customer was given: itself, what it takes off, its last day.
pub const COUPON: [&str; 3] = ["coupon.code", "coupon.value", "coupon.until"];

/// A moment that a courier gives alone is taken for the middle of as much before and after it.
const AROUND: i64 = 2 * HOUR;

/// Whether something is the name of such a blank.
#[must_use]
pub fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Whether a text may have such a blank.
#[must_use]
pub fn asks(text: &str) -> bool {
    NAMES.iter().any(|name| text.contains(name))
}

/// To whom, and when.
#[derive(Debug, Clone)]
pub struct Telling<'a> {
    /// Their language, any tag; those without words are told in English.
    pub language: &'a str,
    /// Their clock.
    pub zone: TimeZone,
    /// Now; `None` for what may be read much later, as templates may: days are then told by their dates.
    pub now: Option<Ms>,
}

impl<'a> Telling<'a> {
    /// To a customer by their own clock: the contact's time zone, else their country's, else the workspace's.
    #[must_use]
    pub fn to(language: &'a str, own: Option<&str>, country: Option<&str>, workspace: &str, now: Option<Ms>) -> Self {
        let names = clocks(own, country, workspace).names;
        let zone = names.first().and_then(|name| zone_of(name)).unwrap_or(TimeZone::UTC);
        Self { language, zone, now }
    }

    fn local(&self, at: Ms) -> Option<Zoned> {
        Timestamp::from_millisecond(at.0).ok().map(|at| at.to_zoned(self.zone.clone()))
    }

    /// How many days from today a moment is, by the clock; below zero: before today.
    fn away(&self, at: &Zoned) -> Option<i64> {
        let today = self.local(self.now?)?.date();
        Some(i64::from(today.until(at.date()).ok()?.get_days()))
    }
}

/// A moment of the past: `3 days ago`, or its day.
fn ago(at: Ms, telling: &Telling<'_>) -> Option<String> {
    let words = Words::of(telling.language);
    let local = telling.local(at)?;
    Some(telling.away(&local).map_or_else(|| words.date(local.date()), |away| words.ago(-away)))
}

/// The day of a moment: `tomorrow`, `24 November`.
fn on_day(at: Ms, telling: &Telling<'_>) -> Option<String> {
    let words = Words::of(telling.language);
    let local = telling.local(at)?;
    let away = telling.away(&local);
    Some(away.map_or_else(|| words.date(local.date()), |away| words.day(local.date(), away)))
}

/// When a parcel comes: `tomorrow, 14:00–16:00`; a day alone where only days are known, two days where it may be
/// either.
fn expected(parcel: &Parcel, telling: &Telling<'_>) -> Option<String> {
    let midnight = |at: Ms| telling.local(at).is_some_and(|at| (at.hour(), at.minute()) == (0, 0));
    let (from, to) = match parcel.expected {
        (None, None) => return None,
        (Some(from), Some(to)) => (from, to),
        (Some(at), None) | (None, Some(at)) if midnight(at) => return on_day(at, telling),
        (Some(at), None) | (None, Some(at)) => (at.plus(-AROUND), at.plus(AROUND)),
    };
    let (first, last) = (on_day(from, telling)?, on_day(to, telling)?);
    if midnight(from) && midnight(to) {
        return Some(if first == last { first } else { format!("{first} – {last}") });
    }
    let time = |at: Ms| telling.local(at).map(|at| format!("{:02}:{:02}", at.hour(), at.minute()));
    let (begins, ends, comma) = (time(from)?, time(to)?, Words::of(telling.language).comma());
    Some(if to.since(from) < MINUTE {
        format!("{first}{comma}{begins}")
    } else if first == last {
        format!("{first}{comma}{begins}–{ends}")
    } else {
        format!("{first}{comma}{begins} – {last}{comma}{ends}")
    })
}

/// What is known of a code under the names of [`COUPON`]; one that is good for ever has no last day.
#[must_use]
pub fn coupon_values(coupon: &Coupon, telling: &Telling<'_>) -> BTreeMap<String, String> {
    // What ends at a midnight was good on the day before it.
    let last = coupon.until.and_then(|until| on_day(until.plus(-1), telling));
    let known = [Some(coupon.code.clone()), Some(coupon.worth.clone()), last];
    COUPON.iter().zip(known).filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect()
}

/// What is known of an order under the names of [`NAMES`]; what is not known is left out.
#[must_use]
pub fn values(order: &Order, telling: &Telling<'_>) -> BTreeMap<String, String> {
    let words = Words::of(telling.language);
    let total = order.total.as_ref().map(|total| match &order.currency {
        Some(currency) => format!("{total} {currency}"),
        None => total.clone(),
    });
    let parcel = current(&order.parcels);
    let of = |read: fn(&Parcel) -> Option<String>| parcel.and_then(read);
    let known = [
        Some(order.number.clone()),
        Some(words.order(order.status).to_owned()),
        total,
        ago(order.placed_at, telling),
        order.payment.clone(),
        order.product.clone(),
        of(|parcel| parcel.tracking_number.clone()),
        of(|parcel| parcel.tracking_url.clone()),
        of(|parcel| parcel.courier.clone()),
        parcel.map(|parcel| words.parcel(parcel.status).to_owned()),
        parcel.and_then(|parcel| expected(parcel, telling)),
        of(|parcel| parcel.last_event.clone()),
    ];
    let told = NAMES.iter().zip(known).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
    told.filter(|(_, value)| !value.trim().is_empty()).collect()
}
