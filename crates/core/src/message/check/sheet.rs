//! Where the problems of a content are noted while it is read.

use super::{Code, Problem};
use serde_json::Value;
use std::collections::HashSet;

/// Longest piece of a wrong value that is repeated in an answer.
const QUOTED: usize = 60;

/// The problems found so far.
#[derive(Default)]
pub(super) struct Sheet {
    pub problems: Vec<Problem>,
}

/// Length in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The list under a key; nothing there is an empty list.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Sheet {
    /// Notes a problem; a long value is cut.
    pub fn add(&mut self, code: Code, field: &str, limit: impl ToString, actual: impl ToString) {
        let actual = actual.to_string().chars().take(QUOTED).collect();
        self.problems.push(Problem { code, field: field.to_owned(), limit: limit.to_string(), actual });
    }

    /// At most so many characters.
    pub fn at_most(&mut self, field: &str, text: &str, most: usize) {
        let actual = units(text);
        if actual > most {
            self.add(Code::TooLong, field, most, actual);
        }
    }

    /// A text that must be there, is not only blanks and has at most so many characters.
    pub fn text(&mut self, field: &str, text: &str, most: usize) {
        if text.is_empty() {
            self.add(Code::Missing, field, "", "");
        } else if text.trim().is_empty() {
            self.add(Code::Blank, field, "", "");
        } else {
            self.at_most(field, text, most);
        }
    }

    /// The same for a value of a JSON object; what is no text counts as missing.
    pub fn value(&mut self, field: &str, value: &Value, most: usize) {
        self.text(field, value.as_str().unwrap_or_default(), most);
    }

    /// From `least` to `most` entries.
    pub fn count(&mut self, field: &str, actual: usize, least: usize, most: usize) {
        if actual < least {
            self.add(Code::TooFew, field, least, actual);
        } else if actual > most {
            self.add(Code::TooMany, field, most, actual);
        }
    }

    /// From `-most` to `most` degrees.
    pub fn within(&mut self, field: &str, value: f64, most: f64) {
        if !(value.is_finite() && value.abs() <= most) {
            self.add(Code::OutOfRange, field, format!("-{most} to {most}"), value);
        }
    }

    /// A web address.
    pub fn link(&mut self, field: &str, value: &Value) {
        let url = value.as_str().unwrap_or_default();
        self.text(field, url, 2000);
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let well_formed = rest.is_some_and(|rest| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            !host.is_empty() && !url.contains(char::is_whitespace)
        });
        if !url.trim().is_empty() && !well_formed {
            self.add(Code::NotALink, field, "https://", url);
        }
    }

    /// Values that may not repeat. The second of two is the one that is named.
    pub fn unique<'a>(&mut self, values: impl Iterator<Item = (String, &'a Value)>) {
        let mut seen = HashSet::new();
        for (field, value) in values {
            let Some(text) = value.as_str().filter(|text| !text.is_empty()) else { continue };
            if !seen.insert(text) {
                self.add(Code::NotUnique, &field, "", text);
            }
        }
    }

    /// Exactly one of two fields.
    pub fn either(&mut self, field: &str, object: &Value, one: &str, other: &str) {
        let given = [one, other].into_iter().filter(|key| object[*key].as_str().is_some_and(|text| !text.is_empty()));
        let given = given.count();
        if given != 1 {
            let actual = if given == 0 { "none" } else { "both" };
            self.add(Code::NotOne, field, format!("{one}, {other}"), actual);
        }
    }

    /// A word that, when it is given, is one of these.
    pub fn word(&mut self, field: &str, value: &Value, allowed: &[&str]) {
        let word = value.as_str().unwrap_or_default();
        if !value.is_null() && !allowed.contains(&word) {
            self.add(Code::NotAllowed, field, allowed.join(", "), word);
        }
    }
}
