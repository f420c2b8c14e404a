//! A linear support vector machine, trained by dual coordinate descent (Hsieh and others, 2008; the method of
//! liblinear): squared hinge loss, one class against the rest.

use super::features::Sparse;

/// Passes over the data at most; it is done when a pass changes next to nothing.
const MAX_PASSES: usize = 60;
const DONE: f32 = 0.05;

/// A small deterministic generator (splitmix64): the same seed gives the same model everywhere.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or_default();
            items.swap(last, other);
        }
    }
}

/// The weights of one class, one for each row and a last one that is always there.
///
/// `cost` is how much a sample's error counts: rare classes count more, so that they are not given up.
pub(super) fn train(samples: &[&Sparse], mine: &[bool], cost: (f32, f32), rows: usize, seed: u64) -> Vec<f32> {
    let mut weights = vec![0.0_f32; rows + 1];
    let mut pull = vec![0.0_f32; samples.len()];
    let give: Vec<f32> = mine.iter().map(|mine| 0.5 / if *mine { cost.0 } else { cost.1 }).collect();
    let size: Vec<f32> =
        samples.iter().map(|sample| 1.0 + sample.iter().map(|(_, value)| value * value).sum::<f32>()).collect();
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut dice = Dice(seed);
    for _ in 0..MAX_PASSES {
        dice.shuffle(&mut order);
        let mut largest = 0.0_f32;
        for &at in &order {
            let sign = if mine[at] { 1.0 } else { -1.0 };
            let gradient = sign * margin(&weights, samples[at]) - 1.0 + give[at] * pull[at];
            let projected = if pull[at] > 0.0 { gradient } else { gradient.min(0.0) };
            if projected.abs() < 1e-6 {
                continue;
            }
            largest = largest.max(projected.abs());
            let before = pull[at];
            pull[at] = (before - gradient / (size[at] + give[at])).max(0.0);
            let step = (pull[at] - before) * sign;
            samples[at].iter().for_each(|(row, value)| weights[*row as usize] += step * value);
            weights[rows] += step;
        }
        if largest < DONE {
            break;
        }
    }
    weights
}

/// How far on the side of its class a text stands.
pub(super) fn margin(weights: &[f32], sample: &Sparse) -> f32 {
    let last = weights.last().copied().unwrap_or_default();
    last + sample.iter().map(|(row, value)| weights[*row as usize] * value).sum::<f32>()
}

/// Platt's sigmoid: `1 / (1 + exp(a * margin + b))` fitted to margins of samples the weights have not seen, by
/// Newton's method on the regularised targets of his paper.
pub(super) fn platt(margins: &[(f32, bool)]) -> (f32, f32) {
    let positive = margins.iter().filter(|(_, mine)| *mine).count();
    let count = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    let (yes, no) = (count(positive), count(margins.len() - positive));
    if yes < 1.0 || no < 1.0 {
        return (-1.0, 0.0);
    }
    let (high, low) = ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0));
    let (mut a, mut b) = (0.0_f64, ((no + 1.0) / (yes + 1.0)).ln());
    let loss = |a: f64, b: f64| -> f64 {
        let one = |(margin, mine): &(f32, bool)| {
            let (f, target) = (a * f64::from(*margin) + b, if *mine { high } else { low });
            if f >= 0.0 { target * f + (-f).exp().ln_1p() } else { (target - 1.0) * f + f.exp().ln_1p() }
        };
        margins.iter().map(one).sum()
    };
    for _ in 0..50 {
        let (mut h11, mut h22, mut h21, mut g1, mut g2) = (1e-9, 1e-9, 0.0, 0.0, 0.0);
        for (margin, mine) in margins {
            let x = f64::from(*margin);
            let p = 1.0 / (1.0 + (a * x + b).exp());
            let target = if *mine { high } else { low };
            let (slope, error) = (p * (1.0 - p), target - p);
            h11 += x * x * slope;
            h22 += slope;
            h21 += x * slope;
            g1 += x * error;
            g2 += error;
        }
        if g1.abs() < 1e-5 && g2.abs() < 1e-5 {
            break;
        }
        let determinant = h11 * h22 - h21 * h21;
        let (da, db) = (-(h22 * g1 - h21 * g2) / determinant, -(h11 * g2 - h21 * g1) / determinant);
        let (now, downhill) = (loss(a, b), g1 * da + g2 * db);
        let mut step = 1.0;
        while step > 1e-10 && loss(a + step * da, b + step * db) > now + 1e-4 * step * downhill {
            step /= 2.0;
        }
        a += step * da;
        b += step * db;
    }
    #[expect(clippy::cast_possible_truncation, reason = "two small numbers")]
    let fitted = (a as f32, b as f32);
    // A sigmoid that falls with the margin would say the opposite of the classifier.
    if fitted.0 < 0.0 && fitted.0.is_finite() && fitted.1.is_finite() { fitted } else { (-1.0, 0.0) }
}
