//! Hot words: the words and phrases a workspace counts, found in what customers write.
//!
//! ```
//! use rapport_text::hotwords::{HotWord, HotWords};
//!
//! let words = [HotWord { except: vec!["discount code expired".into()], ..HotWord::new("discount", "en") }];
//! let compiled = HotWords::compile(&words)?;
//! let hits = compiled.find("Any DISCOUNTS today?");
//! assert_eq!(hits[0].word, 0);
//! assert_eq!(hits[0].span.of("Any DISCOUNTS today?"), "DISCOUNTS");
//! # Ok::<(), rapport_text::hotwords::HotWordError>(())
//! ```

mod starter;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use starter::{STARTER_LANGUAGES, Starter, starter};

use crate::morph::Tongue;
use crate::negation::negated;
use crate::phrases::{MAX_PHRASE_UNITS, PhraseHit, Phrases, Prepared};
use crate::span::Span;

/// The most hot words of one set.
pub const MAX_WORDS: usize = 5_000;
/// The most further spellings, and the most exceptions, of one hot word.
pub const MAX_SPELLINGS: usize = 50;
/// The most characters of a spelling or exception.
pub const MAX_CHARS: usize = 100;
/// The most hits told of one text; what follows is not counted.
pub const MAX_HITS: usize = 1_000;

/// One hot word as an administrator keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HotWord {
    /// The word or phrase, in any script.
    pub text: String,
    /// Its language, as a code such as `ar` or `pt-BR`: how it inflects. Empty: found as it is spelled.
    pub language: String,
    /// Other spellings and irregular forms that count for the same ("discounted price", "خصومات").
    pub also: Vec<String>,
    /// Where it does not count: a single word is an exception exactly as spelled ("organisation" for "organ"),
    /// a phrase also in its other forms ("no discount"; "贵公司" for "贵").
    pub except: Vec<String>,
    /// Only as spelled, but for case, accents and the variants of letters.
    pub exact: bool,
    /// "Not expensive" does not count for "expensive". A hit says whether it is negated in any case.
    pub skip_negated: bool,
}

impl HotWord {
    /// A hot word that is found in all its forms, negated or not.
    #[must_use]
    pub fn new(text: &str, language: &str) -> Self {
        Self { text: text.to_owned(), language: language.to_owned(), ..Self::default() }
    }
}

/// Where a hot word stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Its place in the list given to [`HotWords::compile`].
    pub word: usize,
    /// Its place in the text.
    pub span: Span,
    /// Whether a negation reaches it ("not expensive", "不太贵", "مش غالي").
    pub negated: bool,
}

/// What is wrong with a list of hot words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HotWordError {
    /// More than [`MAX_WORDS`].
    TooMany,
    /// This hot word, or one of its spellings or exceptions, has no letter or digit.
    Empty(usize),
    /// This hot word, or one of its spellings or exceptions, is longer than [`MAX_CHARS`] characters or 24 words
    /// (in scripts without spaces: characters).
    TooLong(usize),
    /// This hot word has more than [`MAX_SPELLINGS`] spellings or exceptions.
    TooManySpellings(usize),
}

impl fmt::Display for HotWordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => write!(f, "there are more than {MAX_WORDS} hot words"),
            Self::Empty(word) => write!(f, "hot word {} has a spelling without a letter or digit", word + 1),
            Self::TooLong(word) => write!(f, "hot word {} has a spelling longer than {MAX_CHARS} characters", word + 1),
            Self::TooManySpellings(word) => {
                write!(f, "hot word {} has more than {MAX_SPELLINGS} spellings or exceptions", word + 1)
            }
        }
    }
}

impl std::error::Error for HotWordError {}

/// A compiled list: made once when the list changes, used for every message.
#[derive(Debug, Default)]
pub struct HotWords {
    words: Phrases,
    exceptions: Phrases,
    skip_negated: Vec<bool>,
}

impl HotWords {
    /// Compiles a list.
    ///
    /// # Errors
    /// If the list breaks a limit; the error names the hot word by its place in the list.
    pub fn compile(list: &[HotWord]) -> Result<Self, HotWordError> {
        if list.len() > MAX_WORDS {
            return Err(HotWordError::TooMany);
        }
        let mut compiled = Self::default();
        for (index, word) in list.iter().enumerate() {
            if word.also.len() > MAX_SPELLINGS || word.except.len() > MAX_SPELLINGS {
                return Err(HotWordError::TooManySpellings(index));
            }
            let owner = u32::try_from(index).unwrap_or(u32::MAX);
            let tongue = if word.exact { None } else { Tongue::of(&word.language) };
            for spelling in std::iter::once(&word.text).chain(&word.also) {
                add(&mut compiled.words, spelling, tongue, owner, index)?;
            }
            for exception in &word.except {
                let phrase = exception.split_whitespace().nth(1).is_some();
                let tongue = tongue.filter(|_| phrase);
                add(&mut compiled.exceptions, exception, tongue, owner, index)?;
            }
            compiled.skip_negated.push(word.skip_negated);
        }
        Ok(compiled)
    }

    /// Every place at which a hot word stands, in order of the text.
    ///
    /// Hot words do not hide each other: "too expensive" counts for itself and for "expensive". Places of one hot
    /// word never overlap (the longest spelling counts). Words are matched whole, Arabic ones also with what is
    /// glued on, scripts without spaces anywhere; phrases do not reach over the end of a clause. Only the first
    /// [`crate::MAX_TEXT`] bytes are read and at most [`MAX_HITS`] hits told.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Hit> {
        if self.words.len() == 0 {
            return Vec::new();
        }
        let prepared = Prepared::new(text);
        let mut found = self.words.find(&prepared);
        if found.is_empty() {
            return Vec::new();
        }
        let mut exceptions = self.exceptions.find(&prepared);
        exceptions.sort_by_key(|exception| (exception.owner, exception.units.start));
        found.retain(|hit| !is_excused(&exceptions, hit));
        found.sort_by_key(|hit| (hit.owner, hit.units.start, std::cmp::Reverse(hit.units.end)));
        let mut last: Option<(u32, usize)> = None;
        found.retain(|hit| {
            let free = last.is_none_or(|(owner, end)| owner != hit.owner || hit.units.start >= end);
            if free {
                last = Some((hit.owner, hit.units.end));
            }
            free
        });
        found.sort_by_key(|hit| (hit.units.start, hit.units.end, hit.owner));
        let marks = negated(&prepared, &[]);
        let hits = found.into_iter().filter_map(|hit| {
            let word = hit.owner as usize;
            let negated = marks[hit.units.start];
            let counts = !(negated && self.skip_negated.get(word).copied().unwrap_or_default());
            counts.then(|| Hit { word, span: prepared.span(hit.units), negated })
        });
        hits.take(MAX_HITS).collect()
    }
}

fn add(to: &mut Phrases, spelling: &str, tongue: Option<Tongue>, owner: u32, index: usize) -> Result<(), HotWordError> {
    if spelling.chars().nth(MAX_CHARS).is_some() {
        return Err(HotWordError::TooLong(index));
    }
    match to.add(spelling, tongue, owner) {
        0 => Err(HotWordError::Empty(index)),
        units if units > MAX_PHRASE_UNITS => Err(HotWordError::TooLong(index)),
        _ => Ok(()),
    }
}

/// Whether an exception of the same hot word covers a hit; exceptions in order of owner and place.
fn is_excused(exceptions: &[PhraseHit], hit: &PhraseHit) -> bool {
    let earliest = (hit.owner, hit.units.start.saturating_sub(MAX_PHRASE_UNITS));
    let from = exceptions.partition_point(|exception| (exception.owner, exception.units.start) < earliest);
    exceptions[from..]
        .iter()
        .take_while(|exception| exception.owner == hit.owner && exception.units.start <= hit.units.start)
        .any(|exception| exception.units.end >= hit.units.end)
}
