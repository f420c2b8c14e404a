//! The canonical form of values: what is compared, hashed and kept as the last agreed state.

use super::{Kind, Mapping, Record, Side};
use crate::contact::{email, phone};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// The one spelling of a value; null when empty. Idempotent. What does not read as its kind is compared as text, so that
/// odd values still travel. `default_country` (ISO, may be empty) is for local phone numbers.
#[must_use]
pub fn canonical(kind: Kind, value: &Value, default_country: &str) -> Value {
    let text = text(value);
    if text.is_empty() {
        return Value::Null;
    }
    let read = match kind {
        Kind::Text | Kind::Choice => None,
        Kind::Phone => phone::normalise(&text, default_country).ok().map(|phone| phone.e164.into()),
        Kind::Email => Some(email::normalise(&text).unwrap_or_else(|_| text.to_lowercase()).into()),
        Kind::Number => number(&text),
        Kind::Boolean => boolean(&text),
        Kind::Date => date(&text),
        Kind::DateTime => moment(&text).map(Value::from),
        Kind::Choices => Some(choices(value, &text)),
    };
    read.unwrap_or(Value::String(text))
}

/// What is written to a system: the canonical form for phone and e-mail, which people mistype; else the value itself.
pub(super) fn written(kind: Kind, value: &Value, default_country: &str) -> Value {
    let canonical = canonical(kind, value, default_country);
    match kind {
        Kind::Phone | Kind::Email => canonical,
        _ if canonical.is_null() => Value::Null,
        _ => value.clone(),
    }
}

/// A hash of the mapped fields of one side in canonical form: equal for records that [`super::merge`] would call equal.
/// Lower-case hexadecimal, 32 characters.
#[must_use]
pub fn record_hash(record: &Record, side: Side, mappings: &[Mapping], default_country: &str) -> String {
    let mut values = BTreeMap::new();
    for mapping in mappings.iter().filter(|mapping| mapping.enabled) {
        let name = match side {
            Side::Local => &mapping.local_field,
            Side::Remote => &mapping.remote_field,
        };
        if let Some(value) = record.value(name) {
            values.entry(&mapping.local_field).or_insert_with(|| canonical(mapping.kind, value, default_country));
        }
    }
    let digest = Sha256::digest(serde_json::to_vec(&values).unwrap_or_default());
    hex::encode(&digest[..16])
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => {
            text.nfc().collect::<String>().replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
        }
        Value::Array(items) if items.is_empty() => String::new(),
        Value::Object(map) if map.is_empty() => String::new(),
        other => other.to_string(),
    }
}

fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    // 2^53: up to there every whole number has its own f64.
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        return Some((number as i64).into());
    }
    Some(number.into())
}

fn boolean(text: &str) -> Option<Value> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "on" => Some(true.into()),
        "false" | "0" | "no" | "n" | "off" => Some(false.into()),
        _ => None,
    }
}

fn date(text: &str) -> Option<Value> {
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        // A moment also parses as a date: its own day would depend on its offset, so it is read as a moment below.
        if text.len() == 10 {
            return Some(day.to_string().into());
        }
    }
    let at = jiff::Timestamp::from_millisecond(moment(text)?).ok()?;
    Some(at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string().into())
}

fn moment(text: &str) -> Option<i64> {
    if let Ok(ms) = text.parse::<i64>() {
        return jiff::Timestamp::from_millisecond(ms).ok().map(|_| ms);
    }
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

fn choices(value: &Value, text: &str) -> Value {
    let mut all: Vec<String> = match value {
        Value::Array(items) => items.iter().map(self::text).collect(),
        _ => text.split(';').map(|part| part.trim().to_owned()).collect(),
    };
    all.retain(|choice| !choice.is_empty());
    all.sort_unstable();
    all.dedup();
    if all.is_empty() { Value::Null } else { all.into() }
}
