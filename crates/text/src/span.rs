//! Places in a text.

use std::ops::Range;

use serde::Serialize;

/// A place in the original text, in bytes, on character boundaries: `&text[span.start..span.end]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The part of `text` the span marks; empty if it belongs to another text.
    #[must_use]
    pub fn of<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The span in UTF-16 code units of `text`, the unit in which browsers count.
    #[must_use]
    pub fn utf16(&self, text: &str) -> (usize, usize) {
        let count = |part: Option<&str>| part.unwrap_or_default().chars().map(char::len_utf16).sum::<usize>();
        let start = count(text.get(..self.start));
        (start, start + count(text.get(self.start..self.end)))
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self { start: range.start, end: range.end.max(range.start) }
    }
}

/// The longest text that is looked into, in bytes; what stands behind is not read. WhatsApp's own
/// limit is 4,096 characters, so only long e-mails are cut.
pub const MAX_TEXT: usize = 32 * 1024;

/// The part of a text within [`MAX_TEXT`], cut between characters.
pub(crate) fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::{MAX_TEXT, Span, bounded};

    #[test]
    fn spans_count_as_browsers_do() {
        let text = "😀 дорого";
        let span = Span { start: 5, end: text.len() };
        assert_eq!(span.of(text), "дорого");
        assert_eq!(span.utf16(text), (3, 9));
        assert_eq!(Span { start: 1, end: 3 }.of(text), "");
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "я".repeat(MAX_TEXT);
        assert_eq!(bounded(&long).len(), MAX_TEXT);
        let odd = format!("a{long}");
        assert_eq!(bounded(&odd).len(), MAX_TEXT - 1);
    }
}
