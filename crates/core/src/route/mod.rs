//! Fail-over between two routes: which of two channels new messages go over (`product.md` O1, `perf-reliability.md` F50).
//!
//! A channel, the *primary*, may have a *standby*. Probes and real sends are observations of either. Three bad ones in
//! a row (slow or failed) lead to the standby, if that is well; five good probes in a row lead back. Good is clearly
//! below the threshold of bad, and what lies between is neither: latency that swings around the threshold leads
//! nowhere. [`Route`] is a pure state machine; whoever owns the primary's send lane feeds it and stores it.

mod carry;
mod chat;
#[cfg(test)]
mod fleet;
mod standing;
#[cfg(test)]
mod tests;

pub use carry::{Bar, Number, bar, same_number, window};
pub use chat::Chats;
pub use standing::{Standing, Step};

use crate::Ms;
use crate::time::{HOUR, MINUTE, SECOND};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Bad observations in a row that lead to the standby.
pub const TRIP: u32 = 3;
/// Good probes in a row that lead back.
pub const GOOD: u32 = 5;
/// Returning becomes harder with each fail-over soon after a return: 5, 10, 20, 40 good probes.
const HARDER_MAX: u32 = 3;
/// A fail-over this soon after a return counts as flapping. Milliseconds.
const SOON_AGAIN_MS: i64 = HOUR;
/// How long a probe may take at most; what is known of a side is fresh for two probes and this. Milliseconds.
const PATIENCE_MS: i64 = 10 * SECOND;
/// Observations kept to be shown.
const KEPT: usize = 20;

/// The two routes of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The channel itself.
    #[default]
    Primary,
    /// The other channel.
    Standby,
}

impl Side {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Standby => "standby",
        }
    }
}

/// What an administrator may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// An answer that takes longer is bad. Milliseconds.
    pub slow_ms: i64,
    /// Between two probes while all is well. Milliseconds.
    pub every_ms: i64,
    /// Between two probes while something is wrong. Milliseconds.
    pub soon_ms: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { slow_ms: 1_500, every_ms: HOUR, soon_ms: MINUTE }
    }
}

impl Settings {
    /// An answer as fast as this is good: a fifth below the threshold.
    fn good_ms(&self) -> i64 {
        self.slow_ms - self.slow_ms / 5
    }

    fn soon(&self) -> i64 {
        self.soon_ms.min(self.every_ms).max(1)
    }

    fn fresh_ms(&self) -> i64 {
        2 * self.soon() + PATIENCE_MS
    }
}

/// How a side was observed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A harmless question to the provider.
    Probe,
    /// A message that was handed over.
    Send,
}

/// One look at a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// When it ended.
    pub at: Ms,
    /// Of which side.
    pub side: Side,
    /// How.
    pub by: By,
    /// How long the answer took, ms; `None`: there was none, or it refused us.
    pub ms: Option<i64>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How an observation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Good,
    Middling,
    Bad,
}

impl Observation {
    fn mark(&self, settings: &Settings) -> Mark {
        match self.ms {
            Some(ms) if ms <= settings.good_ms() => Mark::Good,
            Some(ms) if ms <= settings.slow_ms => Mark::Middling,
            _ => Mark::Bad,
        }
    }
}

/// What is known of a side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Health {
    /// The last observation.
    pub last: Option<Observation>,
    /// Bad ones in a row.
    pub bad: u32,
    /// Good probes in a row.
    pub good: u32,
    /// When the last probe began.
    pub probed_at: Option<Ms>,
}

impl Health {
    fn note(&mut self, seen: &Observation, settings: &Settings) {
        match (seen.mark(settings), seen.by) {
            (Mark::Bad, _) => (self.bad, self.good) = (self.bad.saturating_add(1), 0),
            (Mark::Middling, _) => (self.bad, self.good) = (0, 0),
            (Mark::Good, By::Probe) => (self.bad, self.good) = (0, self.good.saturating_add(1)),
            // Good sends end a bad series; only probes, which are apart in time, prove that it stays so.
            (Mark::Good, By::Send) => self.bad = 0,
        }
        self.last = Some(seen.clone());
    }

    /// Whether it answers at all, as far as is known.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.last.as_ref().is_none_or(|last| last.ms.is_some())
    }

    /// Whether the last observation is recent. A clock that was set back makes it old.
    fn is_fresh(&self, settings: &Settings, now: Ms) -> bool {
        self.last.as_ref().is_some_and(|last| (0..=settings.fresh_ms()).contains(&now.since(last.at)))
    }
}

/// Why the route is what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It never changed.
    #[default]
    None,
    /// The primary answered too slowly.
    Slow,
    /// The primary did not answer.
    Failing,
    /// A person decided.
    ByHand,
    /// The primary is well again.
    Well,
    /// The standby stopped answering while the primary answers.
    StandbyLost,
}

impl Reason {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Slow => "slow",
            Self::Failing => "failing",
            Self::ByHand => "by_hand",
            Self::Well => "well",
            Self::StandbyLost => "standby_lost",
        }
    }
}

/// Where a route stands, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Messages go over the primary, which is well.
    Healthy,
    /// Messages go over the primary, which was slow or failed lately.
    Suspicious,
    /// Messages go over the standby.
    FailedOver,
}

/// Messages go another way from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switch {
    /// Over which side.
    pub to: Side,
    /// Why.
    pub reason: Reason,
}

/// A route: which of two channels messages go over, and what is known of both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Route {
    /// Over which side messages go.
    pub active: Side,
    /// A person chose the standby: it stays until a person goes back.
    pub pinned: bool,
    /// Why it is so.
    pub reason: Reason,
    /// Since when; `None`: it never changed.
    pub since: Option<Ms>,
    /// When it last went back to the primary.
    pub returned_at: Option<Ms>,
    /// Fail-overs that each came soon after a return.
    pub flaps: u32,
    /// How often it changed.
    pub switches: u32,
    /// The primary.
    pub primary: Health,
    /// The standby.
    pub standby: Health,
    /// The last observations, newest first.
    pub recent: VecDeque<Observation>,
}

impl Route {
    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        match self.active {
            Side::Standby => State::FailedOver,
            Side::Primary if self.primary.bad > 0 => State::Suspicious,
            Side::Primary => State::Healthy,
        }
    }

    /// What is known of a side.
    #[must_use]
    pub fn health(&self, side: Side) -> &Health {
        match side {
            Side::Primary => &self.primary,
            Side::Standby => &self.standby,
        }
    }

    fn health_mut(&mut self, side: Side) -> &mut Health {
        match side {
            Side::Primary => &mut self.primary,
            Side::Standby => &mut self.standby,
        }
    }

    /// Good probes in a row that it takes to go back now.
    #[must_use]
    pub fn needed(&self) -> u32 {
        GOOD << self.flaps.min(HARDER_MAX)
    }

    /// Takes an observation in. Returns the change it leads to.
    pub fn observe(&mut self, seen: Observation, settings: &Settings, now: Ms) -> Option<Switch> {
        self.health_mut(seen.side).note(&seen, settings);
        self.recent.push_front(seen);
        self.recent.truncate(KEPT);
        let switch = self.decide(settings, now)?;
        self.go(switch, now);
        Some(switch)
    }

    fn decide(&self, settings: &Settings, now: Ms) -> Option<Switch> {
        if self.pinned || !self.rested(settings, now) {
            return None;
        }
        match self.active {
            Side::Primary if self.primary.bad >= TRIP && self.standby_is_better(settings, now) => {
                let reason = if self.primary.answers() { Reason::Slow } else { Reason::Failing };
                Some(Switch { to: Side::Standby, reason })
            }
            Side::Standby if self.primary.good >= self.needed() => {
                Some(Switch { to: Side::Primary, reason: Reason::Well })
            }
            Side::Standby if self.standby_is_lost() && self.primary_answered(settings, now) => {
                Some(Switch { to: Side::Primary, reason: Reason::StandbyLost })
            }
            _ => None,
        }
    }

    /// No two changes within one step of probing: what was observed before a change says little about after it.
    fn rested(&self, settings: &Settings, now: Ms) -> bool {
        // A clock that was set back must not hold a change up until it has caught up.
        self.since.is_none_or(|since| !(0..settings.soon()).contains(&now.since(since)))
    }

    /// Whether messages fare better over the standby: it was seen lately, it is not slow, and against a primary that
    /// answers it is clearly faster.
    fn standby_is_better(&self, settings: &Settings, now: Ms) -> bool {
        let Some(ms) = self.standby.last.as_ref().and_then(|last| last.ms) else { return false };
        if !self.standby.is_fresh(settings, now) || ms > settings.slow_ms {
            return false;
        }
        match self.primary.last.as_ref().and_then(|last| last.ms) {
            None => true,
            Some(primary) => ms <= settings.good_ms() && ms < primary,
        }
    }

    fn standby_is_lost(&self) -> bool {
        self.standby.bad >= TRIP && !self.standby.answers()
    }

    fn primary_answered(&self, settings: &Settings, now: Ms) -> bool {
        self.primary.answers() && self.primary.is_fresh(settings, now)
    }

    fn go(&mut self, switch: Switch, now: Ms) {
        match switch.to {
            Side::Standby => {
                let again =
                    self.returned_at.is_some_and(|back| (-SOON_AGAIN_MS..SOON_AGAIN_MS).contains(&now.since(back)));
                self.flaps = if again { self.flaps.saturating_add(1) } else { 0 };
                self.primary.good = 0;
            }
            Side::Primary => {
                self.returned_at = Some(now);
                // It gets its three chances anew.
                self.primary.bad = 0;
            }
        }
        self.active = switch.to;
        self.reason = switch.reason;
        self.since = Some(now);
        self.switches = self.switches.saturating_add(1);
    }

    /// A person decides. The standby is kept until a person goes back; after going back it decides by itself again.
    /// Returns the change, if it is one.
    pub fn by_hand(&mut self, to: Side, now: Ms) -> Option<Switch> {
        self.pinned = to == Side::Standby;
        let switch = Switch { to, reason: Reason::ByHand };
        if self.active == to {
            return None;
        }
        self.go(switch, now);
        Some(switch)
    }

    /// The standby is another channel from now on, or none: what was known of the one before means nothing.
    pub fn forget_standby(&mut self, now: Ms) {
        self.standby = Health::default();
        self.pinned = false;
        self.recent.retain(|seen| seen.side == Side::Primary);
        if self.active == Side::Standby {
            self.go(Switch { to: Side::Primary, reason: Reason::ByHand }, now);
        }
    }

    /// Time between two probes now.
    #[must_use]
    pub fn interval(&self, settings: &Settings) -> i64 {
        let calm = self.state() == State::Healthy && self.standby.bad == 0;
        if calm { settings.every_ms.max(1) } else { settings.soon() }
    }

    /// When a side is probed next.
    #[must_use]
    pub fn next_probe(&self, side: Side, settings: &Settings) -> Option<Ms> {
        self.health(side).probed_at.map(|at| at.plus(self.interval(settings)))
    }

    /// The sides to be probed now.
    #[must_use]
    pub fn due(&self, settings: &Settings, now: Ms) -> Vec<Side> {
        let interval = self.interval(settings);
        let due = |side: &Side| {
            // A clock that was set back makes the last probe lie in the future.
            self.health(*side).probed_at.is_none_or(|at| !(0..interval).contains(&now.since(at)))
        };
        [Side::Primary, Side::Standby].into_iter().filter(due).collect()
    }

    /// A probe of this side begins.
    pub fn probing(&mut self, side: Side, now: Ms) {
        self.health_mut(side).probed_at = Some(now);
    }

    /// Whether a message that cannot go over the standby may go over the primary although messages go over the
    /// standby: late is better than never, but only where somebody answers.
    #[must_use]
    pub fn primary_still_takes(&self) -> bool {
        self.primary.answers()
    }
}
