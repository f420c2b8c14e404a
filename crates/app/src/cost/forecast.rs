//! What a plan to write to many customers will take, asked by people and programs before they do it.

use super::card;
use crate::account::guard_policy::rules;
use crate::auth::{Caller, Permission};
use crate::channel::calls;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::cost::{CATEGORIES, Plan, RateCard, Room, forecast as foresee};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, ContactId, Ms};
use rapport_store::reach;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Countries of one plan.
const COUNTRIES_MAX: usize = 300;
/// More customers than there are people is a typing error.
const CUSTOMERS_MAX: u32 = 1_000_000_000;

/// How far ahead prices can be told. Milliseconds.
const AHEAD_MS: i64 = 366 * DAY;

/// How many customers of a country.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ForecastCustomers)]
pub struct Customers {
    /// ISO 3166 country in capitals; null = not known.
    pub country: Option<String>,
    /// How many.
    pub count: u32,
}

/// What is planned.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ForecastRequest)]
pub struct Request {
    /// The channel it would go over.
    pub channel_id: Uuid,
    /// The template's category: `marketing`, `utility`, ...
    pub category: String,
    /// Customers by country; left out or null = every contact that agreed to marketing.
    pub customers: Option<Vec<Customers>>,
    /// When, milliseconds UTC; left out = now.
    pub at: Option<i64>,
}

/// How it is spread over days, so that no day passes 80 % of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ForecastBatches)]
pub struct Batches {
    /// Customers on the first day; 0 when that day is full already.
    pub first: u32,
    /// Customers on each later day; the last may have fewer.
    pub each: u32,
    /// How many days have customers.
    pub count: u32,
}

/// One country of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ForecastCountry)]
pub struct Country {
    /// ISO 3166 country; null = not known.
    #[schema(required)]
    pub country: Option<String>,
    /// Customers.
    pub customers: u32,
    /// Millionths of the currency; null while the price is missing.
    #[schema(required)]
    pub amount_micros: Option<i64>,
}

/// What the plan will take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Forecast)]
pub struct ForecastView {
    /// Customers written to.
    pub customers: u32,
    /// Calls expected: the messages and what follows them, three a customer.
    pub calls: u64,
    /// Millionths of the currency, for the customers whose price is known.
    pub amount_micros: i64,
    /// ISO 4217; null while the rate card has no price.
    #[schema(required)]
    pub currency: Option<String>,
    /// Customers whose price is missing: the cost is at least `amount_micros`.
    pub unpriced: u32,
    /// Customers the account may write to first in 24 h; null = unlimited.
    #[schema(required)]
    pub tier_limit: Option<u32>,
    /// Whether that is the account's own figure; false: it is not known and the cautious one of the rules counts.
    pub tier_known: bool,
    /// Customers written to first in the last 24 h.
    pub tier_used: u32,
    /// Share of the tier with this plan, in percent; null without a limit.
    #[schema(required)]
    pub tier_percent: Option<u64>,
    /// The shop's own limit a day: of messages of the number or of calls to the provider, whichever leaves less; null = none.
    #[schema(required)]
    pub daily_limit: Option<u32>,
    /// How far it is used.
    pub daily_used: u32,
    /// Share of that with this plan, in percent; null without a limit.
    #[schema(required)]
    pub daily_percent: Option<u64>,
    /// Whether a share is over 80 %: it goes out in batches.
    pub over: bool,
    /// The batches; null when a limit leaves no room on any day.
    #[schema(required)]
    pub batches: Option<Batches>,
    /// By country, the most customers first.
    pub countries: Vec<Country>,
}

/// Says what a plan will take.
///
/// # Errors
/// `Forbidden`, `NotFound` when there is no such channel, `Invalid` naming the field, `Store`.
pub async fn forecast(app: &App, caller: &Caller, request: Request) -> Result<ForecastView> {
    caller.require(Permission::CostRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let channel = rapport_store::channel::get(&read, ChannelId(request.channel_id)).await?;
    let channel = channel.ok_or(Error::NotFound("channel"))?;
    if !CATEGORIES.contains(&request.category.as_str()) {
        return Err(Error::invalid("category", format!("must be one of {}", CATEGORIES.join(", "))));
    }
    let now = app.now();
    if request.at.is_some_and(|at| Ms(at).since(now).abs() > AHEAD_MS) {
        return Err(Error::invalid("at", "must be within a year from now"));
    }
    let customers = match request.customers {
        Some(given) => checked(given)?,
        None => agreed(rapport_store::contact::opted_in(&read).await?),
    };
    let policy = rules(app, caller.workspace).await?.policy;
    let used =
        reach::first_messages(&read, &channel.portfolio_key, ContactId(Uuid::nil()), now.plus(-DAY)).await?.customers;
    let today = reach::of_channel(&read, ChannelId(channel.id), Ms(now.day() * DAY)).await?;
    let tier = match channel.tier_limit {
        None => Some(policy.unknown_tier),
        // What does not fit is the word for "unlimited".
        Some(limit) => u32::try_from(limit).ok(),
    };
    let own = channel.daily_limit.and_then(|limit| u32::try_from(limit).ok());
    let mut room = Room {
        tier,
        tier_used: u32::try_from(used).unwrap_or(u32::MAX),
        calls_per_day: own,
        calls_used: u32::try_from(today).unwrap_or(u32::MAX),
    };
    if policy.calls_per_day > 0 {
        let made = calls::left(&read, &channel.portfolio_key, &policy, now).await?;
        let made = made.map_or(0, |budget| budget.used(now).1);
        // The one that leaves less room counts.
        let left = policy.calls_per_day.saturating_sub(made);
        if own.is_none_or(|limit| left < limit.saturating_sub(room.calls_used)) {
            (room.calls_per_day, room.calls_used) = (Some(policy.calls_per_day), made);
        }
    }
    let card = card(&read).await?;
    let plan = Asked { category: request.category, at: request.at.map_or(now, Ms), customers };
    Ok(plan.answer(&card, &room, channel.tier_limit.is_some()))
}

struct Asked {
    category: String,
    at: Ms,
    customers: Vec<(Option<String>, u32)>,
}

impl Asked {
    fn answer(self, card: &RateCard, room: &Room, tier_known: bool) -> ForecastView {
        let say = |customers: &[(Option<&str>, u32)], room: &Room| {
            foresee(card, &Plan { category: &self.category, customers, at: self.at }, room)
        };
        let all: Vec<(Option<&str>, u32)> =
            self.customers.iter().map(|(country, count)| (country.as_deref(), *count)).collect();
        let whole = say(&all, room);
        let mut countries: Vec<Country> = all
            .iter()
            .map(|one| {
                let part = say(std::slice::from_ref(one), &Room::default());
                let amount_micros = (part.unpriced == 0).then_some(part.micros);
                Country { country: one.0.map(str::to_owned), customers: one.1, amount_micros }
            })
            .collect();
        countries.sort_by(|a, b| b.customers.cmp(&a.customers).then_with(|| a.country.cmp(&b.country)));
        ForecastView {
            customers: whole.customers,
            calls: whole.calls,
            amount_micros: whole.micros,
            currency: whole.currency,
            unpriced: whole.unpriced,
            tier_limit: room.tier,
            tier_known,
            tier_used: room.tier_used,
            tier_percent: whole.tier_percent,
            daily_limit: room.calls_per_day,
            daily_used: room.calls_used,
            daily_percent: whole.calls_percent,
            over: whole.over,
            batches: whole.batches.map(|one| Batches { first: one.first, each: one.each, count: one.count }),
            countries,
        }
    }
}

fn checked(given: Vec<Customers>) -> Result<Vec<(Option<String>, u32)>> {
    if given.len() > COUNTRIES_MAX {
        return Err(Error::invalid("customers", format!("must name at most {COUNTRIES_MAX} countries")));
    }
    let mut known: Vec<(Option<String>, u32)> = Vec::with_capacity(given.len());
    for (at, one) in given.into_iter().enumerate() {
        let country = one.country.map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
        let fits = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if country.as_ref().is_some_and(|code| !fits(code)) {
            return Err(Error::invalid(format!("customers.{at}.country"), "must be a country code such as AE"));
        }
        if one.count > CUSTOMERS_MAX {
            let detail = format!("must be at most {CUSTOMERS_MAX}");
            return Err(Error::invalid(format!("customers.{at}.count"), detail));
        }
        if known.iter().any(|(other, _)| *other == country) {
            return Err(Error::invalid(format!("customers.{at}.country"), "stands there twice"));
        }
        known.push((country, one.count));
    }
    Ok(known)
}

fn agreed(rows: Vec<(Option<String>, i64)>) -> Vec<(Option<String>, u32)> {
    rows.into_iter().map(|(country, count)| (country, u32::try_from(count).unwrap_or(u32::MAX))).collect()
}
