//! Search terms for an index, queries against them, and where the hits are.
//!
//! The same scan makes the terms of a message and finds the highlights in it, so a shown hit is
//! always marked. A query is an AND of groups; a group is an OR of terms; the index only needs exact
//! terms and, for the last group, prefixes. This maps one to one onto FTS5 and `tsquery`.

use std::collections::HashSet;
use std::ops::Range;

use serde::Serialize;

use crate::fold::{MAX_TERM_CHARS, fold_term};
use crate::language;
use crate::normalise::{Normalised, normalise};
use crate::stem::{LatinStems, STEM_MARK, forms};
use crate::tokenise::{Class, Kind, Run, Script, runs, units};

/// The most terms one message is indexed under; words come before stems, early before late.
pub const MAX_TERMS: usize = 512;
/// The most tokens of a query that count; the rest is ignored.
pub const MAX_QUERY_TOKENS: usize = 16;
/// The shortest word that is looked up by its beginning; shorter ones are found whole.
pub const MIN_WORD: usize = 3;
/// Longer words are not typed to the end.
const MAX_WORD: usize = 32;

/// How many last digits of a long number are terms of their own: the ends people remember
/// (4, 6), local numbers (7) and national numbers without the leading zero (9).
const SUFFIXES: [usize; 4] = [4, 6, 7, 9];
/// Numbers shorter than this are found whole only.
const MIN_SUFFIXED: usize = 6;
/// Digit groups are read as one number when together they are as long as a phone number.
const JOINED: std::ops::RangeInclusive<usize> = 7..=15;

/// A search: every group must be met by at least one of its terms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Query {
    /// Terms of the index, alternatives within a group; 1 to [`MAX_QUERY_TOKENS`] groups, or none
    /// if the query holds nothing to search for (then it matches nothing).
    pub groups: Vec<Vec<String>>,
    /// Alternatives of the LAST group that match every term which begins so (search as you type).
    /// Zero to two, at least two characters each.
    pub prefixes: Vec<String>,
}

impl Query {
    /// Whether there is nothing to search for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Whether a message indexed under `terms` is a hit: what the database is expected to answer.
    #[must_use]
    pub fn matches(&self, terms: &[String]) -> bool {
        let Some(last) = self.groups.len().checked_sub(1) else {
            return false;
        };
        let set: HashSet<&str> = terms.iter().map(String::as_str).collect();
        self.groups.iter().enumerate().all(|(index, group)| {
            group.iter().any(|term| set.contains(term.as_str()))
                || (index == last && terms.iter().any(|term| self.has_prefix_of(term)))
        })
    }

    fn has_prefix_of(&self, term: &str) -> bool {
        self.prefixes.iter().any(|prefix| term.starts_with(prefix.as_str()))
    }
}

/// A place in the text and the terms it is found under.
struct Entry {
    range: Range<usize>,
    words: Vec<String>,
    stems: Vec<String>,
}

/// The terms a text is indexed under: distinct, at most [`MAX_TERMS`], in the alphabet described at
/// the crate's top.
///
/// - words, folded (no case, accents, Arabic spelling variants; simplified Chinese);
/// - their stems (Arabic, Russian; for Latin script the language if it is plain from the text, else
///   English, French, Spanish and Portuguese), each behind [`STEM_MARK`] and a letter;
/// - Arabic words without `و`, `ال` and the like, Indonesian ones without `-nya` and the like;
/// - bigrams and single characters of scripts without spaces;
/// - letters and digits of mixed words also apart ("15pro" as 15 and pro);
/// - the last 4, 6, 7 and 9 digits of numbers of six digits or more, and digit groups that together
///   look like a phone number ("+966 50 123 4567") also as one number.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    indexed(text).terms
}

/// What a text is indexed under, and what of it people may type the beginning of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Indexed {
    /// As [`terms`].
    pub terms: Vec<String>,
    /// The words and numbers among the terms that have at least [`MIN_WORD`] characters, without stems and without
    /// the ends of numbers: a dictionary of them tells which terms begin like a word that is still being typed.
    pub words: Vec<String>,
}

/// [`terms`], and the words among them.
#[must_use]
pub fn indexed(text: &str) -> Indexed {
    let entries = scan(&normalise(text));
    let mut seen: HashSet<String> = HashSet::new();
    let mut found = Indexed::default();
    let (words, stems): (Vec<_>, Vec<_>) = entries.into_iter().map(|entry| (entry.words, entry.stems)).unzip();
    for group in words {
        for (place, term) in group.into_iter().enumerate() {
            if found.terms.len() == MAX_TERMS {
                return found;
            }
            let end_of_number = place > 0 && term.bytes().all(|byte| byte.is_ascii_digit());
            let long = (MIN_WORD..=MAX_WORD).contains(&term.chars().count());
            if seen.insert(term.clone()) {
                if long && !end_of_number {
                    found.words.push(term.clone());
                }
                found.terms.push(term);
            }
        }
    }
    for term in stems.into_iter().flatten() {
        if found.terms.len() == MAX_TERMS {
            break;
        }
        if seen.insert(term.clone()) {
            found.terms.push(term);
        }
    }
    found
}

/// Reads what a person typed into the search box.
///
/// Each token becomes a group: the word, its stems in all languages, its light forms; numbers also
/// without leading zeros and, from ten digits, by their last nine (national and international
/// spellings of a phone number meet). Clitics ("l'", "'s") are left out unless nothing else is
/// there. The last token may also match as a prefix.
#[must_use]
pub fn query(text: &str) -> Query {
    let normal = normalise(text);
    let runs = runs(normal.as_str());
    let all = tokens(normal.as_str(), &runs);
    let strong = all.iter().filter(|token| token.kind != Kind::Clitic).count();
    let kept = all.into_iter().filter(|token| strong == 0 || token.kind != Kind::Clitic);
    let mut query = Query::default();
    for token in kept.take(MAX_QUERY_TOKENS) {
        query.prefixes = token.prefixes();
        let group = token.alternatives();
        // A repeated token adds nothing; but the last group must stay the one of the last token.
        query.groups.retain(|known| *known != group);
        query.groups.push(group);
    }
    query
}

/// Where a query hits, as `start..end` pairs in UTF-16 code units of the original (the browser's
/// unit): ascending, not overlapping, on character boundaries. Whole words are marked, also if they
/// were found by stem, by prefix or by their last digits.
#[must_use]
pub fn highlights(original: &str, query: &Query) -> Vec<(usize, usize)> {
    if query.is_empty() {
        return Vec::new();
    }
    let wanted: HashSet<&str> = query.groups.iter().flatten().map(String::as_str).collect();
    let normal = normalise(original);
    let mut spans: Vec<Range<usize>> = scan(&normal)
        .into_iter()
        .filter(|entry| {
            let mut terms = entry.words.iter().chain(&entry.stems);
            terms.any(|term| wanted.contains(term.as_str()) || query.has_prefix_of(term))
        })
        .map(|entry| normal.original_range(entry.range))
        .filter(|span| span.start < span.end)
        .collect();
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    to_utf16(original, &merged)
}

/// Converts ascending byte ranges into UTF-16 offsets in one pass.
fn to_utf16(text: &str, spans: &[Range<usize>]) -> Vec<(usize, usize)> {
    let (mut bytes, mut units) = (0, 0);
    let mut offset = |byte: usize| {
        units += text[bytes..byte].chars().map(char::len_utf16).sum::<usize>();
        bytes = byte;
        units
    };
    spans.iter().map(|span| (offset(span.start), offset(span.end))).collect()
}

/// All entries of a text.
fn scan(normal: &Normalised) -> Vec<Entry> {
    let text = normal.as_str();
    let runs = runs(text);
    let latin = language::stems_for(text, &runs);
    let mut entries = Vec::new();
    for run in &runs {
        match run.class {
            Class::Separator => {}
            Class::Unspaced => grams(text, run, &mut entries),
            Class::Spaced(kind) => entries.extend(word(text, run, kind, latin)),
        }
    }
    for (members, digits) in joined_numbers(text, &runs) {
        let range = runs[members.start].range.start..runs[members.end - 1].range.end;
        entries.push(Entry { range, words: number_terms(&digits), stems: Vec::new() });
    }
    entries
}

fn word(text: &str, run: &Run, kind: Kind, latin: LatinStems) -> Option<Entry> {
    let normal = &text[run.range.clone()];
    let term = term_of(kind, normal);
    if term.is_empty() {
        return None;
    }
    let mut entry = Entry { range: run.range.clone(), words: Vec::new(), stems: Vec::new() };
    match kind {
        Kind::Number => entry.words = number_terms(&term),
        Kind::Mixed => {
            for part in mixed_parts(&term) {
                entry.words.extend(if part.starts_with(|c: char| c.is_ascii_digit()) {
                    number_terms(part)
                } else {
                    vec![part.to_owned()]
                });
            }
            entry.words.insert(0, term);
        }
        Kind::Word | Kind::Clitic | Kind::Gram => {
            let forms = forms(normal, run.script, latin);
            entry.words.push(term);
            entry.words.extend(forms.light.filter(|light| !light.is_empty()));
            entry.stems = forms.stems;
        }
    }
    Some(entry)
}

/// The plain term of a token. Marks on digits (keycaps, stray vowel signs) make no letters of them.
fn term_of(kind: Kind, normal: &str) -> String {
    match kind {
        Kind::Number => normal.chars().filter(char::is_ascii_digit).take(MAX_TERM_CHARS).collect(),
        _ => fold_term(normal),
    }
}

/// Bigrams, and every single character (for searches of one character, wherever it stands).
fn grams(text: &str, run: &Run, entries: &mut Vec<Entry>) {
    let units = units(text, run.range.clone());
    let mut add = |range: Range<usize>| {
        let term = fold_term(&text[range.clone()]);
        if !term.is_empty() {
            entries.push(Entry { range, words: vec![term], stems: Vec::new() });
        }
    };
    for (index, unit) in units.iter().enumerate() {
        if let Some(next) = units.get(index + 1) {
            add(unit.start..next.end);
        }
        add(unit.clone());
    }
}

/// A number and, if it is long, its ends. `digits` is ASCII.
fn number_terms(digits: &str) -> Vec<String> {
    let mut terms = vec![digits.to_owned()];
    if digits.len() >= MIN_SUFFIXED {
        let ends = SUFFIXES.iter().filter(|length| **length < digits.len());
        terms.extend(ends.map(|length| digits[digits.len() - length..].to_owned()));
    }
    terms
}

/// Cuts a folded term where letters meet digits.
fn mixed_parts(term: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<bool> = None;
    for (at, c) in term.char_indices() {
        let digit = c.is_ascii_digit();
        if before.is_some_and(|before| before != digit) {
            parts.push(&term[start..at]);
            start = at;
        }
        before = Some(digit);
    }
    parts.push(&term[start..]);
    parts
}

/// Digit groups separated only by what people put into phone numbers, as ranges of runs with all
/// their digits, when together they are as long as a phone number.
fn joined_numbers(text: &str, runs: &[Run]) -> Vec<(Range<usize>, String)> {
    let is_number = |run: &Run| run.class == Class::Spaced(Kind::Number);
    let mut found = Vec::new();
    let mut index = 0;
    while index < runs.len() {
        if !is_number(&runs[index]) {
            index += 1;
            continue;
        }
        let first = index;
        while index + 2 < runs.len()
            && is_number(&runs[index + 2])
            && is_phone_separator(&text[runs[index + 1].range.clone()])
        {
            index += 2;
        }
        index += 1;
        if index - first > 1 {
            let digits = fold_digits(text, &runs[first..index]);
            if JOINED.contains(&digits.len()) {
                found.push((first..index, digits));
            }
        }
    }
    found
}

fn fold_digits(text: &str, runs: &[Run]) -> String {
    let whole = runs.iter().flat_map(|run| text[run.range.clone()].chars());
    whole.filter(char::is_ascii_digit).collect()
}

fn is_phone_separator(between: &str) -> bool {
    between.len() <= 3 && between.chars().all(|c| matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '+'))
}

/// One token of a query.
struct QueryToken {
    kind: Kind,
    script: Script,
    normal: String,
    term: String,
    /// The phone-like number this token is a part of.
    joined: Option<String>,
}

fn tokens(text: &str, runs: &[Run]) -> Vec<QueryToken> {
    let joined = joined_numbers(text, runs);
    let mut tokens = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let mut add = |range: Range<usize>, kind| {
            let normal = text[range].to_owned();
            let term = term_of(kind, &normal);
            let joined = joined.iter().find(|(members, _)| members.contains(&index));
            if !term.is_empty() {
                let joined = joined.map(|(_, digits)| digits.clone());
                tokens.push(QueryToken { kind, script: run.script, normal, term, joined });
            }
        };
        match run.class {
            Class::Separator => {}
            Class::Spaced(kind) => add(run.range.clone(), kind),
            Class::Unspaced => {
                let units = units(text, run.range.clone());
                if let [only] = units.as_slice() {
                    add(only.clone(), Kind::Gram);
                }
                units.windows(2).for_each(|pair| add(pair[0].start..pair[1].end, Kind::Gram));
            }
        }
        if tokens.len() > 2 * MAX_QUERY_TOKENS {
            break;
        }
    }
    tokens
}

impl QueryToken {
    fn alternatives(&self) -> Vec<String> {
        let mut group = vec![self.term.clone()];
        match self.kind {
            Kind::Number => {
                group.extend(number_alternatives(&self.term));
                if let Some(joined) = &self.joined {
                    group.push(joined.clone());
                    group.extend(number_alternatives(joined));
                }
            }
            Kind::Word | Kind::Clitic => {
                let forms = forms(&self.normal, self.script, LatinStems::All);
                group.extend(forms.light.filter(|light| !light.is_empty()));
                group.extend(forms.stems);
            }
            Kind::Mixed | Kind::Gram => {}
        }
        let mut seen = HashSet::new();
        group.retain(|term| seen.insert(term.clone()));
        group
    }

    fn prefixes(&self) -> Vec<String> {
        let chars = self.term.chars().count();
        let enough = match self.kind {
            // Single characters are indexed everywhere, bigrams are complete.
            Kind::Gram => false,
            Kind::Word | Kind::Number | Kind::Mixed | Kind::Clitic => chars >= 2,
        };
        if !enough {
            return Vec::new();
        }
        let mut prefixes = vec![self.term.clone()];
        if self.kind == Kind::Word && self.script == Script::Arabic {
            prefixes.extend(forms(&self.normal, self.script, LatinStems::All).light.filter(|light| !light.is_empty()));
        }
        debug_assert!(prefixes.iter().all(|prefix| !prefix.starts_with(STEM_MARK)));
        prefixes
    }
}

/// Other spellings of a number: without leading zeros (`0050..`, `050..`), and the national part.
fn number_alternatives(digits: &str) -> Vec<String> {
    let mut others = Vec::new();
    let stripped = digits.trim_start_matches('0');
    if stripped.len() < digits.len() && stripped.len() >= MIN_SUFFIXED {
        others.push(stripped.to_owned());
    }
    if stripped.len() >= 10 {
        others.push(stripped[stripped.len() - 9..].to_owned());
    }
    others
}
