//! The limiters of one portfolio, in the memory of the one node that owns its send lane.

use crate::channel::Channel;
use rapport_core::guard::pauses::{Doubts, Pauses};
use rapport_core::guard::{self, Policy, Readings, rate};
use rapport_core::time::{MINUTE, SECOND};
use rapport_core::{ChannelId, ContactId, Ms};
use rapport_store::send::{Due, Priority};
use std::collections::HashMap;

/// Added to the provider's second: requests that leave a second apart may arrive closer. Milliseconds.
const SLACK_MS: i64 = 50;
/// Customers whose pair limiter is kept; idle ones are dropped first.
const PAIRS_MAX: usize = 50_000;
/// How long after a refusal for a rate it is looked at how much waits for a customer. Milliseconds.
const CROWD_MS: i64 = 5 * MINUTE;
/// A pause up to this long lets promotion wait in the queue unjudged. Whatever waits longer is judged, so that it says
/// why. Milliseconds.
pub(super) const SHORT_PAUSE_MS: i64 = 30 * SECOND;

/// All limiters of a portfolio.
pub(super) struct Limits {
    policy: Policy,
    taken_over: Ms,
    numbers: HashMap<ChannelId, Number>,
    pairs: HashMap<(ChannelId, ContactId), (rate::Pair, Pauses)>,
}

struct Number {
    throughput: rate::Throughput,
    pauses: Pauses,
    /// Refusals for customers' rates that nothing explains.
    doubts: Doubts<ContactId>,
    /// When the provider last refused something for a rate.
    refused_at: Option<Ms>,
    /// The provider limits the number for complaints or wrong categories: no promotion until then.
    held: Option<Ms>,
}

impl Limits {
    /// The limiters of a node that takes the portfolio over now: each number waits one whole window first.
    pub fn taken_over(policy: Policy, now: Ms) -> Self {
        Self { policy, taken_over: now, numbers: HashMap::new(), pairs: HashMap::new() }
    }

    /// The rules from now on. When those about one customer's messages changed, what each was sent is read anew.
    pub fn set_policy(&mut self, policy: &Policy) {
        let pair = |policy: &Policy| (policy.pair_gap_ms, policy.pair_burst);
        if pair(policy) != pair(&self.policy) {
            self.pairs.clear();
        }
        if *policy != self.policy {
            self.policy = policy.clone();
        }
    }

    fn per_second(&self, channel: &Channel) -> u32 {
        if channel.throughput == 0 { self.policy.throughput_per_second } else { channel.throughput }
    }

    fn number(&mut self, channel: &Channel) -> &mut Number {
        let per_second = self.per_second(channel);
        let taken_over = self.taken_over;
        let number = self.numbers.entry(channel.id).or_insert_with(|| Number {
            throughput: rate::Throughput::taken_over(per_second, SLACK_MS, taken_over),
            pauses: Pauses::of_number(),
            doubts: Doubts::default(),
            refused_at: None,
            held: None,
        });
        number.throughput.set_per_second(per_second);
        number
    }

    /// Whether the customer's pair limiter must be told of earlier sends first.
    pub fn knows(&self, channel: ChannelId, contact: ContactId) -> bool {
        self.pairs.contains_key(&(channel, contact))
    }

    /// Tells the pair limiter of earlier sends, found in the records of whoever owned the lane before.
    pub fn remember(&mut self, channel: ChannelId, contact: ContactId, sent: &[Ms], now: Ms) {
        if self.pairs.len() >= PAIRS_MAX {
            self.pairs.retain(|_, (pair, pauses)| !pair.is_idle(now) || !pauses.is_over(now));
        }
        let pair = rate::Pair::after(self.policy.pair_gap_ms, self.policy.pair_burst, sent);
        self.pairs.insert((channel, contact), (pair, Pauses::of_pair()));
    }

    /// What the limiters say of a message that is due. `promotion`: it leaves slots to replies. `several`: others wait for
    /// the same customer.
    pub fn readings(&mut self, channel: &Channel, due: &Due, (promotion, several): (bool, bool), now: Ms) -> Readings {
        let priority = urgency(due.priority);
        let reserve = if promotion { self.policy.reserve(self.per_second(channel)) } else { 0 };
        let number = self.number(channel);
        let throughput_at = Some(number.throughput.earliest_keeping(now, reserve));
        let slowed = number.pauses.earliest(priority, now);
        // After refusals so much may wait for a customer that it must be seen how it gets through as a whole.
        let crowded = several && number.refused_at.is_some_and(|at| (0..CROWD_MS).contains(&now.since(at)));
        let (pair_at, personal) = self.pairs.get(&(channel.id, due.contact)).map_or((now, now), |(pair, pauses)| {
            let free = if crowded { pair.earliest_of_several(now) } else { pair.earliest(now) };
            (free, pauses.earliest(priority, now))
        });
        Readings { throughput_at, pair_at: Some(pair_at), calls_at: None, backoff_at: Some(slowed.max(personal)) }
    }

    /// How many messages of promotion could leave over this number now, and when the next one can. One may always be
    /// asked about when nothing is on its way: the rules it is judged by need not be those known here.
    pub fn promotion_room(&mut self, channel: &Channel, now: Ms) -> (u32, Ms) {
        let per_second = self.per_second(channel);
        let reserve = self.policy.reserve(per_second);
        let number = self.number(channel);
        let resumes = number.pauses.earliest(guard::Priority::Promotion, now);
        if resumes > now && resumes.since(now) <= SHORT_PAUSE_MS {
            return (0, resumes);
        }
        let throughput = &number.throughput;
        let idle = throughput.room_keeping(now, 0) >= per_second;
        (throughput.room_keeping(now, reserve).max(u32::from(idle)), throughput.earliest_keeping(now, reserve))
    }

    /// A message leaves now.
    pub fn take(&mut self, channel: &Channel, contact: ContactId, now: Ms) {
        self.number(channel).throughput.take(now);
        if let Some((pair, _)) = self.pairs.get_mut(&(channel.id, contact)) {
            pair.take(now);
        }
    }

    /// The provider took a message: pauses after failures end. Tells whose.
    pub fn succeeded(&mut self, channel: &Channel, due: &Due, sent_at: Ms) -> Sooner {
        let priority = urgency(due.priority);
        let number = self.number(channel).pauses.succeed(priority, sent_at);
        let pair = self.pairs.get_mut(&(channel.id, due.contact));
        Sooner { number, customer: pair.is_some_and(|(_, pauses)| pauses.succeed(priority, sent_at)) }
    }

    /// The provider refused what was sent to this customer at `sent_at`: it does not count for the customer's rate.
    pub fn give_back(&mut self, channel: ChannelId, contact: ContactId, sent_at: Ms) {
        if let Some((pair, _)) = self.pairs.get_mut(&(channel, contact)) {
            pair.give_back(sent_at);
        }
    }

    /// No promotion over this number until then. A new owner of the lane finds out by its first refusal.
    pub fn hold_promotion(&mut self, channel: &Channel, until: Ms) {
        self.number(channel).held = Some(until);
    }

    /// Until when promotion is held back over this number.
    pub fn promotion_hold(&mut self, channel: &Channel) -> Option<Ms> {
        self.number(channel).held
    }

    /// The provider said "too fast" (or is away) for the whole number. Returns when to try again.
    pub fn slow_number(&mut self, channel: &Channel, due: &Due, refusal: Refusal, jitter: f64) -> Ms {
        let (priority, Refusal { sent_at, now, retry_after }) = (urgency(due.priority), refusal);
        let number = self.number(channel);
        number.refused_at = Some(now);
        number.pauses.fail(priority, sent_at, now, jitter, retry_after);
        number.pauses.earliest(priority, now)
    }

    /// Whether a refusal for this customer's rate is the provider's own trouble and the number's, not the customer's.
    pub fn is_everybodys(&mut self, channel: &Channel, contact: ContactId, now: Ms) -> bool {
        let owes = self.pairs.get(&(channel.id, contact)).is_some_and(|(pair, _)| pair.owes(now));
        !owes && self.number(channel).doubts.hear(contact, now)
    }

    /// The provider said "too fast" for this customer. Returns when to try again.
    pub fn slow_pair(&mut self, channel: &Channel, due: &Due, refusal: Refusal) -> Ms {
        let (priority, Refusal { sent_at, now, retry_after }) = (urgency(due.priority), refusal);
        self.number(channel).refused_at = Some(now);
        let Some((_, pauses)) = self.pairs.get_mut(&(channel.id, due.contact)) else { return now.plus(6 * SECOND) };
        pauses.fail(priority, sent_at, now, 1.0, retry_after);
        pauses.earliest(priority, now)
    }
}

/// Who may go sooner than they were told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sooner {
    /// What waits at the number, by [`SHORT_PAUSE_MS`] at most.
    pub number: bool,
    /// What waits for the customer, however long.
    pub customer: bool,
}

/// A refusal for a rate.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    /// When what was refused was sent.
    pub sent_at: Ms,
    /// When the refusal came.
    pub now: Ms,
    /// The provider's own word on when to come again, ms.
    pub retry_after: Option<i64>,
}

/// How urgent the guard calls it.
pub(super) fn urgency(priority: Priority) -> guard::Priority {
    match priority {
        Priority::Reply => guard::Priority::Reply,
        Priority::Service => guard::Priority::Service,
        Priority::Promotion => guard::Priority::Promotion,
    }
}
