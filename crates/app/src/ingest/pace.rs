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
/// Windows without an arrival after which nobody is taken to be waiting.
const QUIET: u64 = 5;
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
/// How long a batch should take while anything arrives: on SQLite its acknowledgement waits for the batch to end. On a
/// machine that has little to spare the same things take ten times as long.
const HOLD: Duration = Duration::from_millis(25);
/// Things in a batch whose time is telling.
const TELLING: usize = 25;
/// Longest time in which events gather for a batch.
const GATHER_MAX: Duration = Duration::from_millis(25);
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
    /// Number of the last window that anything arrived in, plus one.
    last: AtomicU64,
}

impl Default for Pace {
    fn default() -> Self {
        let [window, burst, last] = [0; 3].map(AtomicU64::new);
        Self(Arc::new(Inner { start: Instant::now(), window, burst, last }))
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
        self.0.last.fetch_max(now + 1, Ordering::Relaxed);
        if count(old) >= BURST {
            self.0.burst.fetch_max(now + 1, Ordering::Relaxed);
        }
    }

    /// Whether anything arrives at all: then somebody may be waiting for the writer.
    #[must_use]
    pub fn receives(&self) -> bool {
        let last = self.0.last.load(Ordering::Relaxed);
        last > 0 && last + QUIET >= self.number()
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

    /// Called after a batch that was not full and took `worked`: while anything arrives, lets events gather for as long.
    /// A small batch costs nearly what a large one does, so fewer of them leave acknowledgements more of the machine -
    /// and the less of it there is, the longer a batch takes.
    pub async fn gather(&self, worked: Duration) {
        if self.receives() {
            tokio::time::sleep(worked.min(GATHER_MAX)).await;
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

/// How long a thing takes a worker, from the batches it has done.
#[derive(Debug, Default)]
pub struct Speed(Option<Duration>);

impl Speed {
    /// Remembers what a batch of `count` took.
    pub fn learn(&mut self, count: usize, took: Duration) {
        // A few cost as much as the commit around them, which says nothing about many.
        if count < TELLING {
            return;
        }
        let each = took / u32::try_from(count).unwrap_or(u32::MAX);
        self.0 = Some(self.0.map_or(each, |before| (before * 3 + each) / 4));
    }

    /// How many the next batch should have: all while nobody waits, else what takes [`HOLD`], within these bounds.
    #[must_use]
    pub fn batch(&self, pace: &Pace, least: usize, most: usize) -> usize {
        match self.0 {
            Some(each) if pace.receives() => {
                let fitting = HOLD.as_nanos() / each.as_nanos().max(1);
                usize::try_from(fitting).unwrap_or(most).clamp(least.min(most), most)
            }
            _ => most,
        }
    }
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

    #[tokio::test]
    async fn events_gather_while_others_arrive_and_only_then() {
        let pace = Pace::default();
        let began = Instant::now();
        pace.gather(Duration::from_secs(60)).await;
        assert!(began.elapsed() < GATHER_MAX, "nothing arrives, nothing is waited for");
        pace.arrived(1);
        let began = Instant::now();
        pace.gather(Duration::from_secs(60)).await;
        assert!(began.elapsed() >= GATHER_MAX, "as long as the batch took, but not longer than this");
    }

    #[tokio::test]
    async fn arrivals_are_remembered_for_a_moment() {
        let pace = Pace::default();
        assert!(!pace.receives());
        pace.arrived(1);
        assert!(pace.receives() && !pace.is_burst());
        tokio::time::sleep(WINDOW * 8).await;
        assert!(!pace.receives());
    }

    #[test]
    fn a_batch_is_as_long_as_others_may_wait() {
        let (pace, mut speed) = (Pace::default(), Speed::default());
        let ms = Duration::from_millis;
        speed.learn(100, ms(1_000));
        assert_eq!(speed.batch(&pace, 50, 500), 500, "nobody waits");
        pace.arrived(1);
        assert_eq!(speed.batch(&pace, 50, 500), 50, "10 ms each");
        speed = Speed::default();
        assert_eq!(speed.batch(&pace, 50, 500), 500, "nothing is known");
        speed.learn(100, ms(10));
        assert_eq!(speed.batch(&pace, 50, 500), 250, "0.1 ms each");
        speed.learn(3, ms(300));
        assert_eq!(speed.batch(&pace, 50, 500), 250, "a small batch says nothing");
        speed.learn(100, ms(50));
        assert_eq!(speed.batch(&pace, 50, 500), 125, "0.2 ms each on average");
        assert_eq!(speed.batch(&pace, 50, 100), 100);
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
