//! Changing contacts: validation, uniqueness, deleting, merging.

use super::error::{Result, ZohoError};
use super::fields::{FIXED, Field};
use super::state::{Contact, Gone, Stale, State};
use serde_json::{Map, Value, json};

/// Checks one value against its field.
pub(super) fn fits(field: &Field, value: &Value) -> Result<()> {
    let wrong = |kind: &str| {
        Err(ZohoError::field("INVALID_DATA", "invalid data", &field.name, json!({ "expected_data_type": kind })))
    };
    if value.is_null() {
        return Ok(());
    }
    match (field.kind.as_str(), value) {
        ("integer", Value::Number(number)) if number.is_i64() => Ok(()),
        ("boolean", Value::Bool(_)) | ("multiselectpicklist", Value::Array(_)) => Ok(()),
        ("lookup" | "ownerlookup", Value::Object(_)) => Ok(()),
        ("currency", Value::Number(_)) => Ok(()),
        ("currency", _) => wrong("double"),
        ("integer" | "boolean", _) => wrong(&field.kind),
        ("multiselectpicklist", _) => wrong("jsonarray"),
        ("lookup" | "ownerlookup", _) => wrong("jsonobject"),
        (_, Value::String(text)) if text.chars().count() > field.length => {
            let most = json!({ "maximum_length": field.length });
            Err(ZohoError::field("INVALID_DATA", "invalid data", &field.name, most))
        }
        ("email", Value::String(text)) if !is_email(text) => wrong("email"),
        ("phone", Value::String(text)) if text.chars().any(|c| !c.is_ascii_digit() && !"+-(). /".contains(c)) => {
            wrong("phone")
        }
        ("date", Value::String(text)) if text.parse::<jiff::civil::Date>().is_err() => wrong("date"),
        (_, Value::String(_)) => Ok(()),
        (kind, _) => wrong(kind),
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !text.contains(' '))
}

/// The values of a row that are taken: names that are no field's are passed over, and what is Zoho's alone.
fn judge(state: &State, row: &Map<String, Value>, own: Option<u64>) -> Result<Map<String, Value>> {
    let mut taken = Map::new();
    for field in &state.fields {
        let Some(value) = row.get(&field.name).filter(|_| !FIXED.contains(&field.name.as_str())) else { continue };
        fits(field, value)?;
        let text = value.as_str().unwrap_or_default().trim().to_lowercase();
        if field.unique && !text.is_empty() {
            let owner = state.unique.get(&field.name).and_then(|values| values.get(&text)).copied();
            if let Some(owner) = owner.filter(|owner| Some(*owner) != own) {
                let other =
                    json!({ "duplicate_record": { "id": owner.to_string(), "module": { "api_name": "Contacts" } } });
                return Err(ZohoError::field("DUPLICATE_DATA", "duplicate data", &field.name, other));
            }
        }
        let is_empty = value.as_str().is_some_and(|text| text.trim().is_empty());
        taken.insert(field.name.clone(), if is_empty { Value::Null } else { value.clone() });
    }
    let is_nameless = taken.get("Last_Name").map_or(own.is_none(), Value::is_null);
    if is_nameless {
        return Err(ZohoError::field("MANDATORY_NOT_FOUND", "required field not found", "Last_Name", json!({})));
    }
    Ok(taken)
}

/// Makes a contact.
pub fn insert(state: &mut State, row: &Map<String, Value>, now: i64) -> Result<u64> {
    if state.contacts.len() >= state.most {
        return Err(ZohoError::new(400, "LIMIT_EXCEEDED", "the account is full", json!({})));
    }
    let taken = judge(state, row, None)?;
    let id = state.id();
    let contact = Contact { id, fields: Map::new(), created: now, modified: now, stale: None };
    state.contacts.insert(id, contact);
    put(state, id, taken, now);
    if let Some(contact) = state.contacts.get_mut(&id)
        && let Some(stale) = &mut contact.stale
    {
        stale.fields = None;
    }
    state.tell("Contacts", "insert", id, now);
    Ok(id)
}

/// Changes a contact.
pub fn update(state: &mut State, id: u64, row: &Map<String, Value>, now: i64) -> Result<()> {
    if !state.contacts.contains_key(&id) {
        let details = json!({ "expected_data_type": "bigint" });
        return Err(ZohoError::field("INVALID_DATA", "the id given seems to be invalid", "id", details));
    }
    let taken = judge(state, row, Some(id))?;
    put(state, id, taken, now);
    state.tell("Contacts", "update", id, now);
    Ok(())
}

/// Lays values over those that are there.
fn put(state: &mut State, id: u64, taken: Map<String, Value>, now: i64) {
    let lag = state.config.index_lag_ms;
    let State { contacts, unique, fields, .. } = state;
    let Some(contact) = contacts.get_mut(&id) else { return };
    contact.stale = (lag > 0).then(|| Stale { until: now + lag, fields: Some(contact.fields.clone()) });
    for field in fields.iter().filter(|field| field.unique) {
        let Some(value) = taken.get(&field.name) else { continue };
        let values = unique.entry(field.name.clone()).or_default();
        if let Some(before) = contact.fields.get(&field.name).and_then(Value::as_str) {
            values.remove(&before.trim().to_lowercase());
        }
        if let Some(text) = value.as_str() {
            values.insert(text.trim().to_lowercase(), id);
        }
    }
    contact.fields.extend(taken);
    contact.modified = now;
}

/// The contact that one of these fields finds, with the field.
pub fn find(state: &State, row: &Map<String, Value>, fields: &[String]) -> Option<(u64, String)> {
    fields.iter().find_map(|name| {
        let text = row.get(name)?.as_str()?.trim().to_lowercase();
        let known = state.unique.get(name).and_then(|values| values.get(&text)).copied();
        let same = |contact: &&Contact| {
            contact.fields.get(name).and_then(Value::as_str).is_some_and(|value| value.trim().to_lowercase() == text)
        };
        let is_unique = state.field(name).is_some_and(|field| field.unique);
        // Of several the one changed last.
        let by_look = || state.contacts.values().filter(same).max_by_key(|contact| contact.modified).map(|c| c.id);
        let found = if is_unique { known } else { by_look() };
        found.map(|id| (id, name.clone()))
    })
}

/// Puts a contact into the recycle bin.
pub fn delete(state: &mut State, id: u64, now: i64) -> Result<()> {
    let contact = state
        .contacts
        .remove(&id)
        .ok_or_else(|| ZohoError::field("INVALID_DATA", "record not deleted", "id", json!({ "id": id.to_string() })))?;
    for values in state.unique.values_mut() {
        values.retain(|_, owner| *owner != id);
    }
    let name = contact.fields.get("Last_Name").and_then(Value::as_str).unwrap_or_default().to_owned();
    state.gone.push(Gone { id, name, at: now, permanent: false });
    state.tell("Contacts", "delete", id, now);
    Ok(())
}

/// Merges a contact into another one, which gets what it has not.
pub fn merge(state: &mut State, loser: u64, winner: u64, now: i64) -> Result<()> {
    if loser == winner || !state.contacts.contains_key(&loser) || !state.contacts.contains_key(&winner) {
        return Err(ZohoError::no_record());
    }
    let theirs = state.contacts[&loser].fields.clone();
    delete(state, loser, now)?;
    let own = &state.contacts[&winner].fields;
    let missing = theirs.into_iter().filter(|(name, _)| own.get(name).is_none_or(Value::is_null));
    let missing: Map<String, Value> = missing.filter(|(_, value)| !value.is_null()).collect();
    update(state, winner, &missing, now)
}
