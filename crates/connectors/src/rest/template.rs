//! Addresses with holes: `/customers?changed_after={since}&page={page}`.
//!
//! What fills a hole is percent-encoded, so it can end neither a segment nor a value. A pair of the query that is nothing
//! but a hole is left out while nothing fills it: many refuse an empty cursor.

use crate::http::percent;
use rapport_core::time::Ms;
use serde::{Deserialize, Serialize};

/// How a moment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// `2026-11-01T09:30:00Z`.
    #[default]
    Iso,
    /// `2026-11-01T09:30:00.250Z`.
    IsoMs,
    /// Whole seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

impl TimeForm {
    /// The finest step that it tells, ms.
    pub(super) fn step(self) -> i64 {
        if matches!(self, Self::Iso | Self::Seconds) { 1_000 } else { 1 }
    }

    /// A moment, never later than it was.
    pub(super) fn write(self, at: Ms) -> String {
        let iso = |form: &str| {
            let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
            at.strftime(form).to_string()
        };
        match self {
            Self::Iso => iso("%Y-%m-%dT%H:%M:%SZ"),
            Self::IsoMs => iso("%Y-%m-%dT%H:%M:%S.%3fZ"),
            Self::Seconds => at.0.div_euclid(1_000).to_string(),
            Self::Milliseconds => at.0.to_string(),
        }
    }
}

/// The names of an address's holes; `None` when a brace stands alone.
pub(super) fn holes(address: &str) -> Option<Vec<&str>> {
    let mut all = Vec::new();
    let mut rest = address;
    while let Some(at) = rest.find(['{', '}']) {
        let (name, after) = rest[at..].strip_prefix('{')?.split_once('}')?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        all.push(name);
        rest = after;
    }
    Some(all)
}

/// Whether an address has this hole.
#[must_use]
pub fn has(address: &str, hole: &str) -> bool {
    holes(address).is_some_and(|holes| holes.contains(&hole))
}

/// The hole that a pair of the query is nothing but.
fn lone(pair: &str) -> Option<&str> {
    let hole = pair.split_once('=')?.1.strip_prefix('{')?.strip_suffix('}')?;
    (!hole.contains('}')).then_some(hole)
}

/// Whether a hole is always a whole value of the query, which is left out while nothing fills it.
pub(super) fn stands_alone(address: &str, hole: &str) -> bool {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    !has(path, hole) && query.split('&').all(|pair| lone(pair) == Some(hole) || !has(pair, hole))
}

/// An address with its holes filled.
pub(super) fn expand(address: &str, value: &dyn Fn(&str) -> String) -> String {
    let Some((path, query)) = address.split_once('?') else { return fill(address, value) };
    let is_there = |pair: &&str| lone(pair).is_none_or(|hole| !value(hole).is_empty());
    let pairs: Vec<String> = query.split('&').filter(is_there).map(|pair| fill(pair, value)).collect();
    if pairs.is_empty() { fill(path, value) } else { format!("{}?{}", fill(path, value), pairs.join("&")) }
}

fn fill(text: &str, value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(&percent(&value(name)));
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_empty_pairs_left_out() {
        let value = |name: &str| match name {
            "id" => "a/../b?c=d&e".to_owned(),
            "limit" => "100".to_owned(),
            _ => String::new(),
        };
        for (address, expected) in [
            ("/people/{id}", "/people/a%2F..%2Fb%3Fc%3Dd%26e"),
            ("/list?cursor={cursor}&limit={limit}", "/list?limit=100"),
            ("/list?cursor={cursor}", "/list"),
            ("/list?q=x{cursor}&limit={limit}", "/list?q=x&limit=100"),
            ("/list?flag&limit={limit}", "/list?flag&limit=100"),
        ] {
            assert_eq!(expand(address, &value), expected);
        }
        for (address, is_alone) in [
            ("/l?a={since}&b={limit}", true),
            ("/l?b={limit}", true),
            ("/l?filter=updated>{since}", false),
            ("/l?a={since}&b={since}{limit}", false),
            ("/l?{since}", false),
            ("/l/{since}", false),
        ] {
            assert_eq!(stands_alone(address, "since"), is_alone, "{address}");
        }
        assert_eq!(holes("/a/{id}?x={since}"), Some(vec!["id", "since"]));
        for broken in ["/a/{id", "/a/id}", "/a/{}", "/a/{{id}}", "/a/{I D}"] {
            assert_eq!(holes(broken), None, "{broken}");
        }
    }

    #[test]
    fn moments_are_written_as_wished() {
        let at = Ms(1_793_491_200_250);
        for (form, expected) in [
            (TimeForm::Iso, "2026-11-01T00:00:00Z"),
            (TimeForm::IsoMs, "2026-11-01T00:00:00.250Z"),
            (TimeForm::Seconds, "1793491200"),
            (TimeForm::Milliseconds, "1793491200250"),
        ] {
            assert_eq!(form.write(at), expected);
        }
        assert_eq!(
            (TimeForm::Iso.write(Ms(-1)), TimeForm::Seconds.write(Ms(-1))),
            ("1969-12-31T23:59:59Z".into(), "-1".into())
        );
    }
}
