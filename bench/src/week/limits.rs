//! The exact limiters of whoever owns the send lane: those of `core::guard::rate`, kept as the product keeps them.

use rapport_core::Ms;
use rapport_core::guard::pauses::Pauses;
use rapport_core::guard::rate::{Pair, Throughput};
use rapport_core::guard::{Policy, Priority, Readings};
use rapport_core::time::SECOND;
use std::collections::HashMap;

/// Added to the provider's second, milliseconds.
const SLACK: i64 = 50;
/// What a new owner waits for besides the window: verdicts of the one before may be so old. Milliseconds.
const VERDICT_AGE: i64 = 2 * SECOND;

/// The limiters of one owner.
pub struct Limits {
    rates: &'static [u32],
    since: Ms,
    /// Begins with empty limiters at once, as if nobody had sent before. Only to see that this is noticed.
    careless: bool,
    numbers: HashMap<u8, (Throughput, Pauses)>,
    pairs: HashMap<u32, (Pair, Pauses)>,
}

impl Limits {
    /// Those of a node that takes the lane over now.
    pub fn taken_over(rates: &'static [u32], now: Ms, careless: bool) -> Self {
        let since = if careless { now.plus(-60 * SECOND) } else { now.plus(VERDICT_AGE) };
        Self { rates, since, careless, numbers: HashMap::new(), pairs: HashMap::new() }
    }

    fn number(&mut self, number: u8) -> &mut (Throughput, Pauses) {
        let (rate, since) = (self.rates[usize::from(number)], self.since);
        self.numbers.entry(number).or_insert_with(|| (Throughput::taken_over(rate, SLACK, since), Pauses::of_number()))
    }

    /// Tells the customer's limiter what was sent before, unless it knows.
    pub fn remember(&mut self, customer: u32, policy: &Policy, sent: impl Iterator<Item = Ms>, now: Ms) {
        if self.pairs.contains_key(&customer) {
            return;
        }
        if self.pairs.len() > 50_000 {
            self.pairs.retain(|_, (pair, pauses)| !pair.is_idle(now) || !pauses.is_over(now));
        }
        let before: Vec<Ms> = sent.filter(|at| !self.careless && now.since(*at) < 600 * SECOND).collect();
        let pair = Pair::after(policy.pair_gap_ms, policy.pair_burst, &before);
        self.pairs.insert(customer, (pair, Pauses::of_pair()));
    }

    /// What the limiters say now. `promotion`: it leaves slots to replies.
    pub fn readings(&mut self, of: &Waiting, promotion: bool, policy: &Policy, now: Ms) -> Readings {
        let rate = self.rates[usize::from(of.number)];
        let reserve = if promotion { policy.reserve(rate) } else { 0 };
        let (throughput, pauses) = self.number(of.number);
        let (throughput_at, slowed) = (throughput.earliest_keeping(now, reserve), pauses.earliest(of.priority, now));
        let (pair_at, personal) = self
            .pairs
            .get(&of.customer)
            .map_or((now, now), |(pair, pauses)| (pair.earliest(now), pauses.earliest(of.priority, now)));
        Readings {
            throughput_at: Some(throughput_at),
            pair_at: Some(pair_at),
            calls_at: None,
            backoff_at: Some(slowed.max(personal)),
        }
    }

    /// A message leaves.
    pub fn take(&mut self, number: u8, customer: u32, now: Ms) {
        self.number(number).0.take(now);
        if let Some((pair, _)) = self.pairs.get_mut(&customer) {
            pair.take(now);
        }
    }

    /// The provider took what was sent at `sent`.
    pub fn succeeded(&mut self, of: &Waiting, sent: Ms) {
        self.number(of.number).1.succeed(of.priority, sent);
        if let Some((_, pauses)) = self.pairs.get_mut(&of.customer) {
            pauses.succeed(of.priority, sent);
        }
    }

    /// The provider refused for the rate of the number, or of the customer. When to try again.
    pub fn refused(&mut self, of: &Waiting, personal: bool, sent: Ms, now: Ms, jitter: f64) -> Ms {
        if let Some((pair, _)) = self.pairs.get_mut(&of.customer) {
            pair.give_back(sent);
        }
        let pauses = match self.pairs.get_mut(&of.customer) {
            Some((_, pauses)) if personal => pauses,
            _ => &mut self.number(of.number).1,
        };
        pauses.fail(of.priority, sent, now, jitter, None);
        pauses.earliest(of.priority, now)
    }
}

/// Whose turn is asked about.
pub struct Waiting {
    /// The number it goes over.
    pub number: u8,
    /// Whom it is for.
    pub customer: u32,
    /// How urgent it is.
    pub priority: Priority,
}
