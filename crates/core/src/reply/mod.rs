//! Quick replies: answers a team keeps ready, found by a short code or a few letters, in the customer's language, with
//! the customer's own data in their blanks.

pub mod blank;
pub mod csv;
mod rank;

pub use rank::{Candidate, rank};

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest short code, in characters.
pub const SHORTCUT: usize = 40;
/// Longest title, in characters.
pub const TITLE: usize = 120;
/// Longest body, as the provider counts a text.
pub const BODY: usize = crate::message::check::TEXT;
/// Most languages one reply is written in.
pub const LANGUAGES: usize = 20;

/// Who may use a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Its author alone.
    Private,
    /// A team.
    Team,
    /// Everybody in the workspace.
    Shared,
}

impl Audience {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Team => "team",
            Self::Shared => "shared",
        }
    }

    /// Reads a stored code; a word this program does not know is the narrowest.
    #[must_use]
    pub fn parse(code: &str) -> Self {
        [Self::Team, Self::Shared].into_iter().find(|audience| audience.code() == code).unwrap_or(Self::Private)
    }
}

/// A short code as it is kept: without the slash it is typed after, in lower case; letters and digits of any script,
/// `-`, `_` and `.`. `None` when nothing usable was given.
#[must_use]
pub fn shortcut(given: &str) -> Option<String> {
    let given = given.trim();
    let word: String = given.strip_prefix('/').unwrap_or(given).chars().flat_map(char::to_lowercase).collect();
    let sound = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (sound && (1..=SHORTCUT).contains(&word.chars().count())).then_some(word)
}

/// A language tag as it is kept: `en`, `pt-BR`; `None` when it is none.
#[must_use]
pub fn language(given: &str) -> Option<String> {
    let given = given.trim().replace('_', "-");
    let mut parts = given.split('-');
    let base = parts.next().unwrap_or_default().to_ascii_lowercase();
    let sound = (2..=3).contains(&base.len()) && base.bytes().all(|b| b.is_ascii_alphabetic());
    let rest: Vec<&str> = parts.collect();
    let tail = rest.iter().all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (sound && tail).then(|| std::iter::once(base.as_str()).chain(rest).collect::<Vec<_>>().join("-"))
}

/// The language of a reply that fits best: the first wanted one that it is written in, else a relative of it (`pt` for
/// `pt-BR`), else whatever there is.
#[must_use]
pub fn choose<'a>(bodies: &'a BTreeMap<String, String>, wanted: &[&str]) -> Option<(&'a str, &'a str)> {
    let base = |tag: &str| tag.replace('_', "-").split('-').next().unwrap_or_default().to_ascii_lowercase();
    let exact = |tag: &str| bodies.keys().find(|key| key.eq_ignore_ascii_case(&tag.replace('_', "-")));
    let near = |tag: &str| bodies.keys().find(|key| base(key) == base(tag));
    let named = wanted.iter().filter(|tag| !tag.is_empty());
    let found = named.clone().find_map(|tag| exact(tag).or_else(|| near(tag)));
    let key = found.or_else(|| bodies.keys().next())?;
    bodies.get_key_value(key).map(|(key, body)| (key.as_str(), body.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_codes_are_written_one_way() {
        for (given, kept) in [
            ("/Hours", Some("hours")),
            (" thanks-2 ", Some("thanks-2")),
            ("شكرا", Some("شكرا")),
            ("ДА", Some("да")),
            ("", None),
            ("/", None),
            ("two words", None),
            ("a/b", None),
        ] {
            assert_eq!(shortcut(given).as_deref(), kept, "{given:?}");
        }
        assert_eq!(shortcut(&"x".repeat(SHORTCUT + 1)), None);
    }

    #[test]
    fn the_language_that_fits_best_is_chosen() {
        let bodies: BTreeMap<String, String> =
            [("ar", "أهلا"), ("en", "Hello"), ("pt-BR", "Olá")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        for (wanted, expected) in [
            (vec!["ar", "en"], "ar"),
            (vec!["ar-EG"], "ar"),
            (vec!["en_US"], "en"),
            (vec!["pt", "en"], "pt-BR"),
            (vec!["fr", "en"], "en"),
            (vec!["", "PT_br"], "pt-BR"),
            (vec!["fr"], "ar"),
            (vec![], "ar"),
        ] {
            assert_eq!(choose(&bodies, &wanted).unwrap().0, expected, "{wanted:?}");
        }
        assert_eq!(choose(&BTreeMap::new(), &["en"]), None);
        assert_eq!(language("EN_us").as_deref(), Some("en-us"));
        assert_eq!(language("zh-Hant").as_deref(), Some("zh-Hant"));
        assert_eq!((language("e"), language("english words")), (None, None));
    }

    #[test]
    fn an_unknown_audience_is_the_narrowest() {
        for audience in [Audience::Private, Audience::Team, Audience::Shared] {
            assert_eq!(Audience::parse(audience.code()), audience);
        }
        assert_eq!(Audience::parse("everyone"), Audience::Private);
    }
}
