//! Records: read as the description says, and laid out again for writing.

use super::description::{Description, Emptied, FieldKind, Writing};
use super::path::{Seen, at, look, put};
use crate::crm::answer::{moment, text};
use crate::crm::{Properties, RemoteRecord};
use rapport_core::time::Ms;
use serde_json::{Map, Number, Value};

/// Numbers beyond it are milliseconds since 1970, below it seconds.
const MILLISECONDS: f64 = 100_000_000_000.0;

/// A record; `None` without id. `wanted` are the paths whose values are kept.
pub(super) fn record(said: &Description, wanted: &[String], value: &Value) -> Option<RemoteRecord> {
    let shape = &said.record;
    let id = filled(value, &shape.id)?;
    let mut properties = Properties::new();
    for path in wanted {
        let known = match look(value, path) {
            Seen::There(found) => joined(found),
            Seen::Empty => Some(String::new()),
            Seen::Unknown => shape.absent_is_empty.then(String::new),
        };
        properties.extend(known.map(|text| (path.clone(), text)));
    }
    Some(RemoteRecord {
        id,
        key: filled(value, &shape.key),
        email: filled(value, &shape.email),
        phones: shape.phones.iter().filter_map(|path| filled(value, path)).collect(),
        updated_at: stamp(value, &shape.modified),
        archived: !shape.deleted.is_empty() && at(value, &shape.deleted).is_some_and(is_true),
        merged_into: None,
        former: Vec::new(),
        properties,
    })
}

/// Text that stands at a path, unless there is none.
fn filled(value: &Value, path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    text(at(value, path)?).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// A value as it travels: lists of plain values are joined by semicolons; what is neither is not known.
fn joined(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().filter(|item| !item.is_null()).map(text).collect();
            texts.map(|texts| texts.join(";"))
        }
        other => text(other),
    }
}

/// Anything but null, false, zero and nothing.
pub(super) fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "null"),
        Value::Array(items) => !items.is_empty(),
        Value::Object(_) => true,
    }
}

/// The moment at a path: ISO 8601 (UTC where it does not say), or seconds or milliseconds since 1970.
pub(super) fn stamp(value: &Value, path: &str) -> Option<Ms> {
    let told = text(at(value, path)?)?;
    let told = told.trim();
    if let Ok(number) = told.parse::<f64>() {
        let ms = if number.abs() >= MILLISECONDS { number } else { number * 1_000.0 };
        return number.is_finite().then_some(Ms(ms.round() as i64));
    }
    moment(told).or_else(|| moment(&format!("{}Z", told.replacen(' ', "T", 1))))
}

/// Values laid over what is there, and our key.
pub(super) fn lay(said: &Description, under: &mut Value, properties: &Properties, key: Option<&str>) {
    for (path, text) in properties {
        let new = value(said, path, text, at(under, path));
        put(under, path, new);
    }
    if let Some(key) = key.filter(|_| !said.record.key.is_empty()) {
        put(under, &said.record.key, key.into());
    }
}

/// What is sent: the constant part, with the record in its place. `present` is the record as it stands, where all of it
/// is sent.
pub(super) fn body(
    said: &Description,
    way: &Writing,
    present: Option<&Value>,
    properties: &Properties,
    key: Option<&str>,
) -> Value {
    let mut body = Value::Object(way.body.clone());
    let constant = at(&body, &way.at).filter(|value| value.is_object()).cloned();
    let mut inner = present.cloned().unwrap_or_default();
    if !inner.is_object() {
        inner = Value::Object(Map::new());
    }
    if let (Some(inner), Some(Value::Object(constant))) = (inner.as_object_mut(), constant) {
        inner.extend(constant);
    }
    lay(said, &mut inner, properties, key);
    put(&mut body, &way.at, inner);
    body
}

/// A value as the field takes it: by what it is said to hold, else as what stands there, else as text.
fn value(said: &Description, path: &str, text: &str, present: Option<&Value>) -> Value {
    let kind = said.kind(path).or(match present {
        Some(Value::Number(_)) => Some(FieldKind::Number),
        Some(Value::Bool(_)) => Some(FieldKind::Bool),
        Some(Value::Array(_)) => Some(FieldKind::Choices),
        _ => None,
    });
    let plain = text.trim();
    match (kind, plain) {
        (Some(FieldKind::Choices), _) => plain.split(';').map(str::trim).filter(|choice| !choice.is_empty()).collect(),
        (_, "") if said.record.emptied == Emptied::Text => "".into(),
        (_, "") => Value::Null,
        (Some(FieldKind::Bool), "true") => true.into(),
        (Some(FieldKind::Bool), "false") => false.into(),
        (Some(FieldKind::Number), _) => number(plain).map_or_else(|| text.into(), Value::Number),
        _ => text.into(),
    }
}

/// The number that a text writes; `None` where none holds all of its digits.
fn number(text: &str) -> Option<Number> {
    let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    whole.ok().or_else(|| {
        let near: f64 = text.parse().ok()?;
        let written = bare(text);
        let is_same = bare(&near.to_string()) == written || bare(&format!("{near:e}")) == written;
        Number::from_f64(near).filter(|_| is_same)
    })
}

/// Whether a number is negative, and its digits without zeros that mean nothing.
fn bare(text: &str) -> (bool, String) {
    let is_negative = text.starts_with('-');
    let text = text.to_ascii_lowercase().replace("e+", "e");
    let digits = text.trim_start_matches(['-', '+']).trim_start_matches('0');
    let is_plain = digits.contains('.') && !digits.contains('e');
    let digits = if is_plain { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    (is_negative, digits.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits_or_stay_text() {
        for (text, expected) in [
            ("42", Some("42")),
            ("-7", Some("-7")),
            ("9223372036854775807", Some("9223372036854775807")),
            ("18446744073709551615", Some("18446744073709551615")),
            ("1.50", Some("1.5")),
            ("-.5", Some("-0.5")),
            ("0.1", Some("0.1")),
            ("1e16", Some("1e+16")),
            ("1.5E+20", Some("1.5e+20")),
            ("18446744073709551616", None),
            ("-9223372036854775809", None),
            ("0.12345678901234567890", None),
            ("1e400", None),
            ("inf", None),
            ("twelve", None),
        ] {
            assert_eq!(number(text).map(|number| number.to_string()).as_deref(), expected, "{text}");
        }
    }
}
