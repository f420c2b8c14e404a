//! Changing users: validation, uniqueness, addresses, merging.

use super::error::{Result, ZenError};
use super::state::{Email, Stale, State, User};
use serde_json::{Map, Value, json};

/// Attributes that can be written.
const WRITABLE: [&str; 8] = ["name", "phone", "details", "notes", "locale", "time_zone", "external_id", "tags"];

/// Checks the attributes of `given` that can be written and are not addresses.
fn judge(state: &State, given: &Map<String, Value>, own: Option<u64>) -> Result<()> {
    let text = |name: &str| given.get(name).map(|value| value.as_str().unwrap_or_default().trim().to_owned());
    if text("name").is_some_and(|name| name.is_empty()) {
        return Err(ZenError::record("name", "BlankValue", "Name: is too short (minimum one character)"));
    }
    if text("locale").is_some_and(|locale| !matches!(locale.as_str(), "en-US" | "en" | "es" | "de" | "fr" | "ar")) {
        return Err(ZenError::record("locale", "InvalidValue", "Locale: is not supported"));
    }
    if let Some(key) = text("external_id").filter(|key| !key.is_empty())
        && state.keys.get(&key.to_lowercase()).is_some_and(|owner| Some(*owner) != own)
    {
        return Err(ZenError::record("external_id", "DuplicateValue", "External: has already been taken"));
    }
    for (name, value) in given.get("user_fields").and_then(Value::as_object).into_iter().flatten() {
        let Some(field) = super::fields::FIELDS.iter().find(|field| field.key == name) else { continue };
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fits = value.is_null()
            || match field.kind {
                "integer" => text.parse::<i64>().is_ok(),
                "checkbox" => matches!(text.as_str(), "true" | "false"),
                "dropdown" => field.options.contains(&text.as_str()),
                _ => true,
            };
        if !fits {
            return Err(ZenError::record(name, "InvalidValue", &format!("{}: is invalid", field.title)));
        }
    }
    Ok(())
}

fn well_formed(email: &str) -> bool {
    email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !email.contains(' '))
}

/// Creates a user.
pub fn create(state: &mut State, given: &Map<String, Value>, now: i64) -> Result<u64> {
    if state.users.len() >= state.most {
        return Err(ZenError::new(422, "LimitReached", "The account is full"));
    }
    if given.get("name").and_then(Value::as_str).is_none_or(|name| name.trim().is_empty()) {
        return Err(ZenError::record("name", "BlankValue", "Name: is too short (minimum one character)"));
    }
    judge(state, given, None)?;
    let email = given.get("email").and_then(Value::as_str).map(str::to_owned);
    if let Some(email) = &email {
        free(state, email)?;
    }
    let id = state.id();
    let mut attributes = Map::new();
    for (name, value) in [
        ("role", given.get("role").cloned().unwrap_or_else(|| "end-user".into())),
        ("locale", "en-US".into()),
        ("time_zone", "Berlin".into()),
        ("details", "".into()),
        ("notes", "".into()),
        ("phone", Value::Null),
        ("external_id", Value::Null),
        ("tags", json!([])),
        ("suspended", false.into()),
        ("verified", false.into()),
        ("last_login_at", Value::Null),
    ] {
        attributes.insert(name.to_owned(), value);
    }
    let fields = super::fields::FIELDS.iter().map(|field| (field.key.to_owned(), Value::Null)).collect();
    let user = User {
        id,
        attributes,
        fields,
        emails: Vec::new(),
        created: now,
        updated: now,
        seq: 0,
        active: true,
        stale: None,
    };
    state.users.insert(id, user);
    put(state, id, given);
    if let Some(email) = email {
        attach(state, id, &email);
    }
    let unseen = Stale { until: 0, phone: None, emails: Vec::new() };
    state.touch(id, "created", json!({}), now, Some(unseen));
    Ok(id)
}

/// Lays attributes over those that are there.
fn put(state: &mut State, id: u64, given: &Map<String, Value>) {
    let Some(user) = state.users.get_mut(&id) else { return };
    for name in WRITABLE {
        if let Some(value) = given.get(name) {
            if name == "external_id" {
                state.keys.retain(|_, owner| *owner != id);
                if let Some(key) = value.as_str() {
                    state.keys.insert(key.to_lowercase(), id);
                }
            }
            user.attributes.insert(name.to_owned(), value.clone());
        }
    }
    for (name, value) in given.get("user_fields").and_then(Value::as_object).into_iter().flatten() {
        if user.fields.contains_key(name) {
            user.fields.insert(name.clone(), value.clone());
        }
    }
}

/// Updates a user; an address is added beside those that are there.
pub fn update(state: &mut State, id: u64, given: &Map<String, Value>, now: i64) -> Result<()> {
    let user = state.users.get(&id).filter(|user| user.active).ok_or_else(ZenError::not_found)?;
    let before = user.stale();
    judge(state, given, Some(id))?;
    if let Some(email) = given.get("email").and_then(Value::as_str)
        && state.emails.get(&email.to_lowercase()) != Some(&id)
    {
        free(state, email)?;
        attach(state, id, email);
    }
    put(state, id, given);
    let topic = if given.contains_key("name") { "name_changed" } else { "custom_field_changed" };
    state.touch(id, topic, json!({ "current": given.get("name") }), now, before);
    Ok(())
}

/// Creates a user, or updates the one with the same external id, else the one with the same address. True when made.
pub fn create_or_update(state: &mut State, given: &Map<String, Value>, now: i64) -> Result<(u64, bool)> {
    let known = |name: &str, index: &std::collections::HashMap<String, u64>| {
        given.get(name).and_then(Value::as_str).and_then(|text| index.get(&text.to_lowercase()).copied())
    };
    match known("external_id", &state.keys).or_else(|| known("email", &state.emails)) {
        Some(id) => update(state, id, given, now).map(|()| (id, false)),
        None => create(state, given, now).map(|id| (id, true)),
    }
}

fn free(state: &State, email: &str) -> Result<()> {
    if !well_formed(email) {
        return Err(ZenError::record("email", "InvalidFormat", &format!("Email: {email} is not properly formatted")));
    }
    if state.emails.contains_key(&email.to_lowercase()) {
        let text = format!("Email: {email} is already being used by another user");
        return Err(ZenError::record("email", "DuplicateValue", &text));
    }
    Ok(())
}

fn attach(state: &mut State, id: u64, email: &str) -> u64 {
    let identity = state.id();
    state.emails.insert(email.to_lowercase(), id);
    if let Some(user) = state.users.get_mut(&id) {
        let primary = user.emails.is_empty();
        user.emails.push(Email { id: identity, value: email.to_owned(), primary });
    }
    identity
}

/// Gives a user an address; answers its id.
pub fn add_email(state: &mut State, id: u64, email: &str, now: i64) -> Result<u64> {
    let before = state.users.get(&id).filter(|user| user.active).ok_or_else(ZenError::not_found)?.stale();
    free(state, email).map_err(|mut error| {
        if let Some(details) = error.body["details"].as_object_mut()
            && let Some(list) = details.remove("email")
        {
            details.insert("value".to_owned(), list);
        }
        error
    })?;
    let identity = attach(state, id, email);
    state.touch(id, "identity_created", json!({}), now, before);
    Ok(identity)
}

/// Makes an address the one that counts.
pub fn make_primary(state: &mut State, id: u64, identity: u64, now: i64) -> Result<()> {
    let user = state.users.get_mut(&id).filter(|user| user.active).ok_or_else(ZenError::not_found)?;
    let before = user.stale();
    if !user.emails.iter().any(|email| email.id == identity) {
        return Err(ZenError::not_found());
    }
    for email in &mut user.emails {
        email.primary = email.id == identity;
    }
    state.touch(id, "identity_changed", json!({}), now, before);
    Ok(())
}

/// Takes an address from a user.
pub fn remove_email(state: &mut State, id: u64, identity: u64, now: i64) -> Result<()> {
    let user = state.users.get_mut(&id).filter(|user| user.active).ok_or_else(ZenError::not_found)?;
    let before = user.stale();
    let at = user.emails.iter().position(|email| email.id == identity).ok_or_else(ZenError::not_found)?;
    let gone = user.emails.remove(at);
    if gone.primary
        && let Some(next) = user.emails.first_mut()
    {
        next.primary = true;
    }
    state.emails.remove(&gone.value.to_lowercase());
    state.touch(id, "identity_deleted", json!({}), now, before);
    Ok(())
}

/// Deletes a user: it stays, inactive, without what is unique.
pub fn delete(state: &mut State, id: u64, topic: &str, event: Value, now: i64) -> Result<()> {
    let user = state.users.get_mut(&id).filter(|user| user.active).ok_or_else(ZenError::not_found)?;
    user.active = false;
    user.emails.clear();
    user.attributes.insert("phone".to_owned(), Value::Null);
    user.attributes.insert("external_id".to_owned(), Value::Null);
    state.keys.retain(|_, owner| *owner != id);
    state.emails.retain(|_, owner| *owner != id);
    state.touch(id, topic, event, now, None);
    Ok(())
}

/// Merges a user into another one, which gets its addresses, and its number where it has none.
pub fn merge(state: &mut State, loser: u64, winner: u64, now: i64) -> Result<()> {
    let is_there = |id: &u64| state.users.get(id).is_some_and(|user| user.active);
    if loser == winner || !is_there(&loser) || !is_there(&winner) {
        return Err(ZenError::not_found());
    }
    let (emails, phone) = {
        let user = &state.users[&loser];
        (user.emails.clone(), user.attributes["phone"].clone())
    };
    delete(state, loser, "merged", json!({ "user": { "id": winner.to_string() } }), now)?;
    let before = state.users.get(&winner).and_then(User::stale);
    for email in emails {
        attach(state, winner, &email.value);
    }
    if let Some(user) = state.users.get_mut(&winner)
        && user.attributes["phone"].is_null()
    {
        user.attributes.insert("phone".to_owned(), phone);
    }
    state.touch(winner, "identity_created", json!({}), now, before);
    Ok(())
}
