//! Words, numbers and CJK bigrams, with their place in the original.
//!
//! Boundaries are made here and not taken from UAX #29: its word rules keep elisions ("l'appareil")
//! and snake_case in one piece, cut Thai into single letters and leave Chinese to a dictionary,
//! each of which loses search hits.

use std::ops::Range;

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;

use crate::fold::is_term_letter;
use crate::normalise::normalise;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A word of a script that writes spaces.
    Word,
    /// Digits only (ASCII after normalising), at most with marks on them (keycap emoji).
    Number,
    /// Letters and digits together: order numbers, model names.
    Mixed,
    /// Two neighbouring characters of a script without spaces (Han, kana, Hangul, Thai, Lao, Khmer,
    /// Burmese), or one that stands alone. Hangul is here because its particles are glued on.
    Gram,
    /// The short part of an elision or contraction: `l'`, `qu'`, `'s`, `n't` without its `n`.
    Clitic,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The normalised text of the token.
    pub text: String,
    /// First byte in the original text.
    pub start: usize,
    /// One past the last byte in the original text.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// Cuts a text into tokens, in order; only the grams of one run overlap.
///
/// Spans are bytes of `original` on character boundaries: `&original[token.start..token.end]` is
/// what the writer typed. Punctuation, white space and emoji separate and are not tokens; words also
/// end where the script changes ("iPhone手机"). Numbers keep only digits: `3.50` gives two tokens.
#[must_use]
pub fn tokenise(original: &str) -> Vec<Token> {
    let normal = normalise(original);
    let text = normal.as_str();
    let mut tokens = Vec::new();
    let mut add = |range: Range<usize>, kind| {
        let place = normal.original_range(range.clone());
        tokens.push(Token { text: text[range].to_owned(), start: place.start, end: place.end, kind });
    };
    for run in runs(text) {
        match run.class {
            Class::Separator => {}
            Class::Spaced(kind) => add(run.range, kind),
            Class::Unspaced => {
                let units = units(text, run.range);
                if let [only] = units.as_slice() {
                    add(only.clone(), Kind::Gram);
                }
                for pair in units.windows(2) {
                    add(pair[0].start..pair[1].end, Kind::Gram);
                }
            }
        }
    }
    tokens
}

/// A maximal stretch of one class, in bytes of normalised text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) range: Range<usize>,
    pub(crate) class: Class,
    pub(crate) script: Script,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Separator,
    Spaced(Kind),
    Unspaced,
}

/// The script of a letter, as far as words and stems are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Script {
    None,
    Latin,
    Cyrillic,
    Arabic,
    Other(u32),
    Unspaced,
}

pub(crate) fn script_of(c: char) -> Script {
    match u32::from(c) {
        0x41..=0x24F | 0x1E00..=0x1EFF => Script::Latin,
        0x400..=0x52F => Script::Cyrillic,
        0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF => Script::Arabic,
        0xE00..=0xEFF | 0x1000..=0x109F | 0x1780..=0x17FF => Script::Unspaced,
        0x1100..=0x11FF | 0x3005..=0x3007 | 0x3031..=0x3035 | 0x3040..=0x31FF => Script::Unspaced,
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7FF | 0xF900..=0xFAFF => Script::Unspaced,
        0x1_B000..=0x1_B16F | 0x2_0000..=0x3_FFFF => Script::Unspaced,
        // Greek and Coptic share 0x300; Hebrew and Armenian 0x500; Indic blocks have 0x80 each.
        code => Script::Other(if code < 0x900 { code >> 8 } else { code >> 7 }),
    }
}

/// The runs of a normalised text, in order, without gaps.
pub(crate) fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let (class, script) = classify(c, runs.last());
        match runs.last_mut() {
            Some(run) if joins(run, class, script) => {
                run.range.end = end;
                run.class = merged(run.class, class);
                if run.script == Script::None {
                    run.script = script;
                }
            }
            _ => runs.push(Run { range: at..end, class, script }),
        }
    }
    mark_clitics(text, &mut runs);
    runs
}

fn classify(c: char, before: Option<&Run>) -> (Class, Script) {
    if c.is_ascii_digit() {
        return (Class::Spaced(Kind::Number), Script::None);
    }
    if is_combining_mark(c) {
        return before.map_or((Class::Separator, Script::None), |run| (run.class, run.script));
    }
    if !is_term_letter(c) {
        return (Class::Separator, Script::None);
    }
    match script_of(c) {
        Script::Unspaced => (Class::Unspaced, Script::Unspaced),
        script => (Class::Spaced(Kind::Word), script),
    }
}

fn joins(run: &Run, class: Class, script: Script) -> bool {
    match (run.class, class) {
        (Class::Separator, Class::Separator) | (Class::Unspaced, Class::Unspaced) => true,
        (Class::Spaced(_), Class::Spaced(_)) => {
            run.script == script || run.script == Script::None || script == Script::None
        }
        _ => false,
    }
}

fn merged(a: Class, b: Class) -> Class {
    match (a, b) {
        (Class::Spaced(x), Class::Spaced(y)) if x != y => Class::Spaced(Kind::Mixed),
        _ => a,
    }
}

/// Finds elisions (`l'eau`, `qu'il`, `d’accord`) and contractions (`it's`, `don't`).
fn mark_clitics(text: &str, runs: &mut [Run]) {
    for index in 1..runs.len().saturating_sub(1) {
        if !matches!(&text[runs[index].range.clone()], "'" | "\u{2019}") {
            continue;
        }
        let is_word = |run: &Run| run.class == Class::Spaced(Kind::Word) && run.script == Script::Latin;
        if !is_word(&runs[index - 1]) || !is_word(&runs[index + 1]) {
            continue;
        }
        let head = &text[runs[index - 1].range.clone()];
        let tail = &text[runs[index + 1].range.clone()];
        if matches!(tail, "s" | "t" | "ll" | "re" | "ve" | "d" | "m") {
            runs[index + 1].class = Class::Spaced(Kind::Clitic);
        } else if matches!(head, "l" | "d" | "j" | "m" | "t" | "s" | "n" | "c" | "qu") {
            runs[index - 1].class = Class::Spaced(Kind::Clitic);
        }
    }
}

/// The characters of an unspaced run, each with its marks.
pub(crate) fn units(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    for (at, c) in text[range.clone()].char_indices() {
        let (start, end) = (range.start + at, range.start + at + c.len_utf8());
        match units.last_mut() {
            Some(unit) if is_combining_mark(c) => unit.end = end,
            _ => units.push(start..end),
        }
    }
    units
}
