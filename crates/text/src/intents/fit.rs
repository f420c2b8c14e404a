//! Training: features, the machines, their sigmoids and thresholds.

use std::collections::HashMap;

use super::features::{Features, Sparse, features};
use super::svm::{Dice, margin, platt, train as machine};
use super::{Intent, IntentModel, MAX_INTENT_CHARS, MAX_INTENTS, MAX_SAMPLES, Sample, TrainError, TrainOptions};
use crate::phrases::Prepared;

/// Into how many parts the samples are cut, to judge each with what the others taught.
const PARTS: usize = 4;
/// From so many samples on, features seen once are left out: they are half of all and tell next to nothing.
const MANY: usize = 1_500;
/// An intent's threshold without samples enough to find one, and its bounds.
const USUAL: f32 = 0.5;
const LOWEST: f32 = 0.2;
const HIGHEST: f32 = 0.95;
/// How much more a rare intent's samples count, at most.
const RAREST: f32 = 8.0;

/// Weights over rows, before they are made small.
struct Fitted {
    rows: HashMap<u32, u32>,
    idf: Vec<f32>,
    machines: Vec<Vec<f32>>,
}

pub(super) fn train(samples: &[Sample], options: &TrainOptions) -> Result<IntentModel, TrainError> {
    let names = names(samples)?;
    let label = |sample: &Sample| names.binary_search(&sample.intent).ok();
    let labels: Vec<Option<usize>> = samples.iter().map(label).collect();
    let seen: Vec<Features> = samples.iter().map(|sample| features(&Prepared::new(&sample.text))).collect();
    let mut order: Vec<usize> = (0..samples.len()).collect();
    Dice(options.seed).shuffle(&mut order);
    // By intent, so that each part has its share of each.
    order.sort_by_key(|at| labels[*at]);
    let judged = left_out(&seen, &labels, &order, names.len(), options);
    let sigmoids: Vec<(f32, f32)> = (0..names.len())
        .map(|intent| {
            let margins: Vec<(f32, bool)> =
                judged.iter().map(|(at, margins)| (margins[intent], labels[*at] == Some(intent))).collect();
            platt(&margins)
        })
        .collect();
    let thresholds = thresholds(&judged, &labels, &sigmoids, options.precision);
    let all: Vec<usize> = (0..samples.len()).collect();
    let fitted = fit(&seen, &labels, &all, names.len(), options);
    let intents = names.into_iter().zip(sigmoids).zip(thresholds).zip(&fitted.machines);
    let intents = intents
        .map(|(((name, sigmoid), threshold), machine)| {
            let always = machine.last().copied().unwrap_or_default();
            Intent { name, always, sigmoid, threshold }
        })
        .collect();
    let (steps, weights) = small(&fitted);
    let samples = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    Ok(IntentModel { intents, rows: fitted.rows, idf: fitted.idf, steps, weights, samples })
}

/// The names of the intents with samples enough, sorted; samples of the others count as none of them.
fn names(samples: &[Sample]) -> Result<Vec<String>, TrainError> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    for sample in samples.iter().filter(|sample| !sample.intent.is_empty()) {
        *times.entry(&sample.intent).or_default() += 1;
    }
    if samples.len() > MAX_SAMPLES || times.len() > MAX_INTENTS {
        return Err(TrainError::TooMany);
    }
    if times.keys().any(|name| name.chars().nth(MAX_INTENT_CHARS).is_some()) {
        return Err(TrainError::Name);
    }
    let mut names: Vec<String> =
        times.into_iter().filter(|(_, times)| *times >= 2).map(|(name, _)| name.to_owned()).collect();
    names.sort_unstable();
    if names.len() < 2 { Err(TrainError::TooFew) } else { Ok(names) }
}

/// For each sample the margins given by machines that have not seen it.
fn left_out(
    seen: &[Features],
    labels: &[Option<usize>],
    order: &[usize],
    intents: usize,
    options: &TrainOptions,
) -> Vec<(usize, Vec<f32>)> {
    let mut judged = Vec::with_capacity(seen.len());
    for part in 0..PARTS.min(order.len()) {
        let is_out = |place: usize| place % PARTS == part;
        let kept: Vec<usize> = (0..order.len()).filter(|place| !is_out(*place)).map(|place| order[place]).collect();
        let fitted = fit(seen, labels, &kept, intents, options);
        for place in (0..order.len()).filter(|place| is_out(*place)) {
            let text = &seen[order[place]];
            let sparse = text.sparse(&fitted.rows, &fitted.idf);
            let strange = text.strange(&fitted.rows);
            let margins = fitted.machines.iter().map(|machine| margin(machine, &sparse) - strange).collect();
            judged.push((order[place], margins));
        }
    }
    judged
}

fn fit(seen: &[Features], labels: &[Option<usize>], kept: &[usize], intents: usize, options: &TrainOptions) -> Fitted {
    let mut texts: HashMap<u32, usize> = HashMap::new();
    for at in kept {
        let mut hashes: Vec<u32> = seen[*at].blocks.iter().flatten().map(|feature| feature.hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes.into_iter().for_each(|hash| *texts.entry(hash).or_default() += 1);
    }
    let least = if kept.len() >= MANY { 2 } else { 1 };
    let mut known: Vec<(u32, usize)> = texts.into_iter().filter(|(_, times)| *times >= least).collect();
    known.sort_unstable();
    let rows: HashMap<u32, u32> = known.iter().map(|(hash, _)| *hash).zip(0..).collect();
    let idf: Vec<f32> = known.iter().map(|(_, times)| (count(1 + kept.len()) / count(1 + times)).ln() + 1.0).collect();
    let sparse: Vec<Sparse> = kept.iter().map(|at| seen[*at].sparse(&rows, &idf)).collect();
    let sparse: Vec<&Sparse> = sparse.iter().collect();
    let machines = (0..intents)
        .map(|intent| {
            let mine: Vec<bool> = kept.iter().map(|at| labels[*at] == Some(intent)).collect();
            let own = mine.iter().filter(|mine| **mine).count().max(1);
            let rare = (count(mine.len() - own.min(mine.len())) / count(own)).sqrt().clamp(1.0, RAREST);
            machine(&sparse, &mine, (options.cost * rare, options.cost), idf.len(), options.seed)
        })
        .collect();
    Fitted { rows, idf, machines }
}

/// For each intent the lowest probability from which on enough of what it claims is right.
fn thresholds(
    judged: &[(usize, Vec<f32>)],
    labels: &[Option<usize>],
    sigmoids: &[(f32, f32)],
    precision: f32,
) -> Vec<f32> {
    let mut claims: Vec<Vec<(f32, bool)>> = vec![Vec::new(); sigmoids.len()];
    for (at, margins) in judged {
        let likely = margins.iter().zip(sigmoids).map(|(margin, (a, b))| 1.0 / (1.0 + (a * margin + b).exp()));
        let best = likely.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((intent, probability)) = best {
            claims[intent].push((probability, labels[*at] == Some(intent)));
        }
    }
    claims.into_iter().map(|claims| threshold(claims, precision)).collect()
}

fn threshold(mut claims: Vec<(f32, bool)>, precision: f32) -> f32 {
    if claims.len() < 10 {
        return USUAL;
    }
    claims.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut lowest) = (0, HIGHEST);
    for (place, (probability, is_right)) in claims.iter().enumerate() {
        right += usize::from(*is_right);
        if count(right) >= precision * count(place + 1) {
            lowest = *probability;
        }
    }
    lowest.clamp(LOWEST, HIGHEST)
}

/// Weights as whole steps of their row: a quarter of the size, and next to nothing lost.
fn small(fitted: &Fitted) -> (Vec<f32>, Vec<i8>) {
    let mut steps = Vec::with_capacity(fitted.idf.len());
    let mut weights = Vec::with_capacity(fitted.idf.len() * fitted.machines.len());
    for row in 0..fitted.idf.len() {
        let largest = fitted.machines.iter().map(|machine| machine[row].abs()).fold(0.0, f32::max);
        let step = (largest / 127.0).max(f32::MIN_POSITIVE);
        steps.push(step);
        #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
        weights.extend(fitted.machines.iter().map(|machine| (machine[row] / step).round().clamp(-127.0, 127.0) as i8));
    }
    (steps, weights)
}

fn count(n: usize) -> f32 {
    u16::try_from(n).map_or_else(|_| u32::try_from(n).map_or(f32::MAX, |n| f64::from(n) as f32), f32::from)
}

#[cfg(test)]
mod tests {
    use super::{HIGHEST, LOWEST, USUAL, threshold};

    /// Claims from 0.99 down in steps of 0.05.
    fn claims(right: &[bool]) -> Vec<(f32, bool)> {
        right.iter().zip(0_u8..).map(|(right, place)| (0.99 - 0.05 * f32::from(place), *right)).collect()
    }

    #[test]
    fn a_threshold_lies_where_enough_is_right() {
        let mut right = [true; 12];
        let close = |found: f32, expected: f32| assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        close(threshold(claims(&right), 0.92), 0.44);
        // Nine right of ten are too few, nine of nine are enough.
        right[9] = false;
        right[10] = false;
        right[11] = false;
        close(threshold(claims(&right), 0.92), 0.59);
        close(threshold(claims(&right), 0.8), 0.49);
        close(threshold(claims(&[false; 12]), 0.92), HIGHEST);
        close(threshold(claims(&[true; 17]), 0.92), LOWEST);
        close(threshold(claims(&[true; 9]), 0.92), USUAL);
    }
}
