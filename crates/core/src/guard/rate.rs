//! Exact limiters as values (`whatsapp-cloud-api.md` §9). The owner of a send lane keeps them; nothing here reads a
//! clock. Ask `earliest(now)`, wait until then, `take` just before handing over. A clock that steps back never frees
//! anything early.
//!
//! Whoever takes a lane over does not know the last second of its former owner: start with `taken_over`, or fill the
//! limiter from the stored moments with `take`.

use crate::Ms;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// At most `limit` in any `span` ms, for every position of the span. Kept in buckets of `grain` ms; within a bucket
/// everything counts as if it had happened at its end, so a coarse grain is late, never early. With grain 1 it is
/// exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sliding {
    limit: u32,
    span: i64,
    grain: i64,
    /// First moment of each bucket that holds something, with how many; oldest first.
    buckets: VecDeque<(Ms, u32)>,
    total: u32,
}

impl Sliding {
    /// An empty limiter. `limit` 0 lets nothing pass; `span` and `grain` are at least 1 ms.
    #[must_use]
    pub fn new(limit: u32, span: i64, grain: i64) -> Self {
        Self { limit, span: span.max(1), grain: grain.max(1), buckets: VecDeque::new(), total: 0 }
    }

    /// Changes the limit; what was taken still counts.
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// How many count at this moment.
    #[must_use]
    pub fn used(&self, now: Ms) -> u32 {
        let live = self.buckets.iter().filter(|(start, _)| self.leaves(*start) > now);
        live.map(|(_, count)| *count).fold(0, u32::saturating_add)
    }

    /// The first moment from `now` on at which one more may be taken while `reserve` stay free; [`Ms`] of `i64::MAX`
    /// when never.
    #[must_use]
    pub fn earliest_keeping(&self, now: Ms, reserve: u32) -> Ms {
        let limit = self.limit.saturating_sub(reserve);
        if limit == 0 {
            return Ms(i64::MAX);
        }
        let now = now.max(self.last());
        let mut used = self.total;
        let mut at = now;
        for (start, count) in &self.buckets {
            let leaves = self.leaves(*start);
            if leaves > now && used < limit {
                break;
            }
            used = used.saturating_sub(*count);
            at = at.max(leaves);
        }
        at
    }

    /// The first moment from `now` on at which one more may be taken.
    #[must_use]
    pub fn earliest(&self, now: Ms) -> Ms {
        self.earliest_keeping(now, 0)
    }

    /// How many may be taken at this moment while `reserve` stay free.
    #[must_use]
    pub fn room_keeping(&self, now: Ms, reserve: u32) -> u32 {
        self.limit.saturating_sub(reserve).saturating_sub(self.used(now.max(self.last())))
    }

    /// Counts one at `now`. The caller has asked [`Sliding::earliest`] before.
    pub fn take(&mut self, now: Ms) {
        self.take_many(now, 1);
    }

    /// Counts `many` at `now`.
    fn take_many(&mut self, now: Ms, many: u32) {
        let now = now.max(self.last());
        self.prune(now);
        let start = Ms(now.0.div_euclid(self.grain).saturating_mul(self.grain));
        match self.buckets.back_mut() {
            Some((last, count)) if *last >= start => *count = count.saturating_add(many),
            _ => self.buckets.push_back((start, many)),
        }
        self.total = self.total.saturating_add(many);
    }

    /// Forgets what no longer counts.
    pub fn prune(&mut self, now: Ms) {
        while let Some((start, count)) = self.buckets.front().copied() {
            if self.leaves(start) > now {
                break;
            }
            self.buckets.pop_front();
            self.total = self.total.saturating_sub(count);
        }
    }

    /// Nothing counts any more: the value may be dropped and made anew.
    #[must_use]
    pub fn is_idle(&self, now: Ms) -> bool {
        self.used(now) == 0
    }

    /// The newest bucket's first moment, no earlier than which time stands.
    fn last(&self) -> Ms {
        self.buckets.back().map_or(Ms(i64::MIN), |(start, _)| *start)
    }

    /// When a bucket stops counting.
    fn leaves(&self, start: Ms) -> Ms {
        start.plus(self.grain - 1).plus(self.span)
    }
}

/// Messages a second of one number (130429): never more than N in any window of one second, wherever it is laid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throughput {
    window: Sliding,
}

impl Throughput {
    /// `slack_ms` lengthens the second: the provider counts when requests arrive, and requests that leave a second
    /// apart may arrive closer than that. 50 ms is enough for a steady line.
    #[must_use]
    pub fn new(per_second: u32, slack_ms: i64) -> Self {
        Self { window: Sliding::new(per_second, SECOND.saturating_add(slack_ms.max(0)), 1) }
    }

    /// The limiter of a node that takes the number over at `now`: full, so that it waits one whole window.
    #[must_use]
    pub fn taken_over(per_second: u32, slack_ms: i64, now: Ms) -> Self {
        let mut limiter = Self::new(per_second, slack_ms);
        if per_second > 0 {
            limiter.window.buckets.push_back((now, per_second));
            limiter.window.total = per_second;
        }
        limiter
    }

    /// The number's throughput was raised or lowered.
    pub fn set_per_second(&mut self, per_second: u32) {
        self.window.set_limit(per_second);
    }

    /// The first moment from `now` on at which a message may leave.
    #[must_use]
    pub fn earliest(&self, now: Ms) -> Ms {
        self.window.earliest(now)
    }

    /// The same for promotion, which leaves `reserve` of the second's slots to replies (G5).
    #[must_use]
    pub fn earliest_keeping(&self, now: Ms, reserve: u32) -> Ms {
        self.window.earliest_keeping(now, reserve)
    }

    /// How many messages of promotion may leave at this moment.
    #[must_use]
    pub fn room_keeping(&self, now: Ms, reserve: u32) -> u32 {
        self.window.room_keeping(now, reserve)
    }

    /// A message leaves now.
    pub fn take(&mut self, now: Ms) {
        self.window.take(now);
    }

    /// Forgets what no longer counts.
    pub fn prune(&mut self, now: Ms) {
        self.window.prune(now);
    }
}

/// Messages to one customer (131056): one per 6 s; within 6 s up to 45 may be borrowed, and then nothing leaves until
/// the borrowed ones would have had their turn (45 -> 270 s). It is no bucket that fills while it is used: after three
/// within 6 s the provider refuses a fourth until 18 s have gone, and a refusal costs the customer's place (4^n s).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pair {
    gap: i64,
    burst: u32,
    started: Option<Ms>,
    last: Ms,
    taken: u32,
    paid_at: Ms,
}

impl Default for Pair {
    fn default() -> Self {
        Self::new(6 * SECOND, 45)
    }
}

impl Pair {
    /// One message per `gap` ms, up to `burst` borrowed within one gap.
    #[must_use]
    pub fn new(gap: i64, burst: u32) -> Self {
        Self {
            gap: gap.max(1),
            burst: burst.max(1),
            started: None,
            last: Ms(i64::MIN),
            taken: 0,
            paid_at: Ms(i64::MIN),
        }
    }

    /// The limiter after these messages (any order), for whoever takes a lane over.
    #[must_use]
    pub fn after(gap: i64, burst: u32, sent: &[Ms]) -> Self {
        let mut sorted = sent.to_vec();
        sorted.sort_unstable();
        let mut pair = Self::new(gap, burst);
        for at in sorted {
            pair.take(at);
        }
        pair
    }

    /// The first moment from `now` on at which a message to this customer may leave.
    #[must_use]
    pub fn earliest(&self, now: Ms) -> Ms {
        let Some(started) = self.started else { return now };
        let now = now.max(self.last);
        let borrowing = now < started.plus(self.gap) && self.taken < self.burst;
        if now >= self.paid_at || borrowing { now } else { self.paid_at }
    }

    /// The same for one of several that wait: not all of them might find room in what is left of a burst, and the others
    /// would wait for as long as it was large. So a burst of one message that began some time ago is paid first.
    #[must_use]
    pub fn earliest_of_several(&self, now: Ms) -> Ms {
        let at = self.earliest(now);
        let late = self.started.is_some_and(|started| at >= started.plus(self.gap / 3));
        if self.taken == 1 && late { at.max(self.paid_at) } else { at }
    }

    /// Whether something was sent that is not paid back.
    #[must_use]
    pub fn owes(&self, now: Ms) -> bool {
        self.taken > 0 && !self.is_idle(now)
    }

    /// A message leaves now.
    pub fn take(&mut self, now: Ms) {
        let now = now.max(self.last);
        if self.started.is_none() || now >= self.paid_at {
            *self = Self { started: Some(now), last: now, taken: 1, paid_at: now.plus(self.gap), ..*self };
        } else {
            self.last = now;
            self.taken = self.taken.saturating_add(1);
            self.paid_at = self.paid_at.plus(self.gap);
        }
    }

    /// What left at `sent_at` was refused: it owes nothing. Left alone when it belongs to an earlier burst.
    pub fn give_back(&mut self, sent_at: Ms) {
        if self.taken > 0 && self.started.is_some_and(|started| sent_at >= started) {
            self.taken -= 1;
            self.paid_at = self.paid_at.plus(-self.gap);
        }
    }

    /// Forgets a burst that is paid back.
    pub fn prune(&mut self, now: Ms) {
        if self.is_idle(now) {
            *self = Self::new(self.gap, self.burst);
        }
    }

    /// Nothing is owed: the value may be dropped and made anew.
    #[must_use]
    pub fn is_idle(&self, now: Ms) -> bool {
        self.started.is_none() || now >= self.paid_at
    }
}

/// How a [`Backoff`] grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Growth {
    /// 4^X s, X = 0, 1, 2, ... (131056), at most an hour; the provider's own rule, so without jitter.
    Pair,
    /// 1 s, 2 s, 4 s, ... at most 30 s, the upper half of each step random: whatever lasted for hours, the number is back
    /// within a minute of its end.
    Exponential,
    /// Somebody waits for it: 1 s, 2 s, then 3 s, the upper half random, for as long as a person may still be there (some
    /// ten minutes); after that as [`Growth::Exponential`].
    Prompt,
}

/// Refusals of what somebody waits for before its pauses grow: at up to 3 s each, ten minutes.
const PROMPT_MAX: u32 = 240;

/// Waiting after refusals of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backoff {
    growth: Growth,
    failures: u32,
    until: Option<Ms>,
    /// Until when the provider itself asked to wait.
    named: Option<Ms>,
    /// When the last refusal came that counted.
    refused_at: Option<Ms>,
}

impl Backoff {
    /// Nothing has failed yet.
    #[must_use]
    pub fn new(growth: Growth) -> Self {
        Self { growth, failures: 0, until: None, named: None, refused_at: None }
    }

    /// A refusal at `now` of what was sent at `sent_at`. What had been sent before the last refusal came belongs to the
    /// same trouble: a hundred calls that run into one wall together are one step, not a hundred. `jitter` is a random number in 0..=1 from the caller (others are cut to that).
    /// `retry_after`, in ms, is the provider's own word: it lengthens the wait, up to an hour; nonsense (negative) is
    /// ignored.
    pub fn fail(&mut self, sent_at: Ms, now: Ms, jitter: f64, retry_after: Option<i64>) {
        let asked = retry_after.unwrap_or(0).clamp(0, HOUR);
        if asked > 0 {
            self.named = self.named.max(Some(now.plus(asked)));
        }
        if !self.is_new_trouble(sent_at) {
            self.wait_until(now.plus(asked));
            return;
        }
        let step = match self.growth {
            Growth::Pair => SECOND.saturating_mul(1 << (2 * self.failures.min(6))).min(HOUR),
            Growth::Exponential | Growth::Prompt => {
                let most = if self.growth == Growth::Prompt && self.failures < PROMPT_MAX { 3 } else { 30 };
                let full = SECOND.saturating_mul(1 << self.failures.min(9)).min(most * SECOND);
                let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
                full / 2 + ((full - full / 2) as f64 * jitter) as i64
            }
        };
        self.failures = self.failures.saturating_add(1);
        self.refused_at = Some(now);
        self.wait_until(now.plus(step.max(asked)));
    }

    /// Whether a refusal of what was sent then is a step of its own.
    pub(super) fn is_new_trouble(&self, sent_at: Ms) -> bool {
        self.refused_at.is_none_or(|refused| sent_at >= refused)
    }

    /// Waits at least until then, whatever was refused.
    pub(super) fn wait_until(&mut self, until: Ms) {
        self.until = Some(self.until.map_or(until, |known| known.max(until)));
    }

    /// Something that was sent at `sent_at` got through: the next refusal starts from the beginning. A success from
    /// before the last refusal says nothing.
    pub fn succeed(&mut self, sent_at: Ms) {
        if self.refused_at.is_none_or(|refused| sent_at >= refused) {
            *self = Self::new(self.growth);
        }
    }

    /// Something else that was sent at `sent_at` went the same way and got through: what is waited for is over, but for what
    /// the provider itself named.
    pub(super) fn relieve(&mut self, sent_at: Ms) {
        if self.is_new_trouble(sent_at) {
            *self = Self { until: self.named, named: self.named, ..Self::new(self.growth) };
        }
    }

    /// Something more urgent got through, which says less: a try is worth making `gap` ms after the last refusal. Where that
    /// is refused too, the pauses go on growing.
    pub(super) fn try_after(&mut self, sent_at: Ms, gap: i64) {
        if let Some(refused) = self.refused_at
            && sent_at >= refused
        {
            let soon = Some(refused.plus(gap)).max(self.named);
            self.until = self.until.min(soon);
        }
    }

    /// When it ends; `None`: nothing is waited for.
    pub(super) fn until(&self) -> Option<Ms> {
        self.until
    }

    /// Refusals since the last success.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The first moment from `now` on at which to try again.
    #[must_use]
    pub fn earliest(&self, now: Ms) -> Ms {
        self.until.map_or(now, |until| until.max(now))
    }
}

/// Calls to a provider's API per rolling hour and day (G4). Counted by the minute: late by up to one, never early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBudget {
    hour: Option<Sliding>,
    day: Option<Sliding>,
}

impl CallBudget {
    /// `None`: no such limit.
    #[must_use]
    pub fn new(per_hour: Option<u32>, per_day: Option<u32>) -> Self {
        Self {
            hour: per_hour.map(|limit| Sliding::new(limit, HOUR, MINUTE)),
            day: per_day.map(|limit| Sliding::new(limit, DAY, MINUTE)),
        }
    }

    /// The budget after calls that were made in these minutes (any order; later than `now`: by a clock that has been set
    /// back since, they count as now).
    #[must_use]
    pub fn after(mut self, made: &[(Ms, u32)], now: Ms) -> Self {
        let mut sorted: Vec<(Ms, u32)> = made.iter().map(|(at, calls)| ((*at).min(now), *calls)).collect();
        sorted.sort_unstable();
        for (at, calls) in sorted {
            self.limits().for_each(|limit| limit.take_many(at, calls));
        }
        self
    }

    fn limits(&mut self) -> impl Iterator<Item = &mut Sliding> {
        self.hour.iter_mut().chain(&mut self.day)
    }

    /// The first moment from `now` on at which a call may be made.
    #[must_use]
    pub fn earliest(&self, now: Ms) -> Ms {
        self.earliest_leaving(now, 0)
    }

    /// The same for what can wait: it leaves so many percent of each limit to others, but for one call.
    #[must_use]
    pub fn earliest_leaving(&self, now: Ms, percent: u8) -> Ms {
        let free = |limit: &Sliding| {
            let reserve = u64::from(limit.limit) * u64::from(percent.min(100)) / 100;
            let most = limit.limit.saturating_sub(1);
            limit.earliest_keeping(now, u32::try_from(reserve).unwrap_or(most).min(most))
        };
        // Later moments only free more, so the later of the two answers is free in both.
        [self.hour.as_ref(), self.day.as_ref()].into_iter().flatten().map(free).fold(now, Ms::max)
    }

    /// A call is made now.
    pub fn take(&mut self, now: Ms) {
        self.limits().for_each(|limit| limit.take(now));
    }

    /// Calls that count at this moment, in the last hour and day; 0 where there is no such limit.
    #[must_use]
    pub fn used(&self, now: Ms) -> (u32, u32) {
        let count = |limit: &Option<Sliding>| limit.as_ref().map_or(0, |limit| limit.used(now));
        (count(&self.hour), count(&self.day))
    }
}
