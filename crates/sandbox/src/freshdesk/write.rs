//! Changing contacts: validation, uniqueness, trash, merging.

use super::error::{DeskError, Result, taken, wrong};
use super::fields;
use super::state::{Contact, State, blank};
use serde_json::{Map, Value};

/// One of these a contact must have.
const REACHED: [&str; 5] = ["email", "phone", "mobile", "twitter_id", "unique_external_id"];

/// Creates a contact; answers its id.
pub fn create(state: &mut State, given: &Map<String, Value>, now: i64) -> Result<u64> {
    let is_there = |name: &str| given.get(name).and_then(Value::as_str).is_some_and(|text| !text.trim().is_empty());
    let mut errors = fields::judge(given);
    if !is_there("name") {
        errors.push(wrong("name", "missing_field", "It should be a/an String"));
    }
    if !REACHED.iter().any(|name| is_there(name)) {
        let message = "Please fill at least 1 of email, mobile, phone, twitter_id, unique_external_id fields.";
        errors.push(wrong("email", "missing_field", message));
    }
    refuse(400, &errors)?;
    refuse(409, &duplicates(state, given, None))?;
    if state.contacts.len() >= state.most {
        return Err(DeskError::new(403, "record_limit", "the sandbox keeps no more contacts"));
    }
    state.last_id += 1;
    let id = state.last_id;
    let stale = (state.config.index_lag_ms > 0).then(|| (now + state.config.index_lag_ms, None));
    let mut contact =
        Contact { id, attributes: blank(), custom: fields::blank(), created: now, updated: now, deleted: false, stale };
    put(&mut contact, given);
    state.contacts.insert(id, contact);
    Ok(id)
}

/// Updates a contact that is not in the trash.
pub fn update(state: &mut State, id: u64, given: &Map<String, Value>, now: i64) -> Result<()> {
    let contact = state.contacts.get(&id).ok_or_else(DeskError::not_found)?;
    if contact.deleted {
        return Err(DeskError::method());
    }
    let mut errors = fields::judge(given);
    if given.get("name").is_some_and(|name| name.as_str().is_none_or(|name| name.trim().is_empty())) {
        errors.push(wrong("name", "invalid_value", "It should not be blank as this is a mandatory field"));
    }
    let mut after = contact.clone();
    put(&mut after, given);
    if REACHED.iter().all(|name| after.text(name).is_empty()) {
        let message = "Please fill at least 1 of email, mobile, phone, twitter_id, unique_external_id fields.";
        errors.push(wrong("email", "missing_field", message));
    }
    refuse(400, &errors)?;
    refuse(409, &duplicates(state, given, Some(id)))?;
    state.touch(id, now, |contact| put(contact, given));
    Ok(())
}

fn refuse(status: u16, errors: &[Value]) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(DeskError::fields(status, errors)) }
}

/// Values that another contact has, in the trash or not.
fn duplicates(state: &State, given: &Map<String, Value>, own: Option<u64>) -> Vec<Value> {
    let held = |contact: &Contact, name: &str, value: &str| {
        let is_other =
            name == "email" && contact.words("other_emails").iter().any(|one| one.eq_ignore_ascii_case(value));
        is_other || contact.text(name).eq_ignore_ascii_case(value)
    };
    let mut errors = Vec::new();
    for name in ["email", "twitter_id", "unique_external_id"] {
        let Some(value) = given.get(name).and_then(Value::as_str).filter(|value| !value.is_empty()) else { continue };
        let mut others = state.contacts.values().filter(|contact| Some(contact.id) != own);
        errors.extend(others.find(|contact| held(contact, name, value)).map(|owner| taken(name, owner.id)));
    }
    errors
}

/// Lays values over those that are there.
fn put(contact: &mut Contact, given: &Map<String, Value>) {
    for (name, value) in given {
        if name == "custom_fields" {
            for (name, value) in value.as_object().into_iter().flatten() {
                contact.custom.insert(name.clone(), value.clone());
            }
        } else {
            // What is emptied shows as nothing.
            let value = if value.as_str() == Some("") { Value::Null } else { value.clone() };
            contact.attributes.insert(name.clone(), value);
        }
    }
}

/// Puts a contact into the trash, or takes it out again. What is unique stays its own.
pub fn trash(state: &mut State, id: u64, deleted: bool, now: i64) -> Result<()> {
    if state.contacts.get(&id).is_none_or(|contact| contact.deleted == deleted) {
        return Err(DeskError::not_found());
    }
    state.touch(id, now, |contact| contact.deleted = deleted);
    Ok(())
}

/// Deletes a contact for good: one in the trash, or any with force.
pub fn erase(state: &mut State, id: u64, force: bool) -> Result<()> {
    let contact = state.contacts.get(&id).ok_or_else(DeskError::not_found)?;
    if !contact.deleted && !force {
        let message = "This contact is not deleted yet. Soft delete it first, or use force=true.";
        return Err(DeskError::field("force", "invalid_value", message));
    }
    state.contacts.remove(&id);
    Ok(())
}

/// Merges contacts into one, which gets what it lacks; the others go to the trash with nothing unique left. Where both
/// sides have a value, `chosen` must say which stays.
pub fn merge(state: &mut State, winner: u64, losers: &[u64], chosen: &Map<String, Value>, now: i64) -> Result<()> {
    if losers.is_empty()
        || losers.contains(&winner)
        || losers.iter().chain([&winner]).any(|id| state.alive(*id).is_none())
    {
        return Err(DeskError::field(
            "secondary_contact_ids",
            "invalid_value",
            "There are no contacts matching the ids",
        ));
    }
    let mut gained = Map::new();
    let mut emails = Vec::new();
    for contact in losers.iter().filter_map(|id| state.contacts.get(id)) {
        for name in ["phone", "mobile", "twitter_id", "unique_external_id"] {
            let (theirs, ours) = (contact.text(name), state.contacts[&winner].text(name));
            if !theirs.is_empty() && !ours.is_empty() && !chosen.contains_key(name) {
                return Err(DeskError::field(name, "missing_field", "It should be a/an String"));
            }
            if !theirs.is_empty() && ours.is_empty() {
                gained.insert(name.to_owned(), theirs.into());
            }
        }
        emails.extend([contact.text("email").to_owned()].into_iter().filter(|email| !email.is_empty()));
        emails.extend(contact.words("other_emails"));
    }
    for id in losers {
        state.touch(*id, now, |contact| {
            contact.deleted = true;
            for name in ["email", "twitter_id", "unique_external_id"] {
                contact.attributes.insert(name.to_owned(), Value::Null);
            }
            contact.attributes.insert("other_emails".to_owned(), Value::Array(Vec::new()));
        });
    }
    state.touch(winner, now, |contact| {
        let mut emails = emails;
        if contact.text("email").is_empty() && !emails.is_empty() {
            contact.attributes.insert("email".to_owned(), emails.remove(0).into());
        }
        let all: Vec<String> = contact.words("other_emails").into_iter().chain(emails).collect();
        contact.attributes.insert("other_emails".to_owned(), all.into());
        put(contact, &gained);
        put(contact, chosen);
    });
    Ok(())
}
