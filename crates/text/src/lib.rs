//! Text understanding without I/O: one normal form, one tokeniser, search terms, language guesses,
//! previews and name similarity; and what is understood of a message: [`hotwords`], [`sentiment`],
//! [`entities`], [`intents`] and [`products`], each with the places in the original that decided.
//!
//! Everything that compares texts (search, counting, deduplication, the classifier) goes
//! through [`normalise`], so that two places never disagree about what "the same word" means. All
//! functions are total: any `&str` is a valid input, nothing panics, and the cost grows linearly
//! with the text (there are no regular expressions and no backtracking).
//!
//! # The alphabet of search terms
//!
//! Every string returned by [`terms`] or held in a [`Query`] is made only of
//! - ASCII digits `0-9`,
//! - lower-case letters: characters with the Unicode property Alphabetic that are not combining
//!   marks, modifier letters or enclosed letters,
//! - [`STEM_MARK`], only as the first character, on stems and on pieces of numbers ([`DIGITS_MARK`]).
//!
//! Hence no term holds white space, quotes or an operator of SQLite FTS5 (`" * ^ : ( ) + - .`) or of
//! a PostgreSQL `tsquery` (`& | ! ( ) < > : * ' \`), and FTS5's keywords (upper case) cannot occur.
//! A term is at most [`MAX_TERM_CHARS`] characters long and never empty.

pub mod entities;
mod fold;
mod han;
pub mod hotwords;
pub mod intents;
pub mod language;
mod morph;
mod names;
mod negation;
mod normalise;
mod people;
mod phrases;
mod preview;
pub mod products;
pub mod safe;
mod search;
pub mod sentiment;
mod similarity;
mod span;
mod stem;
mod tokenise;
mod unit;

pub use fold::MAX_TERM_CHARS;
pub use names::{name_keys, name_likeness, name_words};
pub use normalise::{Normalised, normalise, normalised};
pub use people::{DIGITS_MARK, PeopleQuery, digit_terms, number_ranges, people_query};
pub use preview::preview;
pub use search::{Indexed, MAX_QUERY_TOKENS, MAX_TERMS, MIN_WORD, Query, highlights, indexed, query, terms};
pub use similarity::similarity;
pub use span::{MAX_TEXT, Span};
pub use stem::STEM_MARK;
pub use tokenise::{Kind, Token, tokenise};
