//! Signs of life: background workers say that they are there, `/readyz` looks whether they did.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// When each worker last showed itself. Real time, not the application's clock: a stopped thread is stopped whatever
/// the clock of a simulation says.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<BTreeMap<&'static str, (Instant, Duration)>>);

impl Pulse {
    /// A worker is alive and will be heard again within `silence`.
    pub fn beat(&self, worker: &'static str, silence: Duration) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(worker, (Instant::now(), silence));
    }

    /// A worker ended as it should: it is no longer expected.
    pub fn end(&self, worker: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(worker);
    }

    /// Workers that have been silent for longer than they announced.
    #[must_use]
    pub fn silent(&self) -> Vec<&'static str> {
        let beats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        beats.iter().filter(|(_, (last, silence))| last.elapsed() > *silence).map(|(worker, _)| *worker).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_worker_is_noticed() {
        let pulse = Pulse::default();
        pulse.beat("quick", Duration::from_secs(60));
        pulse.beat("gone", Duration::ZERO);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(pulse.silent(), ["gone"]);
        pulse.end("gone");
        assert!(pulse.silent().is_empty());
    }
}
