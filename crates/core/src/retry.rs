//! When to try again: one schedule a kind of work, and what each kind of failure means
//! (`product.md` S5, G7; `perf-reliability.md` §1.1).

use crate::Ms;
use crate::time::{DAY, HOUR, MINUTE, SECOND};
use serde::{Deserialize, Serialize};

/// A kind of work with its own schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Writing to a CRM: 3 times at 5-minute steps, then growing ones, dead after 72 h at the earliest.
    CrmPush,
    /// Reading from a CRM: the same, for a cursor loses nothing by waiting.
    CrmPull,
    /// Our webhooks to others: 5 s, 5 min, 30 min, 2 h, 5 h, then every 10 h, dead after 72 h.
    Webhook,
    /// Handing a message to the provider, where nothing was sent for sure: twice.
    Send,
    /// Fetching a file from the provider, whose id lives 7 days.
    Media,
    /// A notice on somebody's device: 10 s, 30 s, 2 min, 10 min, 30 min; later it is no news.
    Notice,
    /// Everything else inside the house: twice, quickly.
    Internal,
}

impl Class {
    /// The short code that is stored.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CrmPush => "crm_push",
            Self::CrmPull => "crm_pull",
            Self::Webhook => "webhook",
            Self::Send => "send",
            Self::Media => "media",
            Self::Notice => "notice",
            Self::Internal => "internal",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::CrmPush, Self::CrmPull, Self::Webhook, Self::Send, Self::Media, Self::Notice, Self::Internal]
            .into_iter()
            .find(|class| class.code() == code)
    }

    /// Waits after the first, second, ... failure; the last one repeats where there is a horizon.
    fn steps(self) -> &'static [i64] {
        const CRM: &[i64] = &[
            5 * MINUTE,
            5 * MINUTE,
            5 * MINUTE,
            10 * MINUTE,
            20 * MINUTE,
            40 * MINUTE,
            HOUR,
            2 * HOUR,
            3 * HOUR,
            4 * HOUR,
        ];
        match self {
            Self::CrmPush | Self::CrmPull => CRM,
            Self::Webhook => &[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR],
            Self::Send => &[5 * SECOND, 30 * SECOND],
            Self::Media => &[5 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR],
            Self::Notice => &[10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE],
            Self::Internal => &[SECOND, 10 * SECOND],
        }
    }

    /// How long after the first failure work is kept trying; `None`: as many times as there are steps.
    fn horizon(self) -> Option<i64> {
        match self {
            Self::CrmPush | Self::CrmPull | Self::Webhook => Some(72 * HOUR),
            Self::Media => Some(6 * DAY),
            Self::Send | Self::Notice | Self::Internal => None,
        }
    }
}

/// When to try again after the `attempt`-th failure (1 = the first) at `now`; `None`: no more, to the dead letters.
///
/// Where there is a horizon, the last try is made at its very end and nothing is dead before. A machine that was off
/// meanwhile has not tried: the horizon ends nothing before all steps have been used.
#[must_use]
pub fn retry_at(attempt: u32, first_failed: Ms, now: Ms, class: Class) -> Option<Ms> {
    let steps = class.steps();
    let index = attempt.saturating_sub(1) as usize;
    let Some(horizon) = class.horizon() else {
        return steps.get(index).map(|step| now.plus(*step));
    };
    let next = now.plus(steps.get(index).or(steps.last()).copied().unwrap_or(HOUR));
    let end = first_failed.plus(horizon);
    if index < steps.len() {
        // Clocks that jumped far ahead do not end it early; a regular try is never put off past the end.
        return Some(if now < end { next.min(end) } else { next });
    }
    (now < end).then(|| next.min(end))
}

/// Spreads retries that failed together: moves the moment later by up to a tenth of its distance. `jitter` is a random
/// number in 0..=1 from the caller.
#[must_use]
pub fn spread(at: Ms, now: Ms, jitter: f64) -> Ms {
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
    at.plus((at.since(now).max(0) as f64 / 10.0 * jitter) as i64)
}

/// What went wrong, as far as trying again is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Nothing happened over there and it may work later (no connection, 5xx before acceptance).
    Transient,
    /// Too fast or quota used up; `until` is the other side's word, where it gave one. Uses up no attempt.
    RateLimited {
        /// Not before then.
        until: Option<Ms>,
    },
    /// It may have happened: the answer was lost. Only work that can be repeated without harm is repeated.
    Ambiguous,
    /// Credentials are refused: waits until a person has repaired them, uses up no attempt.
    Unauthorised,
    /// It will never work as it is.
    Permanent,
}

/// What to do with failed work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "next", rename_all = "snake_case")]
pub enum Next {
    /// Try again then.
    Retry {
        /// When.
        at: Ms,
        /// Whether this failure used up an attempt.
        counts: bool,
    },
    /// Pause the connection or channel; it goes on when a person has repaired it.
    Pause,
    /// Wait for proof of what happened (the provider's status); never repeat by itself.
    AwaitProof,
    /// To the dead letters, with its reason.
    Dead,
}

/// Decides about work of a class that failed the `attempt`-th time (1 = the first).
#[must_use]
pub fn next(class: Class, fault: Fault, attempt: u32, first_failed: Ms, now: Ms) -> Next {
    match fault {
        Fault::Permanent => Next::Dead,
        Fault::Unauthorised => Next::Pause,
        // A send has no idempotency key: repeating could reach the customer twice.
        Fault::Ambiguous if class == Class::Send => Next::AwaitProof,
        Fault::RateLimited { until } => {
            // An unreasonable word (next year) is not believed beyond a day: quotas are per day at the longest.
            let asked = until.unwrap_or(now).min(now.plus(DAY));
            Next::Retry { at: asked.max(now.plus(SECOND)), counts: false }
        }
        Fault::Transient | Fault::Ambiguous => match retry_at(attempt, first_failed, now, class) {
            Some(at) => Next::Retry { at, counts: true },
            None => Next::Dead,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails for ever from `start` on; the moments of the tries after the first.
    fn tries(class: Class, start: Ms) -> Vec<i64> {
        let (mut now, mut attempt, mut all) = (start, 1, Vec::new());
        while let Some(at) = retry_at(attempt, start, now, class) {
            assert!(at > now, "{class:?} {attempt}");
            all.push(at.since(start));
            (now, attempt) = (at, attempt + 1);
            assert!(all.len() < 1_000, "{class:?} never ends");
        }
        all
    }

    #[test]
    fn crm_work_is_kept_for_72_hours() {
        for class in [Class::CrmPush, Class::CrmPull] {
            let all = tries(class, Ms(1_000));
            assert_eq!(&all[..3], &[5 * MINUTE, 10 * MINUTE, 15 * MINUTE]);
            assert_eq!(all.last(), Some(&(72 * HOUR)));
            let gaps: Vec<i64> = all.windows(2).map(|pair| pair[1] - pair[0]).collect();
            // Growing (but for the very last, which ends at 72 h sharp), never more than 4 h: back soon after an outage.
            assert!(gaps[..gaps.len() - 1].is_sorted() && gaps.iter().all(|gap| *gap <= 4 * HOUR), "{gaps:?}");
        }
    }

    #[test]
    fn the_other_schedules() {
        let webhook = tries(Class::Webhook, Ms(0));
        assert_eq!((webhook.len(), webhook.first(), webhook.last()), (12, Some(&(5 * SECOND)), Some(&(72 * HOUR))));
        assert_eq!(tries(Class::Send, Ms(0)), [5 * SECOND, 35 * SECOND]);
        assert_eq!(tries(Class::Internal, Ms(0)).len(), 2);
        assert_eq!(tries(Class::Media, Ms(0)).last(), Some(&(6 * DAY)));
        assert_eq!(tries(Class::Notice, Ms(0)).len(), 5);
        let all =
            [Class::CrmPush, Class::CrmPull, Class::Webhook, Class::Send, Class::Media, Class::Notice, Class::Internal];
        for class in all {
            assert_eq!(Class::parse(class.code()), Some(class));
        }
    }

    #[test]
    fn a_machine_that_was_off_tries_before_it_gives_up() {
        let week = Ms(7 * DAY);
        assert_eq!(retry_at(2, Ms(0), week, Class::CrmPush), Some(week.plus(5 * MINUTE)));
        assert_eq!(retry_at(11, Ms(0), week, Class::CrmPush), None);
        assert_eq!(retry_at(11, Ms(0), Ms(72 * HOUR - 1), Class::CrmPush), Some(Ms(72 * HOUR)));
        assert_eq!(retry_at(11, Ms(0), Ms(72 * HOUR), Class::CrmPush), None);
        assert_eq!(retry_at(0, Ms(0), Ms(0), Class::Send), Some(Ms(5 * SECOND)));
        assert_eq!(retry_at(u32::MAX, Ms(0), Ms(0), Class::Send), None);
    }

    #[test]
    fn what_each_fault_means() {
        let now = Ms(1_000_000);
        let retry = |after: i64, counts| Next::Retry { at: now.plus(after), counts };
        let table = [
            (Class::Send, Fault::Transient, 1, retry(5 * SECOND, true)),
            (Class::Send, Fault::Transient, 3, Next::Dead),
            (Class::Send, Fault::Ambiguous, 1, Next::AwaitProof),
            (Class::CrmPush, Fault::Ambiguous, 1, retry(5 * MINUTE, true)),
            (Class::CrmPush, Fault::Permanent, 1, Next::Dead),
            (Class::CrmPush, Fault::Unauthorised, 1, Next::Pause),
            (Class::CrmPush, Fault::RateLimited { until: None }, 99, retry(SECOND, false)),
            (Class::CrmPush, Fault::RateLimited { until: Some(now.plus(HOUR)) }, 99, retry(HOUR, false)),
            (Class::CrmPush, Fault::RateLimited { until: Some(Ms(0)) }, 1, retry(SECOND, false)),
            (Class::CrmPush, Fault::RateLimited { until: Some(Ms(i64::MAX)) }, 1, retry(DAY, false)),
        ];
        for (class, fault, attempt, expected) in table {
            assert_eq!(next(class, fault, attempt, now, now), expected, "{class:?} {fault:?} {attempt}");
        }
    }

    #[test]
    fn spreading_never_hastens() {
        let (now, at) = (Ms(1_000), Ms(11_000));
        for (jitter, expected) in [(0.0, 11_000), (0.5, 11_500), (1.0, 12_000), (9.0, 12_000), (f64::NAN, 11_000)] {
            assert_eq!(spread(at, now, jitter), Ms(expected), "{jitter}");
        }
        assert_eq!(spread(now, at, 1.0), now);
    }
}
