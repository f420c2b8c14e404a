//! Waiting after the provider's refusals, without letting those wait who did not earn it (G5).
//!
//! A limit that campaigns run into is the number's, so an answer of an agent could run into it as well. But a provider
//! counts by the second: once the campaign is silent, the answer finds the number free. So whoever is refused waits,
//! and so does whatever is less urgent; what is more urgent waits until the provider's second is over.

use super::rate::{Backoff, Growth};
use super::request::Priority;
use crate::Ms;
use crate::time::SECOND;
use serde::{Deserialize, Serialize};

/// After this the provider's second is over, whenever in it the refused message arrived. Milliseconds.
const WINDOW_MS: i64 = SECOND;

/// The pauses of a number, or of one customer on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    /// By [`Priority::rank`].
    of: [Backoff; 3],
}

impl Pauses {
    /// Those of a number. Whom a person waits for is tried again soonest.
    #[must_use]
    pub fn of_number() -> Self {
        Self { of: [Growth::Prompt, Growth::Exponential, Growth::Exponential].map(Backoff::new) }
    }

    /// Those of one customer: the provider's own rule for whoever is refused.
    #[must_use]
    pub fn of_pair() -> Self {
        Self { of: [Growth::Pair; 3].map(Backoff::new) }
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

    /// What was sent at `sent_at` got through, so what is as urgent or more may go as well. Of what is less urgent it says
    /// nothing.
    pub fn succeed(&mut self, priority: Priority, sent_at: Ms) {
        for backoff in &mut self.of[..=place(priority)] {
            backoff.succeed(sent_at);
        }
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

fn place(priority: Priority) -> usize {
    match priority {
        Priority::Reply => 0,
        Priority::Service => 1,
        Priority::Promotion => 2,
    }
}
