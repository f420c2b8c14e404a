//! Time of a simulation: it stands still until somebody waits, and then it has passed.

use futures::future::BoxFuture;
use rapport_app::clock::Clock;
use rapport_core::Ms;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The first moment: a Sunday in November 2026, UTC.
pub const START: Ms = Ms(1_793_491_200_000);

/// Our clock, and the CRM's, which moves with it.
pub struct Time {
    at: AtomicI64,
    base: Instant,
    crm: rapport_sandbox::Clock,
}

impl Time {
    /// Shows [`START`]; `crm` is moved along from wherever it stands.
    pub fn new(crm: rapport_sandbox::Clock) -> Arc<Self> {
        Arc::new(Self { at: AtomicI64::new(START.0), base: Instant::now(), crm })
    }

    /// So many milliseconds pass.
    pub fn advance(&self, ms: i64) {
        if ms > 0 {
            self.at.fetch_add(ms, Ordering::SeqCst);
            self.crm.advance(ms);
        }
    }
}

impl Clock for Time {
    fn now(&self) -> Ms {
        Ms(self.at.load(Ordering::SeqCst))
    }

    fn instant(&self) -> Instant {
        self.base + Duration::from_millis(u64::try_from(self.now().since(START)).unwrap_or(0))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // Upwards: who waits for a permit must find it afterwards.
            self.advance(i64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX));
            tokio::task::yield_now().await;
        })
    }
}
