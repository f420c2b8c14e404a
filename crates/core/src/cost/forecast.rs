//! What a campaign will take before it is sent (`product.md` M2).

use super::{Ask, RateCard, Window};
use crate::Ms;

/// Calls that one customer of a campaign is expected to cause: the message and what follows it.
const CALLS_PER_CUSTOMER: u64 = 3;
/// Above this share of a limit a campaign is sent in batches, in percent.
const FULL_PERCENT: u64 = 80;

/// What is planned.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The template's category.
    pub category: &'a str,
    /// How many customers in which country (`None` = not known).
    pub customers: &'a [(Option<&'a str>, u32)],
    /// When it would go out.
    pub at: Ms,
}

/// What there is room for. `None` = no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// Customers that may be written to first in 24 h.
    pub tier: Option<u32>,
    /// How many of them are used.
    pub tier_used: u32,
    /// Calls to the provider a day.
    pub calls_per_day: Option<u32>,
    /// How many of them are used.
    pub calls_used: u32,
}

/// How a plan is spread over days, so that each stays below 80 % of the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batches {
    /// Customers on the first day; 0 when that day is full already.
    pub first: u32,
    /// Customers on each later day; the last may have fewer.
    pub each: u32,
    /// How many days have customers.
    pub count: u32,
}

/// What the plan will take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// Customers written to.
    pub customers: u32,
    /// Calls expected.
    pub calls: u64,
    /// Millionths of the currency for the customers with a price.
    pub micros: i64,
    /// The currency; `None` while the card has none.
    pub currency: Option<String>,
    /// Customers whose price is not known: the cost is at least `micros`.
    pub unpriced: u32,
    /// Share of the tier that would be used, with what is used already, in percent.
    pub tier_percent: Option<u64>,
    /// The same of the calls a day.
    pub calls_percent: Option<u64>,
    /// Whether a share is over 80 %.
    pub over: bool,
    /// One batch unless `over`. `None`: a limit leaves no room on any day.
    pub batches: Option<Batches>,
}

/// Says what a plan will take.
#[must_use]
pub fn forecast(card: &RateCard, plan: &Plan<'_>, room: &Room) -> Forecast {
    let customers = plan.customers.iter().fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
    let calls = u64::from(customers) * CALLS_PER_CUSTOMER;
    let (mut micros, mut unpriced) = (0_i64, 0_u32);
    for (country, count) in plan.customers {
        let ask =
            Ask { category: plan.category, country: *country, window: Window::Closed, at: plan.at, service_used: 0 };
        match card.estimate(&ask).micros {
            Some(one) => micros = micros.saturating_add(one.saturating_mul(i64::from(*count))),
            None => unpriced = unpriced.saturating_add(*count),
        }
    }
    let tier_percent = room.tier.map(|tier| share(u64::from(room.tier_used) + u64::from(customers), tier));
    let calls_percent = room.calls_per_day.map(|most| share(u64::from(room.calls_used) + calls, most));
    let over = [tier_percent, calls_percent].into_iter().flatten().any(|percent| percent > FULL_PERCENT);
    let batches =
        if over { spread(customers, room) } else { Some(Batches { first: customers, each: customers, count: 1 }) };
    let currency = card.currency().map(str::to_owned);
    Forecast { customers, calls, micros, currency, unpriced, tier_percent, calls_percent, over, batches }
}

/// Percent, rounded up: 80.1 % is over 80 %.
fn share(used: u64, limit: u32) -> u64 {
    if limit == 0 { u64::MAX } else { (used * 100).div_ceil(u64::from(limit)) }
}

fn spread(customers: u32, room: &Room) -> Option<Batches> {
    let most = |limit: u32| u64::from(limit) * FULL_PERCENT / 100;
    let of_tier = |used: u32| room.tier.map(|tier| most(tier).saturating_sub(used.into()));
    let of_calls = |used: u32| {
        room.calls_per_day.map(|most_calls| most(most_calls).saturating_sub(used.into()) / CALLS_PER_CUSTOMER)
    };
    let least = |tier: Option<u64>, calls: Option<u64>| {
        let fits = [tier, calls].into_iter().flatten().min().unwrap_or(u64::MAX);
        u32::try_from(fits).unwrap_or(u32::MAX)
    };
    let each = least(of_tier(0), of_calls(0));
    if each == 0 {
        return None;
    }
    let first = least(of_tier(room.tier_used), of_calls(room.calls_used)).min(customers);
    let count = (customers - first).div_ceil(each) + u32::from(first > 0);
    Some(Batches { first, each, count })
}
