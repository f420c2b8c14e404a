//! The sandbox's own time: it can run faster than the world's and be moved forward.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::sync::Notify;

/// How fast a clock may be told to run, times the world's speed: from a thousandth to a million.
pub const SPEEDS: std::ops::RangeInclusive<f64> = 0.001..=1_000_000.0;

/// A clock in UTC milliseconds with a speed factor. Clones share one clock, so a caller may hold the clock it
/// put into the configuration and read or move it later.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    base: Mutex<Base>,
    changed: Notify,
}

#[derive(Debug, Clone, Copy)]
struct Base {
    at: i64,
    since: Instant,
    speed: f64,
}

impl Base {
    fn now(&self) -> i64 {
        self.at + (self.since.elapsed().as_secs_f64() * 1000.0 * self.speed) as i64
    }
}

impl Clock {
    /// Starts at `at` (UTC milliseconds; `None` = the system's time) and runs `speed` times as fast as the world.
    #[allow(clippy::disallowed_methods)] // this is where the sandbox's injected time begins
    pub fn new(at: Option<i64>, speed: f64) -> Self {
        let system = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
        let base = Base { at: at.unwrap_or_else(system), since: Instant::now(), speed: sane(speed) };
        Self { inner: Arc::new(Inner { base: Mutex::new(base), changed: Notify::new() }) }
    }

    /// Shows `at` (UTC milliseconds) until it is moved: for simulations that keep time themselves.
    pub fn stopped(at: i64) -> Self {
        let base = Base { at, since: Instant::now(), speed: 0.0 };
        Self { inner: Arc::new(Inner { base: Mutex::new(base), changed: Notify::new() }) }
    }

    fn edit<R>(&self, f: impl FnOnce(&mut Base) -> R) -> R {
        f(&mut self.inner.base.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The present moment in UTC milliseconds.
    pub fn now(&self) -> i64 {
        self.edit(|base| base.now())
    }

    /// The present speed factor.
    pub fn speed(&self) -> f64 {
        self.edit(|base| base.speed)
    }

    /// Changes the speed from now on. Values outside [`SPEEDS`] become its nearest end; one that is no number becomes
    /// the least.
    pub fn set_speed(&self, speed: f64) {
        self.edit(|base| *base = Base { at: base.now(), since: Instant::now(), speed: sane(speed) });
        self.inner.changed.notify_waiters();
    }

    /// Jumps forward (or back, when negative) by that many milliseconds.
    pub fn advance(&self, ms: i64) {
        self.edit(|base| base.at += ms);
        self.inner.changed.notify_waiters();
    }

    /// Real time left until the clock shows `at`.
    pub fn until(&self, at: i64) -> Duration {
        self.edit(|base| {
            let left = (at - base.now()).max(0) as f64 / 1000.0;
            // On a stopped clock nothing comes of itself; what is due is due all the same.
            Duration::from_secs_f64(if left > 0.0 { (left / base.speed).min(86_400.0) } else { 0.0 })
        })
    }

    /// Completes when the clock was moved or its speed changed.
    pub fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        // Not an async fn: the future must listen from its creation on.
        self.inner.changed.notified()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(None, 1.0)
    }
}

fn sane(speed: f64) -> f64 {
    if speed.is_nan() { *SPEEDS.start() } else { speed.clamp(*SPEEDS.start(), *SPEEDS.end()) }
}

/// ISO 8601 in UTC with milliseconds, as HubSpot writes it.
pub fn iso(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |t| t.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_at_its_own_speed_and_can_jump() {
        let clock = Clock::new(Some(1_000), 0.001);
        assert!((1_000..1_010).contains(&clock.now()));
        clock.advance(86_400_000);
        assert!(clock.now() >= 86_401_000);
        clock.set_speed(1000.0);
        assert!(clock.until(clock.now() + 60_000) <= Duration::from_millis(61));
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        let clock = Clock::stopped(1_000);
        std::thread::sleep(Duration::from_millis(3));
        assert_eq!(
            (clock.now(), clock.until(1_000), clock.until(1_001)),
            (1_000, Duration::ZERO, Duration::from_secs(86_400))
        );
        clock.advance(1);
        assert_eq!(clock.now(), 1_001);
    }
}
