//! A contact's fields by the names that mappings use, read as a record and written back.
//!
//! First and last name are parts of the one name we keep. Where a CRM gave them, they are remembered in the contact's
//! own fields, because no rule splits "Ana María López García" as her CRM does; an edit of the whole name here makes
//! the remembered parts obsolete.

use rapport_core::contact::identity::{Identity, IdentityKind};
use rapport_core::contact::{email, phone, tags};
use rapport_core::sync::{Field, Mapping, Record};
use rapport_core::{ContactId, Ms};
use rapport_store::WriteTx;
use rapport_store::sync_contact::{self, ContactRow};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Our fields that can be mapped, beside `fields.<name>`: name, label, and whether a CRM may write it.
pub(crate) const LOCAL: &[(&str, &str, bool)] = &[
    ("name", "Name", true),
    ("first_name", "First name", true),
    ("last_name", "Last name", true),
    ("phone", "Phone", true),
    ("email", "E-mail", true),
    ("language", "Language", true),
    ("country", "Country", true),
    ("lifecycle", "Lifecycle", true),
    ("username", "WhatsApp username", false),
    ("marketing_consent", "Marketing consent", false),
];
/// Begins the name of an own field.
pub(crate) const OWN: &str = "fields.";
/// Longest text written into a contact.
const LONGEST: usize = 2_000;

/// Whether this is a field of ours, and whether a CRM may write it.
pub(crate) fn local_field(name: &str) -> Option<bool> {
    if let Some(own) = name.strip_prefix(OWN) {
        let good = !own.is_empty()
            && own.len() <= 100
            && own.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        return good.then_some(true);
    }
    LOCAL.iter().find(|(field, ..)| *field == name).map(|(.., writable)| *writable)
}

/// The contact's mapped fields.
pub(crate) fn record(row: &ContactRow, mappings: &[Mapping]) -> Record {
    let mut fields = BTreeMap::new();
    for mapping in mappings {
        let name = mapping.local_field.as_str();
        fields.insert(name.to_owned(), Field { value: value(row, name), modified_at: stamp(row, name) });
    }
    Record { fields, modified_at: Some(Ms(row.updated_at)), resolution_ms: 1, partial: false }
}

fn value(row: &ContactRow, name: &str) -> Value {
    match name {
        "name" => row.name.clone().into(),
        "first_name" => parts(row).0.into(),
        "last_name" => parts(row).1.into(),
        "phone" => json!(row.phone),
        "email" => json!(row.email),
        "language" => json!(row.language),
        "country" => json!(row.country),
        "lifecycle" => row.lifecycle.clone().into(),
        "username" => json!(row.username),
        "marketing_consent" => row.marketing_consent.clone().into(),
        _ => name.strip_prefix(OWN).map_or(Value::Null, |own| row.fields[own].clone()),
    }
}

fn stamp(row: &ContactRow, name: &str) -> Option<Ms> {
    let of = |name: &str| row.field_stamps[name].as_i64();
    let own = of(name).or_else(|| name.strip_prefix(OWN).and_then(of));
    let whole = matches!(name, "first_name" | "last_name").then(|| of("name")).flatten();
    own.max(whole).map(Ms)
}

/// First and last name: as remembered when together they still are the name, else split at the first space.
pub(crate) fn parts(row: &ContactRow) -> (String, String) {
    let of = |name: &str| row.fields[name].as_str().unwrap_or_default().trim().to_owned();
    let (first, last) = (of("first_name"), of("last_name"));
    if !(first.is_empty() && last.is_empty()) && joined(&first, &last) == row.name.trim() {
        return (first, last);
    }
    match row.name.trim().split_once(char::is_whitespace) {
        Some((first, last)) => (first.to_owned(), last.trim().to_owned()),
        None => (row.name.trim().to_owned(), String::new()),
    }
}

fn joined(first: &str, last: &str) -> String {
    format!("{first} {last}").trim().to_owned()
}

/// What a write to a contact did.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Fields before, by name.
    pub before: Map<String, Value>,
    /// The same fields after.
    pub after: Map<String, Value>,
    /// Fields that were not written, with the reason.
    pub refused: BTreeMap<String, String>,
}

/// Writes fields that came from a CRM into the row and its identities; the caller stores the row. `at` is when they
/// were changed over there.
pub(crate) async fn apply(
    tx: &WriteTx,
    row: &mut ContactRow,
    changes: &BTreeMap<String, Value>,
    at: Ms,
    country: &str,
    now: Ms,
) -> crate::Result<Written> {
    let mut written = Written::default();
    for (name, new) in changes {
        let old = value(row, name);
        let done = match name.as_str() {
            "phone" | "email" => reachable(tx, row, name, new, country, now).await?,
            _ => plain(row, name, new),
        };
        match done {
            Ok(()) => {
                written.before.insert(name.clone(), old);
                written.after.insert(name.clone(), value(row, name));
                set_stamp(row, name, at);
            }
            Err(reason) => {
                written.refused.insert(name.clone(), reason);
            }
        }
    }
    Ok(written)
}

fn set_stamp(row: &mut ContactRow, name: &str, at: Ms) {
    if !row.field_stamps.is_object() {
        row.field_stamps = json!({});
    }
    row.field_stamps[name] = at.0.into();
    if matches!(name, "first_name" | "last_name") {
        row.field_stamps["name"] = at.0.into();
    }
}

/// Text of a value, at most [`LONGEST`] characters, without control characters.
fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.trim().chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect()
}

fn plain(row: &mut ContactRow, name: &str, new: &Value) -> Result<(), String> {
    let given = text(new);
    let some = (!given.is_empty()).then(|| given.clone());
    match name {
        "name" => row.name = given.replace('\n', " "),
        "first_name" | "last_name" => rename(row, name, &given.replace('\n', " ")),
        "language" => row.language = some,
        "country" => match some {
            Some(code) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()) => {
                row.country = Some(code.to_ascii_uppercase());
            }
            None => row.country = None,
            Some(other) => return Err(format!("{other:?} is not a two-letter country code")),
        },
        "lifecycle" if given.is_empty() => return Err("lifecycle cannot be empty".to_owned()),
        "lifecycle" => row.lifecycle = given,
        _ => match name.strip_prefix(OWN) {
            // A CRM may write them between commas or semicolons; we have a list of names, and so has what is compared.
            Some("tags") => set_own(row, "tags", json!(tags(&json!({ "tags": new })))),
            Some(own) => set_own(row, own, new.clone()),
            None => return Err("this field cannot be written from a CRM".to_owned()),
        },
    }
    Ok(())
}

fn rename(row: &mut ContactRow, name: &str, new: &str) {
    let (mut first, mut last) = parts(row);
    if name == "first_name" {
        first = new.to_owned()
    } else {
        last = new.to_owned()
    }
    row.name = joined(&first, &last);
    set_own(row, "first_name", first.into());
    set_own(row, "last_name", last.into());
}

fn set_own(row: &mut ContactRow, name: &str, value: Value) {
    if !row.fields.is_object() {
        row.fields = json!({});
    }
    row.fields[name] = value;
}

/// Phone and e-mail also lead to the contact: they must be readable and nobody else's.
async fn reachable(
    tx: &WriteTx,
    row: &mut ContactRow,
    name: &str,
    new: &Value,
    country: &str,
    now: Ms,
) -> crate::Result<Result<(), String>> {
    let given = text(new);
    if given.is_empty() {
        if name == "phone" {
            return Ok(Err("a WhatsApp contact keeps its number".to_owned()));
        }
        row.email = None;
        return Ok(Ok(()));
    }
    let identity = if name == "phone" {
        phone::normalise(&given, country)
            .map(|phone| Identity::new(IdentityKind::Phone, phone.e164))
            .map_err(|error| format!("{given:?}: {error}"))
    } else {
        email::normalise(&given)
            .map(|address| Identity::new(IdentityKind::Email, address))
            .map_err(|error| format!("{given:?}: {error}"))
    };
    let identity = match identity {
        Ok(identity) => identity,
        Err(reason) => return Ok(Err(reason)),
    };
    let taken = sync_contact::owners(tx, std::slice::from_ref(&identity)).await?;
    if taken.iter().any(|(_, owner)| owner.0 != row.id)
        || !sync_contact::add_identity(tx, ContactId(row.id), &identity, now).await?
    {
        return Ok(Err(format!("{} belongs to another contact", identity.value)));
    }
    if name == "phone" {
        row.phone = Some(identity.value)
    } else {
        row.email = Some(identity.value)
    }
    Ok(Ok(()))
}

/// A value as it travels to a CRM: text, empty to clear.
pub(crate) fn outgoing(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(outgoing).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn row(name: &str, fields: Value) -> ContactRow {
        ContactRow {
            workspace_id: uuid::Uuid::nil(),
            id: uuid::Uuid::nil(),
            lane: 0,
            name: name.to_owned(),
            phone: None,
            email: None,
            username: None,
            language: None,
            country: None,
            timezone: None,
            lifecycle: "lead".to_owned(),
            source: None,
            owner_id: None,
            fields,
            field_stamps: json!({}),
            marketing_consent: "unknown".to_owned(),
            first_inbound_at: None,
            last_inbound_at: None,
            merged_into: None,
            version: 1,
            created_at: 0,
            updated_at: 0,
        }
    }

    #[test]
    fn names_are_split_as_the_crm_split_them() {
        for (name, fields, first, last) in [
            ("Ana López", json!({}), "Ana", "López"),
            ("Ana María López", json!({}), "Ana", "María López"),
            ("Ana María López", json!({"first_name": "Ana María", "last_name": "López"}), "Ana María", "López"),
            ("Ana M. López", json!({"first_name": "Ana María", "last_name": "López"}), "Ana", "M. López"),
            ("李小龙", json!({}), "李小龙", ""),
            ("", json!({"first_name": "Old"}), "", ""),
            ("López", json!({"first_name": "", "last_name": "López"}), "", "López"),
        ] {
            assert_eq!(parts(&row(name, fields)), (first.to_owned(), last.to_owned()), "{name}");
        }
        let mut row = row("Ana López", json!({}));
        plain(&mut row, "first_name", &json!("Ana María")).unwrap();
        assert_eq!((row.name.as_str(), parts(&row).0.as_str()), ("Ana María López", "Ana María"));
        assert_eq!(row.fields["last_name"], "López");
    }

    #[test]
    fn only_known_fields_can_be_mapped() {
        for (name, known) in [
            ("phone", Some(true)),
            ("username", Some(false)),
            ("fields.size", Some(true)),
            ("fields.", None),
            ("fields.a b", None),
            ("password", None),
        ] {
            assert_eq!(local_field(name), known, "{name}");
        }
    }

    #[test]
    fn values_travel_as_text() {
        assert_eq!(outgoing(&json!(["a", "b"])), "a;b");
        assert_eq!(outgoing(&json!(5)), "5");
        assert_eq!(outgoing(&Value::Null), "");
    }
}
