//! The rate card.

use super::card;
use crate::audit::{Change, record};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::contact::is_country;
use rapport_core::cost::{ANYWHERE, CATEGORIES, Month, Rate};
use rapport_store::cost;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// More for one message is a typing error: a thousand units of the currency in millionths.
const MOST_MICROS: i64 = 1_000_000_000;

/// What a message costs in a market from a month on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Rate)]
pub struct RateView {
    /// The provider's category.
    pub category: String,
    /// ISO 3166 country of the customer, or `*` for every country without a row of its own.
    pub market: String,
    /// The first month it holds for, UTC: `2026-10`. It holds until a later row of the same category and market.
    pub from: String,
    /// Millionths of the currency for one message; null = the price is missing.
    pub amount_micros: Option<i64>,
    /// ISO 4217; null while the price is missing.
    pub currency: Option<String>,
    /// Whether a person has compared it with the provider's own list.
    pub confirmed: bool,
}

impl From<&Rate> for RateView {
    fn from(rate: &Rate) -> Self {
        Self {
            category: rate.category.clone(),
            market: rate.market.clone(),
            from: rate.from.to_string(),
            amount_micros: rate.micros,
            currency: rate.currency.clone(),
            confirmed: rate.confirmed,
        }
    }
}

/// One row of the rate card, in place of the one with the same category, market and month.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatePut {
    /// `marketing`, `marketing_lite`, `utility`, `authentication`, `authentication-international` or `service`.
    pub category: String,
    /// ISO 3166 country in capitals, or `*`.
    pub market: String,
    /// The first month it holds for: `2026-10`.
    pub from: String,
    /// Millionths of the currency for one message (0.0425 USD = 42500); null says that the price is missing, which
    /// is not the same as removing the row: a market without a price is not filled with that of all others.
    pub amount_micros: Option<i64>,
    /// ISO 4217 in capitals; the same for every price of the card.
    pub currency: Option<String>,
    /// Whether it was compared with the provider's own list. Left out = yes, when there is a price.
    pub confirmed: Option<bool>,
}

/// The whole card, starter rows included.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<RateView>> {
    caller.require(Permission::CostRead)?;
    let card = card(&app.store.workspace(caller.workspace).read()).await?;
    Ok(card.rates.iter().map(RateView::from).collect())
}

/// Replaces or adds a row; answers with the whole card.
///
/// # Errors
/// `Forbidden`, `Invalid` naming the field, `Store`.
pub async fn put(app: &App, caller: &Caller, given: RatePut) -> Result<Vec<RateView>> {
    caller.require(Permission::WorkspaceManage)?;
    let rate = checked(given)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    // The workspace's row is the lock: two currencies must not slip in side by side.
    let row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let known = cost::rates_for_write(&tx).await?;
    let same =
        |other: &&Rate| other.category == rate.category && other.market == rate.market && other.from == rate.from;
    let before = known.iter().find(same).map(|old| serde_json::json!(RateView::from(old)));
    if let Some(currency) = &rate.currency {
        let others = known.iter().filter(|other| !same(other) && other.micros.is_some());
        if let Some(other) = others.filter_map(|other| other.currency.as_ref()).find(|other| *other != currency) {
            let detail =
                format!("must be {other}, the currency of the other prices; take those away first to change it");
            return Err(Error::invalid("currency", detail));
        }
        if let Some(budget) = super::budget::stored(&row).filter(|budget| budget.currency != *currency) {
            let detail =
                format!("must be {}, the currency of the monthly budget; remove the budget first", budget.currency);
            return Err(Error::invalid("currency", detail));
        }
    }
    let now = app.now();
    cost::put_rate(&tx, &rate, now).await?;
    let change = Change { before, after: Some(serde_json::json!(RateView::from(&rate))) };
    record(&tx, now, caller, "rate.updated", ("workspace", row.workspace_id), change).await?;
    tx.commit().await?;
    list(app, caller).await
}

/// Which row of the rate card.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RateKey {
    /// Its category.
    pub category: String,
    /// Its country, or `*`.
    pub market: String,
    /// The first month it holds for: `2026-10`.
    pub from: String,
}

/// Takes a row out: from then on an older row of its market holds, or that of every country. A row that every card begins
/// with stands there again without its price. Answers with the whole card.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn remove(app: &App, caller: &Caller, key: RateKey) -> Result<Vec<RateView>> {
    caller.require(Permission::WorkspaceManage)?;
    let gone = || Error::NotFound("price");
    let from = Month::parse(&key.from).ok_or_else(gone)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    let row = rapport_store::workspace::get_for_write(&tx).await?.ok_or(Error::NotFound("workspace"))?;
    let known = cost::rates_for_write(&tx).await?;
    let same = |rate: &&Rate| rate.category == key.category && rate.market == key.market && rate.from == from;
    let before = known.iter().find(same).map(|old| serde_json::json!(RateView::from(old))).ok_or_else(gone)?;
    cost::delete_rate(&tx, &key.category, &key.market, from).await?;
    let change = Change { before: Some(before), after: None };
    record(&tx, app.now(), caller, "rate.removed", ("workspace", row.workspace_id), change).await?;
    tx.commit().await?;
    list(app, caller).await
}

fn checked(given: RatePut) -> Result<Rate> {
    if !CATEGORIES.contains(&given.category.as_str()) {
        return Err(Error::invalid("category", format!("must be one of {}", CATEGORIES.join(", "))));
    }
    if given.market != ANYWHERE && !is_country(&given.market) {
        return Err(Error::invalid("market", "must be a country code such as AE, or * for all others"));
    }
    let from = Month::parse(&given.from).filter(|month| (Month::new(2025, 7)..Month::new(2100, 1)).contains(month));
    let from = from.ok_or_else(|| {
        Error::invalid(
            "from",
            "must be a month such as 2026-10, July 2025 at the earliest: before, conversations were charged",
        )
    })?;
    let Some(micros) = given.amount_micros else {
        let rate = Rate {
            category: given.category,
            market: given.market,
            from,
            micros: None,
            currency: None,
            confirmed: false,
        };
        return Ok(rate);
    };
    if !(0..=MOST_MICROS).contains(&micros) {
        return Err(Error::invalid("amount_micros", "must be 0 to 1000000000 millionths of the currency"));
    }
    let currency = given.currency.as_deref().map(currency).transpose()?;
    let currency = currency.ok_or_else(|| Error::invalid("currency", "is needed with a price, such as USD"))?;
    let confirmed = given.confirmed.unwrap_or(true);
    Ok(Rate {
        category: given.category,
        market: given.market,
        from,
        micros: Some(micros),
        currency: Some(currency),
        confirmed,
    })
}

/// A currency code that was given.
pub(super) fn currency(given: &str) -> Result<String> {
    if given.len() == 3 && given.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(given.to_owned());
    }
    Err(Error::invalid("currency", "must be a currency code such as USD"))
}
