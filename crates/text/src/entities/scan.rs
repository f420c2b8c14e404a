//! A text as a row of simple characters, each with its place in the original.
//!
//! Unlike the normal form nothing is squeezed (an order number may hold "000" or "AAA") and the case is kept beside.

use std::ops::Range;

use crate::fold::{ascii_digit, fold_char, is_dropped, without_accent};
use crate::span::Span;

/// One character.
#[derive(Debug, Clone, Copy)]
pub(super) struct Char {
    /// Lower case, without accent, Arabic letters folded, ASCII digits.
    pub(super) c: char,
    /// As written, but for width and the script of digits.
    pub(super) shown: char,
    start: usize,
    end: usize,
}

pub(super) struct Scan {
    pub(super) chars: Vec<Char>,
}

impl Scan {
    pub(super) fn new(text: &str) -> Self {
        let mut chars: Vec<Char> = Vec::with_capacity(text.len());
        for (start, c) in text.char_indices() {
            let end = start + c.len_utf8();
            if is_dropped(c) || matches!(c, '\u{300}'..='\u{36F}') {
                if let Some(last) = chars.last_mut() {
                    last.end = end;
                }
                continue;
            }
            let shown = narrow(c);
            let small = shown.to_lowercase().next().unwrap_or(shown);
            let small = if matches!(small, '\u{C0}'..='\u{24F}') { without_accent(small) } else { fold_char(small) };
            chars.push(Char { c: small, shown, start, end });
        }
        Self { chars }
    }

    pub(super) fn len(&self) -> usize {
        self.chars.len()
    }

    pub(super) fn at(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|char| char.c)
    }

    pub(super) fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|at| self.at(at))
    }

    pub(super) fn is_digit(&self, at: usize) -> bool {
        self.at(at).is_some_and(|c| c.is_ascii_digit())
    }

    /// One past the digits that begin at `at`.
    pub(super) fn digits(&self, at: usize) -> usize {
        self.run(at, |c| c.is_ascii_digit())
    }

    /// One past the characters that begin at `at` and hold.
    pub(super) fn run(&self, at: usize, holds: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(at..).unwrap_or_default();
        at + rest.iter().take_while(|char| holds(char.c)).count()
    }

    /// The same, looking at no more than `most` characters.
    pub(super) fn run_within(&self, at: usize, most: usize, holds: impl Fn(char) -> bool) -> usize {
        let rest = self.chars.get(at..).unwrap_or_default();
        at + rest.iter().take(most).take_while(|char| holds(char.c)).count()
    }

    /// Past one space, if there is one.
    pub(super) fn past_space(&self, at: usize) -> usize {
        at + usize::from(self.at(at) == Some(' '))
    }

    /// Whether the characters from `at` on are these.
    pub(super) fn is(&self, at: usize, word: &[char]) -> bool {
        self.chars.get(at..at + word.len()).is_some_and(|part| part.iter().zip(word).all(|(char, c)| char.c == *c))
    }

    /// Whether a number or code can begin at `at`: nothing is glued in front but letters of scripts which glue
    /// (Chinese, Arabic "ب500").
    pub(super) fn begins(&self, at: usize) -> bool {
        self.before(at).is_none_or(|c| !is_glue(c))
    }

    /// Whether a number or code can end before `at`.
    pub(super) fn ends(&self, at: usize) -> bool {
        self.at(at).is_none_or(|c| !is_glue(c))
    }

    /// The characters as written.
    pub(super) fn shown(&self, range: Range<usize>) -> String {
        self.chars.get(range).unwrap_or_default().iter().map(|char| char.shown).collect()
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let Some(part) = self.chars.get(range) else { return Span::from(0..0) };
        let (Some(first), Some(last)) = (part.first(), part.last()) else { return Span::from(0..0) };
        Span { start: first.start, end: last.end }
    }
}

/// Letters and digits that make a neighbouring number part of something else.
fn is_glue(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || matches!(c, '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{52F}')
}

/// Full-width signs and all digits as ASCII, all spaces within a line as one kind.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\t' => ' ',
        '’' | '‘' | 'ʼ' => '\'',
        '‐'..='―' | '−' => '-',
        _ => ascii_digit(c).unwrap_or(c),
    }
}

/// A list of words as the scan has them.
pub(super) fn folded(word: &str) -> Vec<char> {
    Scan::new(word).chars.iter().map(|char| char.c).collect()
}
