//! The installation's own people and things: workspace, users, teams, API tokens.

pub mod guard_policy;
pub mod keys;
pub mod me;
pub mod setup;
pub mod teams;
pub mod tokens;
pub mod users;
pub mod whoami;
pub mod workspace;

use crate::error::{Error, Result};

/// One page of a list, before it is turned into the API's shape.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<uuid::Uuid>,
}

impl<T> Page<T> {
    /// A page from rows that were read with one more than `limit`.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, limit: u64, id: impl Fn(&T) -> uuid::Uuid) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(id) } else { None };
        Self { items: rows, next }
    }

    /// The same page of something else.
    #[must_use]
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

/// A name that was given: trimmed, 1 to 100 characters, no control characters.
pub(crate) fn name(field: &'static str, given: &str) -> Result<String> {
    let given = given.trim();
    if given.is_empty() || given.chars().count() > 100 {
        return Err(Error::invalid(field, "must have 1 to 100 characters"));
    }
    if given.chars().any(char::is_control) {
        return Err(Error::invalid(field, "must not contain control characters"));
    }
    Ok(given.to_owned())
}

/// An e-mail address that was given: lower case, plausible. Only a delivered message proves one.
pub(crate) fn email(field: &'static str, given: &str) -> Result<String> {
    let email = crate::auth::sign_in::normal_email(given);
    let plausible = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && domain.contains('.')
                && !domain.contains('@')
                && !domain.starts_with('.')
                && !domain.ends_with('.')
        });
    if plausible { Ok(email) } else { Err(Error::invalid(field, "is not an e-mail address")) }
}

/// A locale that was given: a BCP 47 tag such as `en`, `pt-BR`, `zh-Hant`.
pub(crate) fn locale(field: &'static str, given: &str) -> Result<String> {
    let mut parts = given.split('-');
    let language = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&language.len())
        && language.bytes().all(|b| b.is_ascii_alphabetic())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    if good { Ok(given.to_owned()) } else { Err(Error::invalid(field, "is not a locale such as en or pt-BR")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_values_are_checked() {
        for (given, good) in [
            ("Amal@Shop.example ", true),
            ("a@b.c", true),
            ("", false),
            ("a", false),
            ("a@b", false),
            ("@b.c", false),
            ("a b@c.d", false),
            ("a@b@c.d", false),
            ("a@.c", false),
        ] {
            assert_eq!(email("email", given).is_ok(), good, "{given:?}");
        }
        for (given, good) in
            [("en", true), ("pt-BR", true), ("zh-Hant-TW", true), ("e", false), ("en_US", false), ("", false)]
        {
            assert_eq!(locale("locale", given).is_ok(), good, "{given:?}");
        }
        assert_eq!(name("name", "  Amal ").unwrap(), "Amal");
        assert!(name("name", " ").is_err() && name("name", "a\nb").is_err() && name("name", &"x".repeat(101)).is_err());
    }
}
