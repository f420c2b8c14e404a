//! Costs as the API shows them.

use rapport_core::cost::{Estimate, Price, RateCard};
use rapport_store::cost::Cell;
use serde::Serialize;
use utoipa::ToSchema;

/// What one message costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MessageCost)]
pub struct CostView {
    /// `actual` once the provider said what it charges, `estimate` before.
    pub state: &'static str,
    /// Millionths of the currency; 0 when free, null when the price is missing.
    pub amount_micros: Option<i64>,
    /// ISO 4217; null while the rate card has no price.
    pub currency: Option<String>,
    /// The provider's category: `marketing`, `utility`, `authentication`, `service`, ...
    pub category: String,
    /// `regular`, `free_customer_service` or `free_entry_point`; null before the provider said it.
    pub kind: Option<String>,
    /// `rate`, `customer_service`, `free_entry_point`, `free_allowance`, `price_missing` or `before_rates`.
    pub why: String,
}

impl CostView {
    /// What the provider charges.
    pub(super) fn actual(price: Price, found: Estimate) -> Self {
        let Price { category, kind } = price;
        let why = found.why.code().to_owned();
        Self { state: "actual", amount_micros: found.micros, currency: found.currency, category, kind: Some(kind), why }
    }

    /// What it will probably charge.
    pub(super) fn estimate(category: &str, found: Estimate) -> Self {
        Self {
            state: "estimate",
            amount_micros: found.micros,
            currency: found.currency,
            category: category.to_owned(),
            kind: None,
            why: found.why.code().to_owned(),
        }
    }
}

/// What arrived messages cost together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CostSum)]
pub struct CostSum {
    /// Millionths of the currency: arrived messages at the rate card's prices. Those without a price are not in it.
    pub amount_micros: i64,
    /// ISO 4217; null while the rate card has no price.
    pub currency: Option<String>,
    /// Arrived messages that the provider said a price category of.
    pub messages: i64,
    /// Those of them that were free.
    pub free: i64,
    /// Those of them that are charged, but whose price is missing on the rate card.
    pub unpriced: i64,
}

impl CostSum {
    /// The sum of counted messages.
    pub(crate) fn of<'a>(card: &RateCard, cells: impl IntoIterator<Item = &'a Cell>) -> Self {
        let mut sum = Self { currency: card.currency().map(str::to_owned), ..Self::default() };
        for cell in cells {
            sum.messages += cell.count;
            if cell.price.is_free() {
                sum.free += cell.count;
                continue;
            }
            match card.actual(&cell.price, cell.country.as_deref(), cell.month).micros {
                Some(micros) => {
                    sum.amount_micros = sum.amount_micros.saturating_add(micros.saturating_mul(cell.count));
                }
                None => sum.unpriced += cell.count,
            }
        }
        sum
    }
}
