//! Ratios of interleaved pairs (perf-reliability.md §4.1): on a shared machine nothing else can be compared.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::Serialize;

/// A median ratio with its 95 % bootstrap interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// Median of the pairs' ratios.
    pub median: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
    /// How many pairs.
    pub pairs: usize,
}

/// The median; 0 for nothing.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

/// Compares pairs of (ours, reference).
pub fn ratio(pairs: &[(f64, f64)]) -> Ratio {
    let ratios: Vec<f64> =
        pairs.iter().filter(|(_, reference)| *reference > 0.0).map(|(ours, reference)| ours / reference).collect();
    let mut random = StdRng::seed_from_u64(1);
    let mut medians: Vec<f64> = (0..1_000)
        .map(|_| {
            let sample: Vec<f64> = ratios.iter().map(|_| ratios[random.random_range(0..ratios.len())]).collect();
            median(&sample)
        })
        .collect();
    medians.sort_by(f64::total_cmp);
    let at = |place: usize| medians.get(place).copied().unwrap_or(0.0);
    Ratio { median: median(&ratios), low: at(25), high: at(974), pairs: ratios.len() }
}

/// The order of measurements: A B, B A, A B, ... so that a drift hits both alike. True = ours first.
pub fn ours_first(pair: usize) -> bool {
    pair.is_multiple_of(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_intervals() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        let found = ratio(&[(50.0, 100.0), (60.0, 100.0), (70.0, 100.0), (1.0, 0.0)]);
        assert_eq!((found.median, found.pairs), (0.6, 3));
        assert!(found.low >= 0.5 && found.high <= 0.7 && found.low <= found.median && found.median <= found.high);
        assert_eq!(ratio(&[]).median, 0.0);
    }
}
