//! Reading JSON that a stranger wrote: limits before parsing, and a borrowed reading that never builds a tree.
//!
//! serde's derived structs refuse duplicate keys and wrong scalar types. Providers send both, so the hot path reads
//! objects as lists of raw fields: the last of equal keys wins, as in `serde_json::Value`, and so in every parser here.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Largest webhook body in bytes (`whatsapp-cloud-api.md` §2: up to 3 MB).
pub(crate) const MAX_BYTES: usize = 3 * 1024 * 1024;
/// Deepest nesting of objects and lists.
pub(crate) const MAX_DEPTH: usize = 64;
/// Most object keys in one body.
pub(crate) const MAX_KEYS: usize = 100_000;

/// Why a body is not read at all. The answer to the sender is 400 (413 for `TooLarge`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// More bytes than allowed, as sent or after splitting.
    #[error("body of {actual} bytes is over the limit of {limit}")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
        /// What came.
        actual: usize,
    },
    /// Nested deeper than 64 levels.
    #[error("nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// More than 100,000 object keys.
    #[error("more than {MAX_KEYS} keys")]
    TooManyKeys,
    /// A number no 64-bit float can hold, such as 1e400.
    #[error("number out of range")]
    NumberRange,
    /// Not JSON, not UTF-8, or not an object. The text says where, and never quotes the body.
    #[error("not a JSON object: {0}")]
    NotJson(String),
}

/// Checks the limits in one pass without recursion and returns the text to parse.
///
/// Escapes of lone surrogates (`\ud83d` without its second half) are legal for some writers but not for a UTF-8
/// string: each becomes `\ufffd`, which has the same length. The body is copied only when there is one.
pub(crate) fn check(raw: &[u8]) -> Result<Cow<'_, str>, BadBody> {
    if raw.len() > MAX_BYTES {
        return Err(BadBody::TooLarge { limit: MAX_BYTES, actual: raw.len() });
    }
    let lone = scan(raw)?;
    let not_utf8 =
        |error: std::str::Utf8Error| BadBody::NotJson(format!("invalid UTF-8 at byte {}", error.valid_up_to()));
    if lone.is_empty() {
        return std::str::from_utf8(raw).map(Cow::Borrowed).map_err(not_utf8);
    }
    let mut copy = raw.to_vec();
    for at in lone {
        copy[at..at + 6].copy_from_slice(br"\ufffd");
    }
    String::from_utf8(copy).map(Cow::Owned).map_err(|error| not_utf8(error.utf8_error()))
}

/// Walks over the tokens; returns where the lone surrogate escapes stand.
fn scan(raw: &[u8]) -> Result<Vec<usize>, BadBody> {
    let (mut at, mut depth, mut keys) = (0, 0_usize, 0_usize);
    let mut lone = Vec::new();
    while at < raw.len() {
        match raw[at] {
            b'"' => at = skip_string(raw, at + 1, &mut lone),
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(BadBody::TooDeep);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' => {
                keys += 1;
                if keys > MAX_KEYS {
                    return Err(BadBody::TooManyKeys);
                }
            }
            b'0'..=b'9' => {
                let start = at;
                while at < raw.len() && matches!(raw[at], b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') {
                    at += 1;
                }
                check_number(&raw[start..at])?;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(lone)
}

/// From the first byte inside a string to its closing quote (or the end of the body).
fn skip_string(raw: &[u8], mut at: usize, lone: &mut Vec<usize>) -> usize {
    while at < raw.len() {
        match raw[at] {
            b'"' => return at,
            b'\\' => match escape(raw, at) {
                Some(0xD800..=0xDBFF) if matches!(escape(raw, at + 6), Some(0xDC00..=0xDFFF)) => at += 12,
                Some(0xD800..=0xDFFF) => {
                    lone.push(at);
                    at += 6;
                }
                _ => at += 2,
            },
            _ => at += 1,
        }
    }
    at
}

/// The code unit of a `\uXXXX` escape at this place, if there is one.
fn escape(raw: &[u8], at: usize) -> Option<u16> {
    let text = raw.get(at..at + 6)?;
    if !text.starts_with(br"\u") || !text[2..].iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(&text[2..]).ok()?, 16).ok()
}

/// Refuses numbers that parsers read differently: infinity in one, an error in another.
fn check_number(token: &[u8]) -> Result<(), BadBody> {
    let harmless = token.len() <= 300 && !token.iter().any(|byte| matches!(byte, b'e' | b'E'));
    if harmless {
        return Ok(());
    }
    let value = std::str::from_utf8(token).ok().and_then(|text| text.parse::<f64>().ok());
    if value.is_some_and(f64::is_infinite) { Err(BadBody::NumberRange) } else { Ok(()) }
}

/// The fields of one object, values unread.
#[derive(Debug, Default)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Fields<'a> {
    /// Reads an object; `None` for anything else.
    pub(crate) fn of(value: &'a RawValue) -> Option<Self> {
        Self::parse(value.get()).ok()
    }

    /// Reads the text of an object.
    pub(crate) fn parse(text: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The value under this key unless it is null; the last one when the key is repeated.
    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let found = self.0.iter().rev().find(|(name, _)| name == key)?;
        (found.1.get() != "null").then_some(found.1)
    }

    /// A string, number or boolean under this key, as text; blank counts as missing.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        scalar(self.get(key)?)
    }

    /// All fields in the order they came, repeated ones included.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), *value))
    }
}

/// The elements of a list; anything else but null counts as a list of itself.
pub(crate) fn elements(value: &RawValue) -> Vec<&RawValue> {
    if value.get().starts_with('[') {
        return serde_json::from_str(value.get()).unwrap_or_default();
    }
    if value.get() == "null" { Vec::new() } else { vec![value] }
}

/// A scalar as text. Providers send ids as numbers now and then.
pub(crate) fn scalar(value: &RawValue) -> Option<String> {
    let text = value.get();
    let read = match text.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(text).ok()?,
        b'{' | b'[' | b'n' => return None,
        _ => text.to_owned(),
    };
    (!read.trim().is_empty()).then_some(read)
}

struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Read)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((Key(name), value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Read)
    }
}
