//! Values that people and programs give for a contact, checked.

use crate::error::{Error, Result};
use rapport_core::contact::{email, phone};
use serde_json::{Map, Value};

/// Most own fields of a contact.
const FIELDS: usize = 200;
/// Longest name of an own field, in bytes; as mappings take it.
const FIELD_NAME: usize = 100;
/// Longest value of an own field, as JSON in bytes.
const FIELD_VALUE: usize = 8_000;

/// A contact's name: one line, may be empty.
pub(super) fn name(given: &str) -> Result<String> {
    let given = given.trim();
    if given.is_empty() { Ok(String::new()) } else { crate::account::name("name", given) }
}

/// A number in its stored spelling, with its country.
pub(super) fn phone(given: &str, default_country: &str) -> Result<phone::Phone> {
    phone::normalise(given, default_country)
        .map_err(|error| Error::invalid("phone", format!("cannot be used: {error}")))
}

/// An e-mail address in its stored spelling.
pub(super) fn email(given: &str) -> Result<String> {
    email::normalise(given).map_err(|error| Error::invalid("email", format!("cannot be used: {error}")))
}

/// A language tag.
pub(super) fn language(given: &str) -> Result<String> {
    crate::account::locale("language", &given.replace('_', "-"))
}

/// Own fields after a change: given ones are set, null removes one. Answers with the names that changed.
pub(super) fn merge(known: &mut Value, given: Map<String, Value>) -> Result<Vec<String>> {
    if !known.is_object() {
        *known = Value::Object(Map::new());
    }
    let Some(fields) = known.as_object_mut() else { return Ok(Vec::new()) };
    let mut changed = Vec::new();
    for (name, value) in given {
        let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if name.is_empty() || name.len() > FIELD_NAME || !plain {
            return Err(Error::invalid("fields", format!("must be named with a-z, 0-9, _ and -, unlike {name:.40}")));
        }
        if value.to_string().len() > FIELD_VALUE {
            return Err(Error::invalid(format!("fields.{name}"), "is too long"));
        }
        let before = if value.is_null() { fields.remove(&name) } else { fields.insert(name.clone(), value.clone()) };
        if before.unwrap_or(Value::Null) != value {
            changed.push(name);
        }
    }
    if fields.len() > FIELDS {
        return Err(Error::invalid("fields", format!("has more than {FIELDS} entries")));
    }
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn own_fields_are_merged() {
        let mut known = json!({ "size": "M", "city": "Cairo" });
        let given = json!({ "size": "L", "city": null, "vip": true, "none": null, "same": null });
        let mut changed = merge(&mut known, given.as_object().unwrap().clone()).unwrap();
        changed.sort();
        assert_eq!(changed, ["city", "size", "vip"]);
        assert_eq!(known, json!({ "size": "L", "vip": true }));
        for bad in [json!({ "": 1 }), json!({ "a b": 1 }), json!({ "x": "y".repeat(9_000) })] {
            assert!(merge(&mut known, bad.as_object().unwrap().clone()).is_err());
        }
    }
}
