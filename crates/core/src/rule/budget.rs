//! What keeps rules from running in circles and from running away.

use super::handover::PAUSE_MS;
use crate::time::HOUR;

/// How many rules may wake one another in a row.
pub const DEPTH: u32 = 5;
/// Most runs of all rules for one customer in an hour.
pub const CONTACT_HOUR: u32 = 60;
/// Most runs that one rule begins in an hour, for whomever.
pub const RULE_HOUR: u32 = 20_000;

/// Most lines that were said, and most runs, that rules look back at.
pub const BACK: usize = 500;

/// Most runs of its own that a rule looks back at, however often others ran: its limit is `times`.
#[must_use]
pub fn own_back(times: u32) -> usize {
    usize::try_from(times).unwrap_or(usize::MAX).max(BACK)
}

/// How large a rule may be.
#[derive(Debug, Clone, Copy)]
pub struct Bounds;

impl Bounds {
    /// Most triggers.
    pub const TRIGGERS: usize = 10;
    /// Most conditions, those of branches included.
    pub const CONDITIONS: usize = 100;
    /// Deepest nesting of conditions, and of branches.
    pub const NESTING: usize = 8;
    /// Most steps, those of branches included.
    pub const STEPS: usize = 50;
    /// Most of them that write to the customer.
    pub const SENDS: usize = 5;
    /// Most words of one list.
    pub const WORDS: usize = 200;
    /// Longest word or phrase, in characters.
    pub const WORD: usize = 100;
    /// Most entries of one list of values.
    pub const VALUES: usize = 200;
    /// Most channels, and most teams, that it is limited to.
    pub const SCOPE: usize = 50;
    /// Longest value, in characters.
    pub const VALUE: usize = 500;
    /// Longest time, minutes: a year.
    pub const MINUTES: u32 = 525_600;
    /// Longest settling time, seconds.
    pub const SETTLE: u32 = 3_600;
    /// Longest text, in characters.
    pub const TEXT: usize = 4_096;
}

/// How far back must be known what was said, for rules that look back so far. Milliseconds.
#[must_use]
pub fn horizon(looks_back: i64) -> i64 {
    looks_back.max(PAUSE_MS).max(HOUR)
}
