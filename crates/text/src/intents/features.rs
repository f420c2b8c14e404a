//! What the classifier sees of a text: hashed words, pairs of words and pieces of words.

use std::collections::HashMap;
use std::ops::Range;

use crate::phrases::Prepared;
use crate::unit::{Gap, Kind};

/// Longer texts say their purpose at the start.
const MAX_UNITS: usize = 200;
/// Pieces of a word, in characters, its borders included.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;

/// One feature: which of the two blocks, its hash, and the units it comes from.
pub(super) struct Feature {
    pub(super) hash: u32,
    pub(super) units: Range<usize>,
}

/// Words and pairs of words; pieces of words. Each block is brought to length one on its own, or the many pieces
/// would drown the words.
pub(super) struct Features {
    pub(super) blocks: [Vec<Feature>; 2],
}

/// A text as sparse numbers: rows of the model and values, ascending by row.
pub(super) type Sparse = Vec<(u32, f32)>;

/// The features of a text. Numbers are one and the same word: an order number is no evidence.
pub(super) fn features(prepared: &Prepared) -> Features {
    let row = &prepared.units[..prepared.units.len().min(MAX_UNITS)];
    let mut words: Vec<Feature> = Vec::with_capacity(2 * row.len());
    let mut pieces: Vec<Feature> = Vec::with_capacity(12 * row.len());
    let text = |at: usize| if row[at].kind == Kind::Number { "0" } else { row[at].text.as_str() };
    let mut framed: Vec<char> = Vec::new();
    for at in 0..row.len() {
        words.push(Feature { hash: hash(&["w", text(at)]), units: at..at + 1 });
        if at + 1 < row.len() && row[at + 1].gap != Gap::Clause {
            words.push(Feature { hash: hash(&["b", text(at), " ", text(at + 1)]), units: at..at + 2 });
        }
        if row[at].kind == Kind::Gram
            && at + 2 < row.len()
            && row[at + 1].gap == Gap::None
            && row[at + 2].gap == Gap::None
        {
            pieces.push(Feature { hash: hash(&["p", text(at), text(at + 1), text(at + 2)]), units: at..at + 3 });
        }
        if row[at].kind != Kind::Word {
            continue;
        }
        framed.clear();
        framed.push(' ');
        framed.extend(row[at].text.chars().take(24));
        framed.push(' ');
        for length in PIECES {
            for piece in framed.windows(length) {
                let piece: String = piece.iter().collect();
                pieces.push(Feature { hash: hash(&["p", &piece]), units: at..at + 1 });
            }
        }
    }
    Features { blocks: [words, pieces] }
}

/// FNV-1a, the same on every machine: the hashes are stored in models.
fn hash(parts: &[&str]) -> u32 {
    let bytes = parts.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

impl Features {
    /// The text's numbers for the rows a model knows: `(1 + ln n) * idf`, each block of length one.
    pub(super) fn sparse(&self, rows: &HashMap<u32, u32>, idf: &[f32]) -> Sparse {
        let mut all: Sparse = Vec::new();
        for block in &self.blocks {
            let mut counts: HashMap<u32, f32> = HashMap::new();
            for row in block.iter().filter_map(|feature| rows.get(&feature.hash)) {
                *counts.entry(*row).or_default() += 1.0;
            }
            let mut values: Sparse =
                counts.into_iter().map(|(row, times)| (row, (1.0 + times.ln()) * idf[row as usize])).collect();
            // In order, for sums of floating point depend on it, and models must not.
            values.sort_unstable_by_key(|(row, _)| *row);
            let length = values.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::EPSILON);
            values.iter_mut().for_each(|(_, value)| *value /= length);
            all.extend(values);
        }
        all.sort_unstable_by_key(|(row, _)| *row);
        all
    }

    /// The share of the words that the model has never seen.
    pub(super) fn strange(&self, rows: &HashMap<u32, u32>) -> f32 {
        let words = || self.blocks[0].iter().filter(|feature| feature.units.len() == 1);
        let all = words().count();
        let strange = words().filter(|feature| !rows.contains_key(&feature.hash)).count();
        if all == 0 { 1.0 } else { count(strange) / count(all) }
    }
}

fn count(n: usize) -> f32 {
    u16::try_from(n).map_or(f32::MAX, f32::from)
}
