//! Codes that customers are given: when one may be issued, how long it is good, how it is written.

use super::amount;
use crate::Ms;
use crate::time::DAY;
use serde::{Deserialize, Serialize};

/// Most pools of a workspace.
pub const POOLS: u64 = 100;
/// Most codes of a pool.
pub const CODES: u64 = 100_000;
/// Longest code, and longest beginning of generated ones, in characters.
pub const CODE: usize = 40;
/// Longest beginning of generated codes, in characters.
pub const PREFIX: usize = 12;
/// Most codes of a pool that one customer may be given.
pub const PER_CONTACT: u32 = 100;
/// Most days that a code is good after it was issued.
pub const GOOD_DAYS: u32 = 3_650;
/// Random letters of a generated code: 50 bits.
const RANDOM: usize = 10;
/// Letters and digits that nobody takes for one another. A power of two, so that every one is as likely.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// What a code takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worth {
    /// A share of the price.
    Percent,
    /// A sum.
    Amount,
}

impl Worth {
    /// The word that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Amount => "amount",
        }
    }

    /// Reads a stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Percent, Self::Amount].into_iter().find(|worth| worth.code() == word)
    }
}

/// A worth in one spelling: a percentage over 0 and up to 100, or a sum over 0. `None` when it is none.
#[must_use]
pub fn worth(kind: Worth, given: &str) -> Option<String> {
    let value = amount(given)?;
    let number: f64 = value.parse().ok()?;
    let most = if kind == Worth::Percent { 100.0 } else { f64::MAX };
    (number > 0.0 && number <= most).then_some(value)
}

/// How a worth is told: `10 %`, `15.00 USD`.
#[must_use]
pub fn told_worth(kind: Worth, value: &str, currency: Option<&str>) -> String {
    match (kind, currency) {
        (Worth::Percent, _) => format!("{value} %"),
        (Worth::Amount, Some(currency)) => format!("{value} {currency}"),
        (Worth::Amount, None) => value.to_owned(),
    }
}

/// What of a pool decides whether a code is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Whether codes are issued at all.
    pub active: bool,
    /// Codes are good from then on.
    pub from: Option<Ms>,
    /// And until before this moment.
    pub to: Option<Ms>,
    /// A code is good for so many days after it was issued.
    pub days: Option<u32>,
    /// So many codes a customer.
    pub per_contact: u32,
}

/// Why no code is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unissued {
    /// The pool is switched off.
    Off,
    /// Its codes are not good yet.
    Early,
    /// They are not good any more.
    Over,
    /// The customer has had as many as one may.
    Enough,
    /// No code is left.
    Empty,
}

impl Unissued {
    /// Stable code of the reason.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Off => "coupon_pool_off",
            Self::Early => "coupon_pool_early",
            Self::Over => "coupon_pool_over",
            Self::Enough => "coupon_limit",
            Self::Empty => "coupon_pool_empty",
        }
    }
}

impl Terms {
    /// Whether a customer who had so many codes of the pool is given another one now; until before which moment it is
    /// good then, `None` for ever.
    ///
    /// # Errors
    /// Why not.
    pub fn issue(&self, had: u64, now: Ms) -> Result<Option<Ms>, Unissued> {
        if !self.active {
            return Err(Unissued::Off);
        }
        if self.from.is_some_and(|from| now < from) {
            return Err(Unissued::Early);
        }
        if self.to.is_some_and(|to| now >= to) {
            return Err(Unissued::Over);
        }
        if had >= u64::from(self.per_contact) {
            return Err(Unissued::Enough);
        }
        let own = self.days.map(|days| now.plus(i64::from(days) * DAY));
        Ok(own.into_iter().chain(self.to).min())
    }
}

/// Where a code stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouponState {
    /// Nobody has it.
    Free,
    /// A customer was given it.
    Issued,
    /// It was used.
    Redeemed,
    /// A customer was given it, did not use it, and it is not good any more.
    Expired,
}

/// Where a code stands at `now`, by what is known of it.
#[must_use]
pub fn state(issued: bool, redeemed: bool, until: Option<Ms>, now: Ms) -> CouponState {
    match (redeemed, issued) {
        (true, _) => CouponState::Redeemed,
        (false, false) => CouponState::Free,
        (false, true) if until.is_some_and(|until| now >= until) => CouponState::Expired,
        (false, true) => CouponState::Issued,
    }
}

/// Whether so few codes are left that somebody should add more: a tenth of all, or less.
#[must_use]
pub fn is_low(free: u64, total: u64) -> bool {
    total > 0 && free.saturating_mul(10) <= total
}

/// A code as it is kept: what people type in any case and with spaces round it. `None` when it is no code: 3 to 40
/// letters, digits, `-` and `_` of ASCII.
#[must_use]
pub fn code(given: &str) -> Option<String> {
    let given = given.trim();
    let sound = given.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (sound && (3..=CODE).contains(&given.len())).then(|| given.to_ascii_uppercase())
}

/// How many random bytes [`generated`] needs.
pub const CODE_BYTES: usize = RANDOM;

/// A code that nobody can guess, behind a beginning that says what it is for.
#[must_use]
pub fn generated(prefix: &str, random: [u8; CODE_BYTES]) -> String {
    let letters = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let begun = if prefix.is_empty() { String::new() } else { format!("{prefix}-") };
    begun.chars().chain(letters).collect()
}

/// A code as it is told to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// The code.
    pub code: String,
    /// What it takes off, in words: [`told_worth`].
    pub worth: String,
    /// Until before when it is good.
    pub until: Option<Ms>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Ms = Ms(1_795_334_400_000);

    #[test]
    fn a_pool_says_when_it_gives_codes_and_until_when_they_are_good() {
        let open = Terms { active: true, from: None, to: None, days: None, per_contact: 1 };
        let in_days = |days: i64| Some(NOW.plus(days * DAY));
        for (terms, had, expected) in [
            (open, 0, Ok(None)),
            (open, 1, Err(Unissued::Enough)),
            (Terms { per_contact: 2, ..open }, 1, Ok(None)),
            (Terms { active: false, ..open }, 0, Err(Unissued::Off)),
            (Terms { from: in_days(1), ..open }, 0, Err(Unissued::Early)),
            (Terms { from: Some(NOW), ..open }, 0, Ok(None)),
            (Terms { to: Some(NOW), ..open }, 0, Err(Unissued::Over)),
            (Terms { to: in_days(3), ..open }, 0, Ok(in_days(3))),
            (Terms { days: Some(7), ..open }, 0, Ok(in_days(7))),
            (Terms { days: Some(7), to: in_days(3), ..open }, 0, Ok(in_days(3))),
            (Terms { days: Some(2), to: in_days(3), ..open }, 0, Ok(in_days(2))),
        ] {
            assert_eq!(terms.issue(had, NOW), expected, "{terms:?} after {had}");
        }
    }

    #[test]
    fn a_code_is_free_then_issued_then_redeemed_or_expired() {
        for (issued, redeemed, until, expected) in [
            (false, false, None, CouponState::Free),
            (false, false, Some(NOW), CouponState::Free),
            (true, false, None, CouponState::Issued),
            (true, false, Some(NOW.plus(1)), CouponState::Issued),
            (true, false, Some(NOW), CouponState::Expired),
            (true, true, Some(NOW), CouponState::Redeemed),
            (false, true, None, CouponState::Redeemed),
        ] {
            assert_eq!(state(issued, redeemed, until, NOW), expected);
        }
        for (free, total, low) in [(0, 0, false), (0, 5, true), (1, 10, true), (2, 10, false), (10, 100, true)] {
            assert_eq!(is_low(free, total), low, "{free} of {total}");
        }
    }

    #[test]
    fn worths_and_codes_have_one_spelling() {
        for (kind, given, expected) in [
            (Worth::Percent, "10", Some("10")),
            (Worth::Percent, "12,5", Some("12.5")),
            (Worth::Percent, "100", Some("100")),
            (Worth::Percent, "101", None),
            (Worth::Percent, "0", None),
            (Worth::Amount, "15.00", Some("15.00")),
            (Worth::Amount, "1,500", Some("1500")),
            (Worth::Amount, "-1", None),
            (Worth::Amount, "ten", None),
        ] {
            assert_eq!(worth(kind, given).as_deref(), expected, "{given}");
        }
        assert_eq!(told_worth(Worth::Percent, "10", Some("USD")), "10 %");
        assert_eq!(told_worth(Worth::Amount, "15.00", Some("USD")), "15.00 USD");
        for (given, expected) in [
            (" welcome10 ", Some("WELCOME10")),
            ("A-b_9", Some("A-B_9")),
            ("ab", None),
            ("a b c", None),
            ("КОД10", None),
            ("=CMD()", None),
        ] {
            assert_eq!(code(given).as_deref(), expected, "{given}");
        }
        assert!(code(&"A".repeat(41)).is_none());
        let made = generated("SPRING", [0, 31, 32, 255, 1, 2, 3, 4, 5, 6]);
        assert_eq!(made, "SPRING-A9A9BCDEFG");
        assert_eq!(code(&made), Some(made), "what is generated is a code as it is kept");
        assert_eq!(generated("", [0; 10]), "AAAAAAAAAA");
    }
}
