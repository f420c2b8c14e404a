//! What a workspace wants to spend in a month.

use serde::{Deserialize, Serialize};

/// What happens when the month's budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnReached {
    /// People are told; everything goes on.
    #[default]
    Warn,
    /// Promotion is refused until the next month; replies and notices go on.
    StopPromotion,
}

/// A budget for each calendar month (UTC).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Millionths of the currency; more than 0.
    pub amount_micros: i64,
    /// ISO 4217.
    pub currency: String,
    /// At which shares people are told, in percent, ascending.
    pub at_percent: Vec<u16>,
    /// What happens at the end.
    #[serde(default)]
    pub on_reached: OnReached,
}

/// How far a budget is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// Spent of the amount, in whole percent, rounded down.
    pub percent: u16,
    /// The highest of the budget's marks that is passed.
    pub passed: Option<u16>,
    /// Everything is spent.
    pub reached: bool,
}

impl Budget {
    /// How far it is used when `spent` millionths are spent.
    #[must_use]
    pub fn level(&self, spent: i64) -> Level {
        let share = i128::from(spent.max(0)) * 100 / i128::from(self.amount_micros.max(1));
        let percent = u16::try_from(share).unwrap_or(u16::MAX);
        Level {
            percent,
            passed: self.at_percent.iter().copied().filter(|mark| *mark <= percent).max(),
            reached: spent >= self.amount_micros,
        }
    }
}
