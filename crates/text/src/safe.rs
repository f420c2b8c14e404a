//! Making text safe to store, and counting it the way the vendor does.

use std::borrow::Cow;

/// Removes NUL and the other C0 controls except newline and tab; everything else stays byte-exact.
///
/// PostgreSQL cannot store NUL in a text column, and the rest (bell, escape, carriage return) only
/// harms terminals and logs. `\r\n` therefore becomes `\n`. Borrows when there is nothing to do.
#[must_use]
pub fn strip_controls(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| !is_stripped(char::from(byte))) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| !is_stripped(*c)).collect())
}

fn is_stripped(c: char) -> bool {
    c < ' ' && c != '\n' && c != '\t'
}

/// The length of a text in the unit of the vendor's limits ("characters"): Unicode scalar values.
///
/// Not bytes, not UTF-16 units and not graphemes: one family emoji of four people counts seven.
#[must_use]
pub fn count_chars_as_whatsapp(text: &str) -> usize {
    text.chars().count()
}
