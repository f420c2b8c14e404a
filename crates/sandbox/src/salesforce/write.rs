//! Changing contacts: validation, keys from outside, duplicates, deletion and merging.

use super::error::{ForceError, Result};
use super::fields::Field;
use super::state::{Contact, State};
use serde_json::{Map, Value};

/// Who writes, and with what leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A program; rules against duplicates hold.
    Api,
    /// A program that said it may save duplicates, or a person.
    Anyway,
}

/// Checks what is given against the fields and writes nothing. `own` is the contact that is changed.
fn judge(state: &State, given: &Map<String, Value>, own: Option<&str>, writer: Writer) -> Result<()> {
    for (name, value) in given {
        let field = state.field(name).ok_or_else(|| {
            ForceError::new(400, "INVALID_FIELD", format!("No such column '{name}' on sobject of type Contact"))
        })?;
        if !field.writable {
            let text = format!(
                "Unable to create/update fields: {name}. Please check the security settings of this field and verify \
                 that it is read/write for your profile or permission set."
            );
            return Err(ForceError::field("INVALID_FIELD_FOR_INSERT_UPDATE", name, text));
        }
        fits(field, value)?;
        unique(state, field, value, own)?;
    }
    let no_name = |value: &Value| value.as_str().is_none_or(|text| text.trim().is_empty());
    let lacks_name = match given.get("LastName") {
        Some(value) => no_name(value),
        None => own.is_none(),
    };
    if lacks_name {
        return Err(ForceError::field("REQUIRED_FIELD_MISSING", "LastName", "Required fields are missing: [LastName]"));
    }
    let email = given.get("Email").and_then(Value::as_str).filter(|email| !email.is_empty());
    if let Some(email) = email.filter(|_| state.config.duplicate_rule && writer == Writer::Api) {
        let same = |contact: &&Contact| {
            !contact.deleted
                && Some(contact.id.as_str()) != own
                && contact.text("Email").is_some_and(|have| have.eq_ignore_ascii_case(email))
        };
        if let Some(other) = state.contacts.values().find(same) {
            let mut error = ForceError::new(400, "DUPLICATES_DETECTED", "Use one of these records?");
            error.duplicate_of = Some(other.id.clone());
            return Err(error);
        }
    }
    Ok(())
}

/// Whether a value is one of the field's.
fn fits(field: &Field, value: &Value) -> Result<()> {
    let kind = field.kind.as_str();
    let text = match value {
        Value::Null => return Ok(()),
        Value::String(text) => text.trim(),
        Value::Number(_) if kind == "double" => return Ok(()),
        Value::Bool(_) if kind == "boolean" => return Ok(()),
        _ => return Err(unreadable(kind, value)),
    };
    match kind {
        "double" if text.parse::<f64>().is_err() => Err(unreadable("double", value)),
        "boolean" if !matches!(text, "true" | "false") => Err(unreadable("boolean", value)),
        "date" if text.parse::<jiff::civil::Date>().is_err() => Err(unreadable("date", value)),
        "email" if !well_formed(text) => {
            let words = format!("{}: invalid email address: {text}", field.label);
            Err(ForceError::field("INVALID_EMAIL_ADDRESS", &field.name, words))
        }
        "picklist" | "multipicklist" if field.restricted => {
            let strange = text.split(';').find(|one| !field.options.iter().any(|option| option == one.trim()));
            strange.map_or(Ok(()), |one| {
                let words = format!("{}: bad value for restricted picklist field: {one}", field.label);
                Err(ForceError::field("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", &field.name, words))
            })
        }
        _ if field.length > 0 && text.chars().count() > field.length => {
            let words = format!("{}: data value too large: {text} (max length={})", field.label, field.length);
            Err(ForceError::field("STRING_TOO_LONG", &field.name, words))
        }
        _ => Ok(()),
    }
}

fn unreadable(kind: &str, value: &Value) -> ForceError {
    let words = format!(
        "Cannot deserialize instance of {kind} from VALUE_STRING value {} or request may be missing a required field",
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    );
    ForceError::new(400, "JSON_PARSER_ERROR", words)
}

fn well_formed(email: &str) -> bool {
    email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !email.contains(' '))
}

fn unique(state: &State, field: &Field, value: &Value, own: Option<&str>) -> Result<()> {
    let Some(text) = value.as_str().filter(|text| field.unique && !text.is_empty()) else { return Ok(()) };
    match state.by_external(&field.name, text).filter(|other| Some(other.id.as_str()) != own) {
        Some(other) => {
            let words =
                format!("duplicate value found: {} duplicates value on record with id: {}", field.name, other.id);
            Err(ForceError::new(400, "DUPLICATE_VALUE", words))
        }
        None => Ok(()),
    }
}

/// Creates a contact; its id.
pub fn create(state: &mut State, given: &Map<String, Value>, writer: Writer, now: i64) -> Result<String> {
    if state.contacts.len() >= state.most {
        return Err(ForceError::new(400, "STORAGE_LIMIT_EXCEEDED", "storage limit exceeded"));
    }
    judge(state, given, None, writer)?;
    let id = state.id("003");
    let unseen = (state.config.index_lag_ms > 0).then(|| (now + state.config.index_lag_ms, Vec::new()));
    let contact = Contact {
        id: id.clone(),
        values: kept(state, given),
        created: now,
        modified: now,
        deleted: false,
        purged: false,
        master: None,
        stale: unseen,
        locked: 0,
    };
    state.contacts.insert(id.clone(), contact);
    Ok(id)
}

/// Values under the fields' own names: names are taken whatever their case, and nothing is null.
fn kept(state: &State, given: &Map<String, Value>) -> Map<String, Value> {
    let one = |(name, value): (&String, &Value)| {
        let field = state.field(name)?;
        let value = match (field.kind.as_str(), value) {
            (_, Value::String(text)) if text.trim().is_empty() => Value::Null,
            ("double", Value::String(text)) => text.trim().parse::<f64>().map_or(Value::Null, Value::from),
            ("boolean", Value::String(text)) => (text == "true").into(),
            (_, Value::String(text)) => text.trim().into(),
            (_, value) => value.clone(),
        };
        Some((field.name.clone(), value))
    };
    given.iter().filter_map(one).collect()
}

/// A contact that is there to be written.
fn open(state: &mut State, id: &str) -> Result<String> {
    let id = match state.find(id) {
        None => return Err(ForceError::new(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")),
        Some(contact) if contact.deleted => {
            return Err(ForceError::new(404, "ENTITY_IS_DELETED", "entity is deleted"));
        }
        Some(contact) => contact.id.clone(),
    };
    if let Some(contact) = state.contacts.get_mut(&id)
        && contact.locked > 0
    {
        contact.locked -= 1;
        return Err(ForceError::of_code("UNABLE_TO_LOCK_ROW"));
    }
    Ok(id)
}

/// Updates a contact.
pub fn update(state: &mut State, id: &str, given: &Map<String, Value>, writer: Writer, now: i64) -> Result<()> {
    let id = open(state, id)?;
    judge(state, given, Some(&id), writer)?;
    let (values, lag) = (kept(state, given), state.config.index_lag_ms);
    if let Some(contact) = state.contacts.get_mut(&id) {
        contact.stale = (lag > 0).then(|| (now + lag, contact.indexed(now)));
        contact.values.extend(values);
        contact.modified = now;
    }
    Ok(())
}

/// Creates a contact, or updates the one with this value in a field; its id, and whether it was made.
pub fn upsert(
    state: &mut State,
    field: &str,
    value: &str,
    given: &Map<String, Value>,
    writer: Writer,
    now: i64,
) -> Result<(String, bool)> {
    let known = match state.field(field) {
        Some(known) if known.external => known.name.clone(),
        _ => {
            let words = format!("Provided external ID field does not exist or is not accessible: {field}");
            return Err(ForceError::new(404, "NOT_FOUND", words));
        }
    };
    if value.is_empty() {
        return Err(ForceError::field("MISSING_ARGUMENT", &known, format!("{known} not specified")));
    }
    if let Some(id) = state.by_external(&known, value).map(|contact| contact.id.clone()) {
        return update(state, &id, given, writer, now).map(|()| (id, false));
    }
    let mut given = given.clone();
    given.insert(known, value.into());
    create(state, &given, writer, now).map(|id| (id, true))
}

/// Puts a contact into the recycle bin.
pub fn delete(state: &mut State, id: &str, now: i64) -> Result<()> {
    let id = open(state, id)?;
    if let Some(contact) = state.contacts.get_mut(&id) {
        contact.deleted = true;
        contact.modified = now;
    }
    Ok(())
}

/// Makes one contact part of another, which keeps its own values and gets what it lacks.
pub fn merge(state: &mut State, loser: &str, winner: &str, now: i64) -> Result<()> {
    let (loser, winner) = (open(state, loser)?, open(state, winner)?);
    if loser == winner {
        return Err(ForceError::new(400, "INVALID_OPERATION", "cannot merge an entity with itself"));
    }
    delete(state, &loser, now)?;
    let Some(gone) = state.contacts.get_mut(&loser) else { return Err(ForceError::not_found()) };
    gone.master = Some(winner.clone());
    let left = gone.values.clone();
    if let Some(contact) = state.contacts.get_mut(&winner) {
        for (name, value) in left {
            if contact.values.get(&name).is_none_or(Value::is_null) {
                contact.values.insert(name, value);
            }
        }
        contact.modified = now;
    }
    Ok(())
}
