//! How often somebody may be wrong before they must wait.
//!
//! Three counts stand side by side: the pair of account and address (or account and known browser), the address over
//! all accounts, and the account over all addresses. The last is a throttle of at most a minute, and a browser that
//! the account has signed in from before does not feel it: hammering on an account does not shut its owner out.

use rapport_core::Ms;
use rapport_core::time::{HOUR, MINUTE, SECOND};
use std::collections::HashMap;
use std::hash::Hash;

/// Most keys that are remembered; a flood of new ones pushes out those that no longer wait.
const MAX_KEYS: usize = 100_000;

/// When waiting begins and how it grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Failures without any wait.
    pub free: u32,
    /// First wait, milliseconds; doubles with each further failure.
    pub first_ms: i64,
    /// Longest wait, milliseconds.
    pub longest_ms: i64,
    /// Failures are forgotten after this long without a new one, milliseconds.
    pub forget_ms: i64,
}

/// One account from one address or known browser.
pub const PAIR: Policy = Policy { free: 5, first_ms: SECOND, longest_ms: 15 * MINUTE, forget_ms: HOUR };
/// One address over all accounts (an office shares one).
pub const ADDRESS: Policy = Policy { free: 30, first_ms: 2 * SECOND, longest_ms: 15 * MINUTE, forget_ms: HOUR };
/// One account over all unknown browsers.
pub const ACCOUNT: Policy = Policy { free: 20, first_ms: SECOND, longest_ms: MINUTE, forget_ms: HOUR };

impl Policy {
    /// How long to wait after this many failures, milliseconds.
    #[must_use]
    pub fn wait_ms(&self, failures: u32) -> i64 {
        match failures.checked_sub(self.free) {
            None | Some(0) => 0,
            Some(over) => self.first_ms.saturating_mul(1 << (over - 1).min(30)).min(self.longest_ms),
        }
    }
}

/// Failures of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    /// How many since the last success or the last long silence.
    pub count: u32,
    /// The last one.
    pub last: Ms,
    /// Attempts before this moment are not looked at.
    pub until: Ms,
}

impl Failures {
    /// One more failure.
    #[must_use]
    pub fn and_one(self, policy: &Policy, now: Ms) -> Self {
        let before = if now.since(self.last) > policy.forget_ms { 0 } else { self.count };
        let count = before.saturating_add(1);
        Self { count, last: now, until: now.plus(policy.wait_ms(count)) }
    }
}

/// Failures by key.
#[derive(Debug)]
pub struct Book<K> {
    policy: Policy,
    rows: HashMap<K, Failures>,
}

impl<K: Eq + Hash> Book<K> {
    /// An empty book.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, rows: HashMap::new() }
    }

    /// Milliseconds until this key may try again; zero when it may now.
    #[must_use]
    pub fn wait_ms(&self, key: &K, now: Ms) -> i64 {
        self.rows.get(key).map_or(0, |row| row.until.since(now).max(0))
    }

    /// Notes a failure.
    pub fn fail(&mut self, key: K, now: Ms) {
        if self.rows.len() >= MAX_KEYS {
            self.shrink(now);
        }
        let row = self.rows.entry(key).or_default();
        *row = row.and_one(&self.policy, now);
    }

    /// Takes one failure back (it turned out to be a success) and with it the wait it caused.
    pub fn refund(&mut self, key: &K) {
        if let Some(row) = self.rows.get_mut(key) {
            row.count = row.count.saturating_sub(1);
            row.until = row.last.plus(self.policy.wait_ms(row.count).min(row.until.since(row.last)));
        }
    }

    /// Forgets a key.
    pub fn forget(&mut self, key: &K) {
        self.rows.remove(key);
    }

    fn shrink(&mut self, now: Ms) {
        let forget = self.policy.forget_ms;
        self.rows.retain(|_, row| now.since(row.last) <= forget);
        if self.rows.len() >= MAX_KEYS {
            self.rows.retain(|_, row| row.until > now);
        }
        if self.rows.len() >= MAX_KEYS {
            // Everybody waits: an attack from 100,000 addresses. Memory stays bounded; the account's own count holds.
            self.rows.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<i64> = (4..=9).map(|failures| PAIR.wait_ms(failures) / SECOND).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 8]);
        assert_eq!(PAIR.wait_ms(u32::MAX), 15 * MINUTE);
        assert_eq!(ACCOUNT.wait_ms(1_000), MINUTE);
    }

    #[test]
    fn failures_are_counted_forgiven_and_forgotten() {
        let mut book = Book::new(PAIR);
        for _ in 0..6 {
            book.fail("amal", Ms(0));
        }
        assert_eq!(book.wait_ms(&"amal", Ms(0)), SECOND);
        assert_eq!(book.wait_ms(&"amal", Ms(SECOND)), 0);
        assert_eq!(book.wait_ms(&"omar", Ms(0)), 0);
        book.refund(&"amal");
        assert_eq!(book.wait_ms(&"amal", Ms(0)), 0);
        book.fail("amal", Ms(2 * HOUR));
        assert_eq!(book.rows["amal"].count, 1, "an hour of silence forgives");
        book.forget(&"amal");
        assert!(book.rows.is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let mut book = Book::new(ADDRESS);
        for key in 0..(MAX_KEYS + 10) {
            book.fail(key, Ms(0));
        }
        assert!(book.rows.len() <= MAX_KEYS);
    }
}
