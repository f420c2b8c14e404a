//! The one normal form of text, with the way back to the original.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::fold::{fold_char, is_arabic_mark, is_dropped, is_joining_mark};

/// The longest run of one letter or sign that is kept ("sooooo" and "soo" are the same word).
const MAX_RUN: usize = 2;

/// A normalised text which remembers where each part of it came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Normalised {
    text: String,
    pieces: Vec<Piece>,
}

/// The text from `at` (bytes of the normalised text) up to the next piece came from the bytes
/// `start..end` of the original: one character with its marks and with dropped characters after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    at: usize,
    start: usize,
    end: usize,
}

impl Normalised {
    /// The normalised text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The normalised text without the map.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }

    /// The byte range of the original from which a byte range of the normalised text came.
    ///
    /// Both ends lie on character boundaries of the original, also if `range` cuts a character.
    /// Parts beyond the end are ignored; an empty range gives an empty range.
    #[must_use]
    pub fn original_range(&self, range: Range<usize>) -> Range<usize> {
        let Some(first) = self.piece_at(range.start) else {
            let end = self.pieces.last().map_or(0, |piece| piece.end);
            return end..end;
        };
        if range.end <= range.start {
            return first.start..first.start;
        }
        let last = self.piece_at(range.end - 1).or(self.pieces.last());
        first.start..last.map_or(first.end, |piece| piece.end)
    }

    fn piece_at(&self, at: usize) -> Option<&Piece> {
        if at >= self.text.len() {
            return None;
        }
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }
}

/// Normalises a text for comparing; keep the original for showing.
///
/// In this order: NFKC; lower case (with `ß` as `ss`); tatweel, Arabic diacritics, zero-width and
/// bidirectional controls, variation selectors (U+FE0F) and skin tones dropped; Arabic letters
/// (forms of alef and hamza, yaa and alef maqsura, taa marbuta, Persian kaf and yeh) and `ё` folded;
/// decimal digits of every script to ASCII; runs of one character squeezed to two. Digits are not
/// squeezed, for that would change numbers. Latin accents stay (they tell words apart); only search
/// terms fold them. (`text-and-data.md` §2)
#[must_use]
pub fn normalise(original: &str) -> Normalised {
    let mut writer = Writer::new(original.len());
    let mut chars = original.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let mut end = start + c.len_utf8();
        if is_dropped(c) && !is_joining_mark(c) {
            writer.extend_to(end);
            continue;
        }
        let mut single = true;
        while let Some((at, next)) = chars.next_if(|(_, next)| continues_cluster(*next)) {
            end = at + next.len_utf8();
            single = false;
        }
        writer.open();
        if single && is_own_nfkc(c) {
            writer.push(c);
        } else {
            let kept = original[start..end].chars().filter(|c| !is_dropped(*c) || is_joining_mark(*c));
            // Twice, for a small letter may join a mark which its capital does not (t with diaeresis).
            let small = kept.nfkc().flat_map(lower);
            small.nfkc().for_each(|c| writer.push(c));
        }
        writer.close(start, end);
    }
    writer.done
}

/// [`normalise`] where only the text is wanted.
#[must_use]
pub fn normalised(original: &str) -> String {
    normalise(original).into_string()
}

/// Whether a character belongs to the one before it: marks, Hangul vowels and finals, half-width
/// kana voicing marks (all that NFKC can join backwards), and what is dropped anyway.
fn continues_cluster(c: char) -> bool {
    c > '\u{7F}'
        && (is_dropped(c) || is_combining_mark(c) || matches!(c, '\u{1160}'..='\u{11FF}' | '\u{FF9E}' | '\u{FF9F}'))
}

/// A fast way past NFKC for characters which, alone, are their own normal form.
fn is_own_nfkc(c: char) -> bool {
    matches!(c, '\0'..='\u{7F}' | '\u{400}'..='\u{45F}' | '\u{621}'..='\u{64A}' | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}')
}

/// Lower case; the dot of a dotted capital I is the dot of the i and not a mark of its own.
fn lower(c: char) -> impl Iterator<Item = char> {
    let c = if c == 'İ' { 'i' } else { c };
    c.to_lowercase()
}

/// Collects output characters and pieces.
struct Writer {
    done: Normalised,
    opened_at: usize,
    last: Option<char>,
    run: usize,
    /// Marks after a folded letter go too, or normalising twice would differ: `ё` would come back
    /// from `е` and a second diaeresis.
    drop_marks: bool,
}

impl Writer {
    fn new(capacity: usize) -> Self {
        let done = Normalised { text: String::with_capacity(capacity), pieces: Vec::with_capacity(capacity) };
        Self { done, opened_at: 0, last: None, run: 0, drop_marks: false }
    }

    fn open(&mut self) {
        self.opened_at = self.done.text.len();
        self.drop_marks = false;
    }

    fn close(&mut self, start: usize, end: usize) {
        if self.done.text.len() > self.opened_at {
            self.done.pieces.push(Piece { at: self.opened_at, start, end });
        } else {
            self.extend_to(end);
        }
    }

    /// Gives characters that left nothing to the piece before them.
    fn extend_to(&mut self, end: usize) {
        if let Some(piece) = self.done.pieces.last_mut() {
            piece.end = end;
        }
    }

    fn push(&mut self, c: char) {
        if c.is_ascii() {
            self.emit(c.to_ascii_lowercase());
            return;
        }
        if is_dropped(c) || is_arabic_mark(c) || (self.drop_marks && is_combining_mark(c)) {
            return;
        }
        for lower in lower(c) {
            if lower == 'ß' {
                self.emit('s');
                self.emit('s');
                self.drop_marks = true;
                continue;
            }
            let folded = fold_char(lower);
            self.drop_marks = self.drop_marks || folded == 'е' && lower == 'ё';
            self.emit(folded);
        }
    }

    fn emit(&mut self, c: char) {
        if self.last == Some(c) && !c.is_ascii_digit() {
            self.run += 1;
            if self.run > MAX_RUN {
                return;
            }
        } else {
            self.last = Some(c);
            self.run = 1;
        }
        self.done.text.push(c);
    }
}
