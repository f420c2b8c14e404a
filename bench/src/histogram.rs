//! Latencies in fixed memory: buckets that grow with the value, at most 0.8 % wide.

/// Bits of precision within a power of two.
const BITS: u32 = 7;
const SUB: u64 = 1 << BITS;
/// Values up to 2^40 microseconds (12 days).
const BUCKETS: usize = ((40 - BITS as usize) + 1) << BITS;

/// A histogram of microseconds.
#[derive(Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], total: 0, max: 0 }
    }
}

fn index(micros: u64) -> usize {
    if micros < SUB {
        return usize::try_from(micros).unwrap_or(0);
    }
    let exponent = 63 - micros.leading_zeros() - BITS;
    let place = u64::from(exponent) * SUB + (micros >> exponent);
    usize::try_from(place).unwrap_or(BUCKETS - 1).min(BUCKETS - 1)
}

/// The largest value that falls into a bucket.
fn upper(index: usize) -> u64 {
    let place = index as u64;
    if place < 2 * SUB {
        return place;
    }
    let exponent = place / SUB - 1;
    ((place - exponent * SUB + 1) << exponent) - 1
}

impl Histogram {
    /// Counts one value.
    pub fn record(&mut self, micros: u64) {
        self.counts[index(micros)] += 1;
        self.total += 1;
        self.max = self.max.max(micros);
    }

    /// Adds another histogram.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// How many values.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The largest value, exactly.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The value that `share` (0 to 1) of all values do not exceed, microseconds; 0 when empty.
    pub fn quantile(&self, share: f64) -> u64 {
        let wanted = ((self.total as f64 * share).ceil() as u64).max(1);
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return upper(index).min(self.max);
            }
        }
        self.max
    }

    /// A quantile in milliseconds.
    pub fn millis(&self, share: f64) -> f64 {
        self.quantile(share) as f64 / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_within_a_percent() {
        let mut histogram = Histogram::default();
        for micros in 1..=100_000 {
            histogram.record(micros);
        }
        for (share, wanted) in [(0.5, 50_000.0), (0.99, 99_000.0), (0.999, 99_900.0), (1.0, 100_000.0)] {
            let found = histogram.quantile(share) as f64;
            assert!((found - wanted).abs() / wanted < 0.01, "{share}: {found}");
        }
        assert_eq!((histogram.count(), histogram.max()), (100_000, 100_000));
    }

    #[test]
    fn every_value_falls_into_the_bucket_that_covers_it() {
        for micros in (0..5_000).chain([1 << 20, (1 << 20) + 12_345, 1 << 39, u64::MAX]) {
            let at = index(micros);
            assert!(upper(at) >= micros || at == BUCKETS - 1, "{micros}");
            assert!(at == 0 || upper(at - 1) < micros, "{micros}");
        }
    }

    #[test]
    fn merging_is_adding() {
        let (mut one, mut other) = (Histogram::default(), Histogram::default());
        one.record(10);
        other.record(1_000_000);
        one.merge(&other);
        assert_eq!((one.count(), one.max(), one.quantile(0.5)), (2, 1_000_000, 10));
        assert_eq!(Histogram::default().quantile(0.99), 0);
    }
}
