//! How alike two names are.

use crate::fold::fold_term;
use crate::normalise::normalise;
use crate::tokenise::{Class, runs};

/// The most characters of a name that are compared; names are cut, so the cost is bounded.
const MAX_NAME_CHARS: usize = 96;

/// The similarity of two names, 0.0 (nothing in common) to 1.0 (the same but for spelling habits).
///
/// `1 - levenshtein / longer length`, in characters, after normalising, folding accents and sorting
/// the words, so that case, accents, Arabic spelling variants, emoji, punctuation and the order of
/// the words do not count. A name without a letter or digit is like nothing, not even itself: 0.0.
/// Names are compared on their first 96 characters. (`text-and-data.md` §2(e))
#[must_use]
pub fn similarity(a: &str, b: &str) -> f64 {
    let (a, b) = (key(a), key(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    if a == b {
        return 1.0;
    }
    let longer = a.len().max(b.len());
    1.0 - count(levenshtein(&a, &b)) / count(longer)
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// The comparable form: folded words, sorted, joined by single spaces, bounded.
fn key(name: &str) -> Vec<char> {
    words(name).join(" ").chars().take(MAX_NAME_CHARS).collect()
}

/// The folded words of a name, sorted.
pub(crate) fn words(name: &str) -> Vec<String> {
    let bounded: String = name.chars().take(4 * MAX_NAME_CHARS).collect();
    let normal = normalise(&bounded);
    let mut words: Vec<String> = runs(normal.as_str())
        .into_iter()
        .filter(|run| run.class != Class::Separator)
        .map(|run| fold_term(&normal.as_str()[run.range]))
        .filter(|word| !word.is_empty())
        .collect();
    words.sort_unstable();
    words
}

/// Edit distance with two rows; `a` and `b` are bounded by [`MAX_NAME_CHARS`].
fn levenshtein(a: &[char], b: &[char]) -> usize {
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let mut current = vec![0; b.len() + 1];
    for (row, x) in a.iter().enumerate() {
        current[0] = row + 1;
        for (column, y) in b.iter().enumerate() {
            let replaced = previous[column] + usize::from(x != y);
            let edited = previous[column + 1].min(current[column]) + 1;
            current[column + 1] = replaced.min(edited);
        }
        std::mem::swap(&mut previous, &mut current);
    }
    previous[b.len()]
}
