//! Finding people: names by the beginnings of their words, numbers by any piece of at least four digits.
//!
//! A piece of a number is found by its groups of four digits: a number holds the piece only if it holds all of them in
//! a row, which [`number_ranges`] then looks at.

use crate::fold::ascii_digit;
use crate::normalise::normalise;
use crate::search::{MAX_QUERY_TOKENS, Query, query};

/// What every term of four digits begins with, so that none is mistaken for a word or a stem.
pub const DIGITS_MARK: &str = "\u{1BB}0";

/// How many digits a term holds; shorter pieces of numbers are not looked for.
const GRAM: usize = 4;
/// The longest number that is looked into.
const LONGEST: usize = 32;

/// The terms of all numbers in a text, by which pieces of them are found.
#[must_use]
pub fn digit_terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for run in normalise(text).as_str().split(|c: char| !c.is_ascii_digit()) {
        for term in grams(run) {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    terms
}

fn grams(digits: &str) -> impl Iterator<Item = String> {
    let run = &digits.as_bytes()[..digits.len().min(LONGEST)];
    let text = |gram: &[u8]| gram.iter().map(|byte| char::from(*byte)).collect::<String>();
    run.windows(GRAM).map(move |gram| format!("{DIGITS_MARK}{}", text(gram)))
}

/// What somebody typed who looks for a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeopleQuery {
    /// The words: each a query of one word, whose beginning is enough.
    pub words: Vec<Query>,
    /// The pieces of numbers, at least four digits each, without leading zeros (national and international spellings
    /// share what is left).
    pub numbers: Vec<String>,
}

impl PeopleQuery {
    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.numbers.is_empty()
    }

    /// The terms of the numbers: a person must have every one of them.
    #[must_use]
    pub fn number_terms(&self) -> Vec<String> {
        self.numbers.iter().flat_map(|number| grams(number)).collect()
    }
}

/// Reads what a person typed who looks for somebody: parts of a name or address in any order, a piece of a number in
/// any spelling ("050 123-45", "(0)50", Arabic digits).
#[must_use]
pub fn people_query(text: &str) -> PeopleQuery {
    let normal = normalise(text);
    let mut found = PeopleQuery::default();
    if let Some(number) = whole_number(normal.as_str()) {
        found.numbers.push(number);
        return found;
    }
    for part in normal.as_str().split_whitespace().take(MAX_QUERY_TOKENS) {
        if let Some(number) = whole_number(part) {
            found.numbers.push(number);
            continue;
        }
        let asked = query(part);
        let last = asked.groups.len().saturating_sub(1);
        for (place, group) in asked.groups.into_iter().enumerate() {
            let prefixes = if place == last { asked.prefixes.clone() } else { Vec::new() };
            found.words.push(Query { groups: vec![group], prefixes });
        }
    }
    found.words.truncate(MAX_QUERY_TOKENS);
    found
}

/// The digits of a text that holds only digits and what people put between them, when they are enough to look for.
fn whole_number(text: &str) -> Option<String> {
    let between = |c: char| matches!(c, '+' | '-' | '.' | '(' | ')' | '/' | '#') || c.is_whitespace();
    if !text.chars().all(|c| c.is_ascii_digit() || between(c)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let piece = digits.trim_start_matches('0');
    let piece = if piece.len() >= GRAM { piece } else { digits.as_str() };
    (piece.len() >= GRAM).then(|| piece.chars().take(LONGEST).collect())
}

/// Where a number stands in a text that may write it with other signs between the digits: start and end in UTF-16
/// units. `digits` is ASCII.
#[must_use]
pub fn number_ranges(original: &str, digits: &str) -> Option<(usize, usize)> {
    let mut places: Vec<(usize, usize)> = Vec::new();
    let mut text = String::new();
    let mut units = 0;
    for c in original.chars() {
        let next = units + c.len_utf16();
        if let Some(digit) = ascii_digit(c) {
            text.push(digit);
            places.push((units, next));
        }
        units = next;
    }
    let at = (!digits.is_empty()).then(|| text.find(digits)).flatten()?;
    Some((places.get(at)?.0, places.get(at + digits.len() - 1)?.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::STEM_MARK;

    #[test]
    fn pieces_of_numbers_meet_in_any_spelling() {
        let stored = digit_terms("+966501234567");
        for typed in ["4567", "050 123", "+966 50 123 4567", "00966501234567", "(050) 123-4567", "٠٥٠١٢٣", "１２３４５"]
        {
            let asked = people_query(typed);
            assert!(asked.words.is_empty() && !asked.numbers.is_empty(), "{typed}");
            assert!(asked.number_terms().iter().all(|term| stored.contains(term)), "{typed}");
        }
        for typed in ["7654", "9999"] {
            assert!(!people_query(typed).number_terms().iter().all(|term| stored.contains(term)), "{typed}");
        }
        assert_eq!(people_query("000").numbers, Vec::<String>::new(), "too short");
        assert_eq!(people_query("0000").numbers, ["0000"]);
        assert!(digit_terms("no 12 or 345").is_empty());
        assert!(stored[0].starts_with(STEM_MARK));
    }

    #[test]
    fn every_part_of_a_name_may_be_a_beginning() {
        let asked = people_query("moh al-ras 4567");
        assert_eq!(asked.numbers, ["4567"]);
        assert!(asked.words.iter().any(|word| word.prefixes == ["moh"]));
        assert!(asked.words.iter().any(|word| word.prefixes == ["ras"]));
        assert!(people_query(" ").is_empty());
    }

    #[test]
    fn the_piece_is_found_in_what_is_shown() {
        assert_eq!(number_ranges("+966 50 123 4567", "0123"), Some((6, 11)));
        assert_eq!(number_ranges("😀٠٥٠١", "501"), Some((3, 6)));
        assert_eq!(number_ranges("+96650", "7"), None);
        assert_eq!(number_ranges("+96650", ""), None);
    }
}
