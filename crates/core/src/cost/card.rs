//! Rates by category, market and month, and the rules under which a message is free.

use super::{FREE_ENTRY_POINT, Month, Price};
use crate::Ms;

/// The market of every country without a rate of its own.
pub const ANYWHERE: &str = "*";

/// The categories that can have a rate.
pub const CATEGORIES: [&str; 6] =
    ["marketing", "marketing_lite", "utility", "authentication", "authentication-international", "service"];

/// Since then messages are charged one by one; before, conversations were.
const PER_MESSAGE_SINCE: Month = Month::new(2025, 7);
/// Since then service messages are charged, and utility templates in the window again.
const SERVICE_PAID_SINCE: Month = Month::new(2026, 10);
/// Delivered service messages that are free for each number and month since then.
const SERVICE_FREE: u32 = 1_000;

/// What a message of a category costs in a market from a month on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// One of [`CATEGORIES`].
    pub category: String,
    /// ISO country, or [`ANYWHERE`].
    pub market: String,
    /// The first month it holds for.
    pub from: Month,
    /// Millionths of the currency for one message; `None` while nobody has entered it.
    pub micros: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Whether a person has compared it with the provider's own list.
    pub confirmed: bool,
}

/// The rows a new workspace begins with: what is charged at all, without amounts. The provider's amounts differ by
/// the account's currency and change each quarter, so they are entered, never guessed.
#[must_use]
pub fn starter() -> Vec<Rate> {
    let row = |category: &str, from| Rate {
        category: category.to_owned(),
        market: ANYWHERE.to_owned(),
        from,
        micros: None,
        currency: None,
        confirmed: false,
    };
    vec![
        row("marketing", PER_MESSAGE_SINCE),
        row("utility", PER_MESSAGE_SINCE),
        row("authentication", PER_MESSAGE_SINCE),
        row("authentication-international", PER_MESSAGE_SINCE),
        row("service", SERVICE_PAID_SINCE),
    ]
}

/// The state of the customer's window when a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// The customer has not written for 24 hours.
    Closed,
    /// The customer wrote within 24 hours.
    CustomerService,
    /// The customer came through an ad or a page button; open for 72 hours after our first answer.
    FreeEntryPoint,
}

/// What an estimate is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// The category: a template's own, `service` for everything else.
    pub category: &'a str,
    /// The customer's ISO country, when known.
    pub country: Option<&'a str>,
    /// The customer's window.
    pub window: Window,
    /// When it would arrive.
    pub at: Ms,
    /// Service messages the number has delivered free of charge this month.
    pub service_used: u32,
}

/// Why a message costs what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// By the rate card.
    Rate,
    /// Free: the customer had written.
    CustomerService,
    /// Free: the customer came through an ad or a page button.
    FreeEntryPoint,
    /// Free: within the number's free service messages of the month.
    FreeAllowance,
    /// Charged, but the rate card has no price for it.
    PriceMissing,
    /// From the time when conversations were charged, not messages.
    BeforeRates,
}

impl Why {
    /// The short code that is sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::CustomerService => "customer_service",
            Self::FreeEntryPoint => "free_entry_point",
            Self::FreeAllowance => "free_allowance",
            Self::PriceMissing => "price_missing",
            Self::BeforeRates => "before_rates",
        }
    }
}

/// What a message costs, or why that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// Millionths of the currency; 0 when free, `None` when not known.
    pub micros: Option<i64>,
    /// ISO 4217; `None` when free and the card has no currency, or not known.
    pub currency: Option<String>,
    /// Why.
    pub why: Why,
}

impl Estimate {
    fn unknown(why: Why) -> Self {
        Self { micros: None, currency: None, why }
    }
}

/// The rates of a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RateCard {
    /// In any order; a market's newest row that has begun holds.
    pub rates: Vec<Rate>,
}

impl RateCard {
    /// The rows of a workspace over those it began with: a row of the same category, market and month replaces.
    #[must_use]
    pub fn over_starter(own: Vec<Rate>) -> Self {
        let mut rates = own;
        for row in starter() {
            let replaced =
                |mine: &Rate| mine.category == row.category && mine.market == row.market && mine.from == row.from;
            if !rates.iter().any(replaced) {
                rates.push(row);
            }
        }
        rates.sort_by(|a, b| (rank(a), &a.market, a.from).cmp(&(rank(b), &b.market, b.from)));
        Self { rates }
    }

    /// The one currency of the card, once a price was entered.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.rates.iter().filter(|rate| rate.micros.is_some()).find_map(|rate| rate.currency.as_deref())
    }

    /// What a message will cost.
    #[must_use]
    pub fn estimate(&self, ask: &Ask<'_>) -> Estimate {
        let month = Month::of(ask.at);
        let service = ask.category == "service";
        let in_window = service || (ask.category == "utility" && ask.window == Window::CustomerService);
        if month < PER_MESSAGE_SINCE {
            return Estimate::unknown(Why::BeforeRates);
        }
        if ask.window == Window::FreeEntryPoint {
            return self.free(Why::FreeEntryPoint);
        }
        if in_window && month < SERVICE_PAID_SINCE {
            return self.free(Why::CustomerService);
        }
        if service && ask.service_used < SERVICE_FREE {
            return self.free(Why::FreeAllowance);
        }
        self.charge(ask.category, ask.country, month)
    }

    /// What a message cost, by what the provider said: whether it was free is the provider's word, not our rules'.
    #[must_use]
    pub fn actual(&self, price: &Price, country: Option<&str>, month: Month) -> Estimate {
        if price.is_free() {
            let entry = price.kind == FREE_ENTRY_POINT;
            let allowance = price.category == "service" && month >= SERVICE_PAID_SINCE;
            return self.free(match (entry, allowance) {
                (true, _) => Why::FreeEntryPoint,
                (_, true) => Why::FreeAllowance,
                _ => Why::CustomerService,
            });
        }
        if month < PER_MESSAGE_SINCE {
            return Estimate::unknown(Why::BeforeRates);
        }
        self.charge(&price.category, country, month)
    }

    fn free(&self, why: Why) -> Estimate {
        Estimate { micros: Some(0), currency: self.currency().map(str::to_owned), why }
    }

    fn charge(&self, category: &str, country: Option<&str>, month: Month) -> Estimate {
        match self.rate(category, country, month) {
            Some(rate) => Estimate { micros: rate.micros, currency: rate.currency.clone(), why: Why::Rate },
            None => Estimate::unknown(Why::PriceMissing),
        }
    }

    /// The country's own rates come first; those of all other countries hold only where it has no row at all, so that
    /// a row without a price is seen as missing and not filled with another market's price.
    fn rate(&self, category: &str, country: Option<&str>, month: Month) -> Option<&Rate> {
        let category = category.strip_prefix("group_").unwrap_or(category);
        // Service messages cost what utility templates cost, unless a rate of their own was entered (§10).
        let chain: &[&str] = match category {
            "service" => &["service", "utility"],
            "marketing_lite" => &["marketing_lite", "marketing"],
            other => &[other],
        };
        for market in country.into_iter().chain([ANYWHERE]) {
            let newest = |category: &&str| {
                let held = self
                    .rates
                    .iter()
                    .filter(|rate| rate.category == **category && rate.market == market && rate.from <= month);
                held.max_by_key(|rate| rate.from)
            };
            let rows: Vec<&Rate> = chain.iter().filter_map(newest).collect();
            if let Some(rate) = rows.iter().find(|rate| rate.micros.is_some()) {
                return Some(rate);
            }
            if !rows.is_empty() {
                return None;
            }
        }
        None
    }
}

fn rank(rate: &Rate) -> usize {
    CATEGORIES.iter().position(|category| *category == rate.category).unwrap_or(CATEGORIES.len())
}
