//! The words of a text as phrases are matched against them.
//!
//! [`crate::tokenise`] makes overlapping pairs for an index; here every word, number and character of
//! a script without spaces stands once and in order, with what separates it from the one before.

use std::ops::Range;

use crate::fold::fold_term;
use crate::tokenise::{Class, Script, runs, units as characters};

/// One word, number or unspaced character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Its place in the normalised text.
    pub(crate) range: Range<usize>,
    /// Folded as a search term: no accents, simplified Chinese.
    pub(crate) text: String,
    pub(crate) script: Script,
    pub(crate) kind: Kind,
    /// What stands between it and the unit before.
    pub(crate) gap: Gap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Number,
    /// One character of a script without spaces.
    Gram,
}

/// What separates two units; phrases do not reach over a [`Gap::Clause`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// Nothing: "15pro".
    None,
    /// Space, hyphen, apostrophe, emoji.
    Space,
    /// Punctuation that ends a clause, or a new line.
    Clause,
}

/// Cuts a normalised text; letters and digits that stand together are two units.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    let mut found: Vec<Unit> = Vec::with_capacity(text.len() / 6 + 1);
    let mut before = 0;
    for run in runs(text) {
        match run.class {
            Class::Separator => {}
            Class::Unspaced => {
                for range in characters(text, run.range) {
                    push(&mut found, text, range, Script::Unspaced, Kind::Gram, &mut before);
                }
            }
            Class::Spaced(_) => {
                for range in letters_and_digits(text, run.range) {
                    let digits = text[range.clone()].starts_with(|c: char| c.is_ascii_digit());
                    let kind = if digits { Kind::Number } else { Kind::Word };
                    push(&mut found, text, range, run.script, kind, &mut before);
                }
            }
        }
    }
    found
}

fn push(found: &mut Vec<Unit>, text: &str, range: Range<usize>, script: Script, kind: Kind, before: &mut usize) {
    let folded = fold_term(&text[range.clone()]);
    if folded.is_empty() {
        return;
    }
    let between = &text[*before..range.start];
    let decimal = kind == Kind::Number
        && found.last().is_some_and(|unit| unit.kind == Kind::Number)
        && matches!(between, "." | "," | ":" | "/" | "٫" | "٬");
    let gap = match between {
        "" => Gap::None,
        _ if decimal => Gap::Space,
        signs if signs.contains(ends_clause) => Gap::Clause,
        _ => Gap::Space,
    };
    *before = range.end;
    found.push(Unit { range, text: folded, script, kind, gap });
}

/// Whether a sign keeps the words on its two sides apart.
pub(crate) fn ends_clause(c: char) -> bool {
    matches!(
        c,
        '.' | ','
            | ';'
            | ':'
            | '!'
            | '?'
            | '\n'
            | '\r'
            | '…'
            | '('
            | ')'
            | '['
            | ']'
            | '"'
            | '«'
            | '»'
            | '“'
            | '”'
            | '|'
            | '،'
            | '؛'
            | '؟'
            | '。'
            | '、'
            | '，'
            | '；'
            | '：'
            | '！'
            | '？'
            | '「'
            | '」'
            | '《'
            | '》'
            | '।'
            | '॥'
            | '¿'
            | '¡'
    )
}

/// Cuts a run where digits begin or end; marks stay with what they stand on.
fn letters_and_digits(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::with_capacity(1);
    let mut digits = None;
    for (at, c) in text[range.clone()].char_indices() {
        let (start, end) = (range.start + at, range.start + at + c.len_utf8());
        let is_digit = if c.is_alphabetic() || c.is_ascii_digit() { Some(c.is_ascii_digit()) } else { digits };
        match parts.last_mut() {
            Some(part) if is_digit == digits => part.end = end,
            _ => parts.push(start..end),
        }
        digits = is_digit;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Gap, Kind, units};
    use crate::normalise::normalised;

    fn cut(text: &str) -> Vec<(String, Gap)> {
        units(&normalised(text)).into_iter().map(|unit| (unit.text, unit.gap)).collect()
    }

    #[test]
    fn letters_and_digits_part_and_gaps_are_seen() {
        let expected = [("iphone", Gap::None), ("15", Gap::None), ("pro", Gap::None), ("max", Gap::Space)];
        assert_eq!(cut("iPhone15Pro-MAX"), expected.map(|(text, gap)| (text.to_owned(), gap)));
        assert_eq!(cut("no, good")[1].1, Gap::Clause);
        assert_eq!(cut("3.5 mm")[1].1, Gap::Space);
        assert_eq!(cut("good 😀 service")[1].1, Gap::Space);
    }

    #[test]
    fn chinese_is_cut_into_simplified_characters() {
        let found = units(&normalised("太貴了！"));
        assert_eq!(found.iter().map(|unit| unit.text.as_str()).collect::<Vec<_>>(), ["太", "贵", "了"]);
        assert!(found.iter().all(|unit| unit.kind == Kind::Gram));
    }
}
