//! Waiting after the provider's refusals, without letting those wait who did not earn it (G5).
//!
//! A limit that campaigns run into is the number's, so an answer of an agent could run into it as well. But a provider
//! counts by the second: once the campaign is silent, the answer finds the number free. So whoever is refused waits,
//! and so does whatever is less urgent; what is more urgent waits until the provider's second is over.
//!
//! What gets through ends pauses, or they would outlast the trouble by far. A customer's rate knows no urgency: any message
//! that arrives ends all pauses for that customer. A number's limit is nearer for a campaign than for an answer; there an
//! answer that gets through lets notices be tried again soon, and says nothing of promotion. What the provider itself
//! named is waited for.

use super::rate::{Backoff, Growth};
use super::request::Priority;
use crate::Ms;
use crate::time::{MINUTE, SECOND};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::Hash;

/// After this the provider's second is over, whenever in it the refused message arrived. Milliseconds.
const WINDOW_MS: i64 = SECOND;
/// While answers get through, notices are tried again this long after their last refusal: as often as an answer would be.
/// Milliseconds.
const TRY_MS: i64 = 3 * SECOND;

/// The pauses of a number, or of one customer on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    /// By [`Priority::rank`].
    of: [Backoff; 3],
    /// Of one customer; else of a number.
    personal: bool,
}

impl Pauses {
    /// Those of a number. Whom a person waits for is tried again soonest.
    #[must_use]
    pub fn of_number() -> Self {
        Self { of: [Growth::Prompt, Growth::Exponential, Growth::Exponential].map(Backoff::new), personal: false }
    }

    /// Those of one customer: the provider's own rule for whoever is refused.
    #[must_use]
    pub fn of_pair() -> Self {
        Self { of: [Growth::Pair; 3].map(Backoff::new), personal: true }
    }

    /// A refusal at `now` of what was sent at `sent_at`; see [`Backoff::fail`].
    pub fn fail(&mut self, priority: Priority, sent_at: Ms, now: Ms, jitter: f64, retry_after: Option<i64>) {
        let (above, own) = self.of.split_at_mut(place(priority));
        let counts = own.first().is_some_and(|backoff| backoff.is_new_trouble(sent_at));
        for backoff in own {
            backoff.fail(sent_at, now, jitter, retry_after);
        }
        if counts {
            for backoff in above {
                backoff.wait_until(now.plus(WINDOW_MS));
            }
        }
    }

    /// What was sent at `sent_at` got through, so what is as urgent or more may go as well; what is less urgent, as far as
    /// that says something of it. Returns whether something waits less long than it was told: it must be looked for.
    pub fn succeed(&mut self, priority: Priority, sent_at: Ms) -> bool {
        let before = self.ends();
        let (known, below) = self.of.split_at_mut(place(priority) + 1);
        for backoff in known {
            backoff.succeed(sent_at);
        }
        if self.personal {
            for backoff in below {
                backoff.relieve(sent_at);
            }
        } else if priority == Priority::Reply {
            self.of[place(Priority::Service)].try_after(sent_at, TRY_MS);
        }
        let after = self.ends();
        before.iter().zip(after).any(|(before, after)| after < *before && *before > Some(sent_at))
    }

    /// When each ends, by [`Priority::rank`].
    fn ends(&self) -> [Option<Ms>; 3] {
        self.of.map(|backoff| backoff.until())
    }

    /// The first moment from `now` on at which to try again; never before what is more urgent.
    #[must_use]
    pub fn earliest(&self, priority: Priority, now: Ms) -> Ms {
        self.of[..=place(priority)].iter().map(|backoff| backoff.earliest(now)).fold(now, Ms::max)
    }

    /// Nobody waits at this moment.
    #[must_use]
    pub fn is_over(&self, now: Ms) -> bool {
        self.earliest(Priority::Promotion, now) <= now
    }
}

/// How long a refusal for a customer's rate is remembered that nothing explains. Milliseconds.
const DOUBT_MS: i64 = MINUTE;
/// So many customers at once are no coincidence.
const OTHERS: usize = 3;
/// Customers that are remembered.
const DOUBTS_MAX: usize = 1_000;

/// Refusals for customers' rates, of a number, although by what was sent nothing is owed. One may be owed to another
/// program that writes to the customer; when several customers are refused so at once, it is the provider's own trouble, and
/// each would wait for minutes after its end if the rule of one customer were kept.
#[derive(Debug, Clone)]
pub struct Doubts<K>(HashMap<K, Ms>);

impl<K> Default for Doubts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash> Doubts<K> {
    /// A customer who is owed nothing is refused for their rate at `now`. Returns whether it is everybody's trouble: then it
    /// is the number that pauses.
    pub fn hear(&mut self, customer: K, now: Ms) -> bool {
        self.0.retain(|other, at| *other != customer && (0..DOUBT_MS).contains(&now.since(*at)));
        let others = self.0.len();
        if others < DOUBTS_MAX {
            self.0.insert(customer, now);
        }
        others >= OTHERS
    }
}

fn place(priority: Priority) -> usize {
    match priority {
        Priority::Reply => 0,
        Priority::Service => 1,
        Priority::Promotion => 2,
    }
}
