//! Persist first, then think: background work gives way while many events arrive.
//!
//! An acknowledgement needs the processor and, on SQLite, the one writer; so does everything that happens to events
//! afterwards. On a saturated machine they would share evenly, and a provider that delivers a burst would wait for work
//! that nobody waits for. So whoever works behind the acknowledgements rests after a piece of work while a burst lasts,
//! for some times as long as the piece took. It keeps a share, which grows with what is behind: a stream that lasts is
//! decided as fast as it comes, some seconds late, and what a burst has left is worked off when it is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How long arrivals are counted before they are judged.
const WINDOW: Duration = Duration::from_millis(20);
/// Requests in a window that make a burst: 1,250 a second. Below it there is room for both.
const BURST: u64 = 25;
/// Rest for a piece of work, as a multiple of the time it took, while the work is hardly behind, ...
const REST: f64 = 12.0;
/// ... and while it is far behind: half of the time is left to it.
const REST_BEHIND: f64 = 1.0;
/// Up to here work is hardly behind, seconds.
const LATE: f64 = 2.0;
/// From here on it is far behind, seconds; the rest shrinks between the two.
const TOO_LATE: f64 = 10.0;
/// Longest rest.
const REST_MAX: Duration = Duration::from_millis(500);
/// How often it is looked whether the burst is over.
const LOOK: Duration = Duration::from_millis(4);

/// Knows whether a burst is on. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pace(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: Instant,
    /// Number of the window that is counted in, and what arrived in it: 32 bits each.
    window: AtomicU64,
    /// Number of the last window that was a burst, plus one.
    burst: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        Self(Arc::new(Inner { start: Instant::now(), window: AtomicU64::new(0), burst: AtomicU64::new(0) }))
    }
}

impl Pace {
    /// Counts requests that were acknowledged together. Requests, not events: a provider that packs hundreds into one
    /// does not wait for them one by one.
    pub(super) fn arrived(&self, requests: usize) {
        let now = self.number();
        let requests = u64::try_from(requests).unwrap_or(u64::MAX).min(u64::from(u32::MAX));
        let count = |old: u64| if old >> 32 == now { (old & 0xffff_ffff).saturating_add(requests) } else { requests };
        let new = |old: u64| Some((now << 32) | count(old).min(0xffff_ffff));
        let old = self.0.window.fetch_update(Ordering::Relaxed, Ordering::Relaxed, new).unwrap_or_default();
        if count(old) >= BURST {
            self.0.burst.fetch_max(now + 1, Ordering::Relaxed);
        }
    }

    /// Whether events arrive faster than there is room for other work beside them.
    #[must_use]
    pub fn is_burst(&self) -> bool {
        // The window before counts too: this one has only begun.
        let burst = self.0.burst.load(Ordering::Relaxed);
        burst > 0 && burst + 1 >= self.number()
    }

    /// Called after a piece of work that took `worked` and is `behind` (how long ago came what was worked on): returns
    /// at once when no burst is on, else rests.
    pub async fn rest(&self, worked: Duration, behind: Duration) {
        let began = Instant::now();
        let most = worked.mul_f64(share(behind)).min(REST_MAX);
        while self.is_burst() && began.elapsed() < most {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn number(&self) -> u64 {
        let windows = self.0.start.elapsed().as_millis() / WINDOW.as_millis();
        // 32 bits of windows are 2.7 years; a process that runs longer counts on from the beginning.
        u64::try_from(windows).unwrap_or_default() & 0xffff_ffff
    }
}

/// How many times as long as the work the rest is.
fn share(behind: Duration) -> f64 {
    let far = ((behind.as_secs_f64() - LATE) / (TOO_LATE - LATE)).clamp(0.0, 1.0);
    REST + (REST_BEHIND - REST) * far
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_burst_makes_others_rest_and_ends() {
        let pace = Pace::default();
        pace.arrived(3);
        assert!(!pace.is_burst());
        let began = Instant::now();
        pace.rest(Duration::from_secs(60), Duration::ZERO).await;
        assert!(began.elapsed() < Duration::from_millis(100), "no burst, no rest");
        pace.arrived(64);
        assert!(pace.is_burst());
        pace.rest(Duration::from_secs(60), Duration::ZERO).await;
        assert!(!pace.is_burst(), "the rest ends with the burst, long before its time");
    }

    #[test]
    fn what_is_behind_rests_less() {
        let shares = [0, 2, 6, 10, 600].map(|seconds| share(Duration::from_secs(seconds)));
        assert_eq!(shares, [12.0, 12.0, 6.5, 1.0, 1.0]);
    }

    #[tokio::test]
    async fn a_lasting_burst_leaves_a_share() {
        let pace = Pace::default();
        let burst = pace.clone();
        let arrivals = tokio::spawn(async move {
            loop {
                burst.arrived(100);
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        tokio::time::sleep(Duration::from_millis(30)).await;
        let began = Instant::now();
        pace.rest(Duration::from_millis(10), Duration::ZERO).await;
        let rested = began.elapsed();
        arrivals.abort();
        assert!(rested >= Duration::from_millis(120), "rested {rested:?}");
        assert!(rested < Duration::from_secs(5), "rested {rested:?}");
    }
}
