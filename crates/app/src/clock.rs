//! Time, ids and randomness as they are brought in from outside, so that tests and simulations can bring their own.

use futures::future::BoxFuture;
use rand::{RngCore, SeedableRng, rngs::StdRng};
use rapport_core::Ms;
use rapport_core::steady::Steady;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The present moment.
pub trait Clock: Send + Sync {
    /// Now, in UTC milliseconds.
    fn now(&self) -> Ms;

    /// What the machine's own clock shows, however it was set.
    fn wall(&self) -> Ms {
        self.now()
    }

    /// Another clock, one that is believed, shows `truth` at this moment; `sure`: whatever the difference. Clocks that
    /// follow nobody ignore it.
    fn follow(&self, truth: Ms, sure: bool) {
        let _ = (truth, sure);
    }

    /// A moment on a clock that nobody sets: what pauses between calls are measured by.
    fn instant(&self) -> tokio::time::Instant {
        tokio::time::Instant::now()
    }

    /// Lets time pass.
    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else is given")]
    fn now(&self) -> Ms {
        Ms(jiff::Timestamp::now().as_millisecond())
    }
}

/// Counts on steadily from where the machine's clock stood at the start, and is corrected by [`Clock::follow`]: nothing is
/// sent on Tuesday because somebody set a clock to Wednesday.
#[derive(Debug)]
pub struct SteadyClock {
    began: Instant,
    origin: Ms,
    /// Added to the machine's clock; 0 but in tests of wrong clocks. Milliseconds.
    wrong_by: i64,
    by: AtomicI64,
    steady: Mutex<Steady>,
}

impl SteadyClock {
    /// Starts where the machine's clock stands, `wrong_by` milliseconds from it.
    #[must_use]
    pub fn new(wrong_by: i64) -> Self {
        Self {
            began: Instant::now(),
            origin: SystemClock.now().plus(wrong_by),
            wrong_by,
            by: AtomicI64::new(0),
            steady: Mutex::default(),
        }
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Ms {
        let elapsed = i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.origin.plus(elapsed).plus(self.by.load(Ordering::SeqCst))
    }

    fn wall(&self) -> Ms {
        SystemClock.now().plus(self.wrong_by)
    }

    fn follow(&self, truth: Ms, sure: bool) {
        let mut steady = self.steady.lock().unwrap_or_else(PoisonError::into_inner);
        let before = steady.correction();
        let by = steady.observe(self.now(), truth, sure);
        self.by.store(by, Ordering::SeqCst);
        if (by - before).abs() > 1_000 {
            tracing::warn!(ms = by - before, "the clock was corrected");
        }
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: Ms) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Shows another moment from now on.
    pub fn set(&self, now: Ms) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Moves on by `ms` milliseconds (back when negative).
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Ms {
        Ms(self.0.load(Ordering::SeqCst))
    }
}

/// Ids and random bytes.
pub trait Ids: Send + Sync {
    /// Fills the buffer with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);

    /// A UUIDv7 for something made at `now`. Rows that must keep their order within a millisecond take
    /// `Store::new_id` instead.
    fn uuid(&self, now: Ms) -> Uuid {
        let mut bytes = [0; 10];
        self.fill(&mut bytes);
        rapport_core::id::uuid_v7(now, bytes)
    }
}

/// The operating system's generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// The same ids for the same seed and the same order of calls. For tests and simulations only.
#[derive(Debug)]
pub struct SeededIds(Mutex<StdRng>);

impl SeededIds {
    /// A sequence of its own for each seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Ids for SeededIds {
    fn fill(&self, bytes: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_clock_follows_and_does_not_leap() {
        let clock = SteadyClock::new(120_000);
        let close = |one: Ms, other: Ms| one.since(other).abs() < 1_000;
        let real = || SystemClock.now();
        assert!(close(clock.now(), real().plus(120_000)) && close(clock.wall(), real().plus(120_000)));
        clock.follow(real().plus(86_400_000), false);
        assert!(close(clock.now(), real().plus(120_000)), "one reading is no proof");
        clock.follow(real(), true);
        assert!(close(clock.now(), real()));
        assert_eq!(ManualClock::new(Ms(5)).wall(), Ms(5));
    }

    #[test]
    fn a_seed_gives_the_same_ids_and_a_manual_clock_moves_only_when_told() {
        let (one, two) = (SeededIds::new(7), SeededIds::new(7));
        assert_eq!(one.uuid(Ms(1_700_000_000_000)), two.uuid(Ms(1_700_000_000_000)));
        assert_ne!(one.uuid(Ms(1_700_000_000_000)), one.uuid(Ms(1_700_000_000_000)));
        let clock = ManualClock::new(Ms(5));
        clock.advance(10);
        assert_eq!(clock.now(), Ms(15));
    }
}
