//! Fields of a record: those that were named, and those that a look at some records finds.

use super::description::{Description, FieldKind};
use super::path::member;
use crate::crm::Property;
use serde_json::Value;
use std::collections::BTreeMap;

/// How deep a record is looked into, and how many fields are found.
const MOST: (usize, usize) = (6, 300);

/// Fields by path.
#[derive(Default)]
struct Found(BTreeMap<String, Option<FieldKind>>);

/// All fields: named ones first, then those that a person maps at the beginning, then what the records show.
pub(super) fn fields(said: &Description, records: &[&Value]) -> Vec<Property> {
    let mut found = Found::default();
    for record in records {
        found.look(String::new(), record, 0);
    }
    let shape = &said.record;
    let mut all: Vec<Property> = said.fields.iter().map(|field| named(field, said)).collect();
    let roles = [(&shape.name, FieldKind::Text), (&shape.email, FieldKind::Text), (&shape.key, FieldKind::Text)];
    let phones = shape.phones.iter().map(|path| (path, FieldKind::Phone));
    let roles = roles.into_iter().chain(phones).map(|(path, kind)| (path.clone(), kind));
    let shown = found.0.into_iter().map(|(path, kind)| (path, kind.unwrap_or_default()));
    for (path, kind) in roles.chain(shown) {
        if !path.is_empty() && all.iter().all(|known| known.name != path) {
            all.push(property(said, path.clone(), path, kind));
        }
    }
    all
}

fn named(field: &super::description::Known, said: &Description) -> Property {
    let label = if field.label.trim().is_empty() { field.path.clone() } else { field.label.trim().to_owned() };
    let mut property = property(said, field.path.clone(), label, field.kind);
    property.read_only |= field.read_only;
    property.options.clone_from(&field.options);
    property
}

fn property(said: &Description, name: String, label: String, kind: FieldKind) -> Property {
    let shape = &said.record;
    let read_only = [&shape.id, &shape.modified, &shape.deleted].contains(&&name);
    let kind = match kind {
        FieldKind::Text => "string",
        FieldKind::Number => "number",
        FieldKind::Bool => "bool",
        FieldKind::Date => "date",
        FieldKind::Datetime => "datetime",
        FieldKind::Phone => "phone_number",
        FieldKind::Choice | FieldKind::Choices => "enumeration",
    };
    Property { label, kind: kind.to_owned(), read_only, unique: name == shape.key, options: Vec::new(), name }
}

impl Found {
    fn look(&mut self, path: String, value: &Value, depth: usize) {
        if depth > MOST.0 || self.0.len() >= MOST.1 {
            return;
        }
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    if let Some(path) = member(&path, name) {
                        self.look(path, value, depth + 1);
                    }
                }
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                if let Some(first) = items.first() {
                    self.look(format!("{path}[0]"), first, depth + 1);
                }
            }
            _ if path.is_empty() => {}
            value => {
                let kind = kind(value);
                let known = self.0.entry(path).or_insert(kind);
                // Two records that do not agree hold text.
                *known = match (*known, kind) {
                    (Some(one), Some(other)) if one != other => Some(FieldKind::Text),
                    (one, other) => one.or(other),
                };
            }
        }
    }
}

/// What a value seems to hold; nothing is told by nothing.
fn kind(value: &Value) -> Option<FieldKind> {
    match value {
        Value::Bool(_) => Some(FieldKind::Bool),
        Value::Number(_) => Some(FieldKind::Number),
        Value::Array(_) => Some(FieldKind::Choices),
        Value::String(text) => words(text.trim()),
        Value::Null | Value::Object(_) => None,
    }
}

fn words(text: &str) -> Option<FieldKind> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_number =
        text.starts_with('+') && digits >= 7 && text.chars().all(|c| c.is_ascii_digit() || "+-() ./".contains(c));
    if text.is_empty() {
        None
    } else if is_number {
        Some(FieldKind::Phone)
    } else if text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok() {
        Some(FieldKind::Date)
    } else if text.len() > 15 && text.parse::<jiff::Timestamp>().is_ok() {
        Some(FieldKind::Datetime)
    } else {
        Some(FieldKind::Text)
    }
}
