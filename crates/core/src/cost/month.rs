//! Calendar months, UTC.

use crate::Ms;
use crate::time::DAY;
use jiff::civil::{Date, date};

/// A calendar month (UTC), counted from January of year 0: rates and budgets begin with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The month of a year; `month` is 1 to 12.
    #[must_use]
    pub const fn new(year: i32, month: i32) -> Self {
        Self(year * 12 + month - 1)
    }

    /// The month that a moment falls in.
    #[must_use]
    pub fn of(at: Ms) -> Self {
        Self::of_day(at.day())
    }

    /// The month that a UTC day number falls in.
    #[must_use]
    pub fn of_day(day: i64) -> Self {
        let found = i32::try_from(day).ok().and_then(|day| {
            let since = jiff::Span::new().try_days(day).ok()?;
            date(1970, 1, 1).checked_add(since).ok()
        });
        found.map_or(Self(0), |found| Self::new(found.year().into(), found.month().into()))
    }

    /// Reads `2026-10`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let (four, two) = (year.len() == 4, month.len() == 2);
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !four || !two || !digits(year) || !digits(month) {
            return None;
        }
        let (year, month) = (year.parse::<i32>().ok()?, month.parse::<i32>().ok()?);
        (1..=12).contains(&month).then(|| Self::new(year, month))
    }

    /// Its first UTC day number.
    #[must_use]
    pub fn first_day(self) -> i64 {
        let (year, month) = (self.0.div_euclid(12), self.0.rem_euclid(12) + 1);
        let first = i16::try_from(year).ok().zip(i8::try_from(month).ok());
        let first = first.and_then(|(year, month)| Date::new(year, month, 1).ok()).unwrap_or(date(1970, 1, 1));
        date(1970, 1, 1).until(first).map_or(0, |span| i64::from(span.get_days()))
    }

    /// The moment it begins.
    #[must_use]
    pub fn begins(self) -> Ms {
        Ms(self.first_day() * DAY)
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.div_euclid(12), self.0.rem_euclid(12) + 1)
    }
}
