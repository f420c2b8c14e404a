//! Changing contacts: validation, uniqueness, the archive, merging.

use super::attributes;
use super::error::{Result, TalkError};
use super::state::{Contact, State};
use serde_json::{Map, Value, json};

/// Attributes that can be written, beside role, external id and address.
const WRITABLE: [&str; 6] = ["name", "phone", "owner_id", "unsubscribed_from_emails", "signed_up_at", "last_seen_at"];
/// Attributes that every contact shows.
const EMPTY: [&str; 15] = [
    "external_id",
    "email",
    "phone",
    "name",
    "owner_id",
    "signed_up_at",
    "last_seen_at",
    "last_replied_at",
    "last_contacted_at",
    "language_override",
    "browser",
    "browser_language",
    "os",
    "utm_source",
    "referrer",
];

/// What is given for a contact, brought into the form it is kept in.
struct Given {
    role: Option<String>,
    external_id: Option<String>,
    email: Option<String>,
    attributes: Map<String, Value>,
    custom: Value,
}

fn read(state: &State, given: &Map<String, Value>) -> Result<Given> {
    let text = |name: &str| match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Some(_) => Err(TalkError::about(name, format!("{name} must be a string"))),
    };
    let role = text("role")?;
    if role.as_deref().is_some_and(|role| !matches!(role, "user" | "lead")) {
        return Err(TalkError::about("role", "role must be user or lead"));
    }
    let email = text("email")?;
    if email.as_deref().is_some_and(|email| !well_formed(email)) {
        return Err(TalkError::invalid("email is invalid"));
    }
    let mut attributes = Map::new();
    for name in WRITABLE {
        let Some(value) = given.get(name) else { continue };
        let fits = match name {
            "name" | "phone" => value.is_string(),
            "unsubscribed_from_emails" => value.is_boolean(),
            _ => value.is_i64() || value.is_u64(),
        };
        if !value.is_null() && !fits {
            return Err(TalkError::about(name, format!("{name} has the wrong type")));
        }
        let value = match (name, value.as_str()) {
            ("phone", Some(number)) => {
                dialled(number).ok_or_else(|| TalkError::about("phone", "The phone number is invalid"))?.into()
            }
            _ => value.clone(),
        };
        attributes.insert(name.to_owned(), value);
    }
    let custom = given.get("custom_attributes").cloned().unwrap_or_default();
    attributes::judge(state, &custom)?;
    Ok(Given { role, external_id: text("external_id")?, email, attributes, custom })
}

fn well_formed(email: &str) -> bool {
    email.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !email.contains(' '))
}

/// A number in the one form that is kept; `None` when it is not international.
fn dialled(number: &str) -> Option<String> {
    let plain: String = number.chars().filter(|c| !" ()-./".contains(*c)).collect();
    let digits = plain.strip_prefix('+')?;
    let good =
        (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    good.then_some(plain)
}

/// Refuses what another user has already.
fn free(state: &State, key: Option<&str>, email: Option<&str>, own: Option<&str>) -> Result<()> {
    let by_key = key.and_then(|key| state.keys.get(key));
    let by_email = email.and_then(|email| state.emails.get(&email.to_lowercase()));
    match by_key.into_iter().chain(by_email).find(|owner| Some(owner.as_str()) != own) {
        Some(owner) => {
            Err(TalkError::conflict(owner, state.contacts.get(owner).is_some_and(|contact| contact.archived)))
        }
        None => Ok(()),
    }
}

/// Creates a contact. A person may make a user of whom only a number is known; a call may not.
pub fn create(state: &mut State, given: &Map<String, Value>, by_person: bool, now: i64) -> Result<String> {
    if state.contacts.len() >= state.most {
        return Err(TalkError::new(400, "limit_reached", "The workspace is full"));
    }
    let read = read(state, given)?;
    let is_known = read.external_id.is_some() || read.email.is_some();
    let role = read.role.clone().unwrap_or_else(|| "user".to_owned());
    if role == "lead" && read.external_id.is_some() {
        return Err(TalkError::about("external_id", "external_id cannot be given to a lead"));
    }
    if role == "user" && !is_known && !by_person {
        return Err(TalkError::invalid("A user needs an email or an external_id"));
    }
    if role == "user" {
        free(state, read.external_id.as_deref(), read.email.as_deref(), None)?;
    }
    let id = state.id();
    let mut attributes: Map<String, Value> = EMPTY.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    for name in ["has_hard_bounced", "marked_email_as_spam", "unsubscribed_from_emails"] {
        attributes.insert(name.to_owned(), false.into());
    }
    if role == "lead" {
        let made = state.lead_id();
        state.keys.insert(made.clone(), id.clone());
        attributes.insert("external_id".to_owned(), made.into());
    }
    let contact = Contact {
        id: id.clone(),
        role,
        attributes,
        custom: Map::new(),
        created: now,
        updated: now,
        archived: false,
        stale: None,
    };
    state.contacts.insert(id.clone(), contact);
    put(state, &id, read);
    state.touch(&id, now, None);
    state.tell_of(&id, "created", now);
    Ok(id)
}

/// Lays what is given over what is there.
fn put(state: &mut State, id: &str, given: Given) {
    let Some(contact) = state.contacts.get_mut(id) else { return };
    if let Some(role) = given.role {
        contact.role = role;
    }
    if let Some(key) = given.external_id {
        state.keys.retain(|_, owner| owner != id);
        state.keys.insert(key.clone(), id.to_owned());
        contact.attributes.insert("external_id".to_owned(), key.into());
    }
    if let Some(email) = given.email {
        state.emails.retain(|_, owner| owner != id);
        contact.attributes.insert("email".to_owned(), email.into());
    }
    if let (true, Some(email)) = (contact.role == "user", contact.text("email")) {
        state.emails.insert(email.to_lowercase(), id.to_owned());
    }
    contact.attributes.extend(given.attributes);
    for (name, value) in given.custom.as_object().into_iter().flatten() {
        contact.custom.insert(name.clone(), value.clone());
    }
}

/// Updates a contact.
pub fn update(state: &mut State, id: &str, given: &Map<String, Value>, now: i64) -> Result<()> {
    let contact = present(state, id)?;
    let before = contact.indexed(&state.config.workspace_id, now);
    let read = read(state, given)?;
    let role = read.role.as_deref().unwrap_or(&contact.role);
    if role == "lead" && contact.role == "user" {
        return Err(TalkError::about("role", "a user cannot become a lead"));
    }
    if role == "lead" && read.external_id.is_some() {
        return Err(TalkError::about("external_id", "external_id cannot be given to a lead"));
    }
    if role == "user" {
        free(state, read.external_id.as_deref(), read.email.as_deref(), Some(id))?;
    }
    put(state, id, read);
    state.touch(id, now, before);
    state.tell_of(id, "updated", now);
    Ok(())
}

/// A contact that is there and not archived.
pub fn present<'a>(state: &'a State, id: &str) -> Result<&'a Contact> {
    state.contacts.get(id).filter(|contact| !contact.archived).ok_or_else(TalkError::not_found)
}

/// Deletes a contact for good.
pub fn delete(state: &mut State, id: &str, now: i64) -> Result<Value> {
    let contact = remove(state, id)?;
    state.tell("deleted", &json!({ "type": "contact", "id": id, "deleted": true }), now);
    Ok(json!({ "type": "contact", "id": id, "external_id": contact.attributes["external_id"], "deleted": true }))
}

fn remove(state: &mut State, id: &str) -> Result<Contact> {
    let contact = state.contacts.remove(id).ok_or_else(TalkError::not_found)?;
    state.keys.retain(|_, owner| owner != id);
    state.emails.retain(|_, owner| owner != id);
    Ok(contact)
}

/// Puts a contact into the archive, or takes it out.
pub fn archive(state: &mut State, id: &str, archived: bool, now: i64) -> Result<Value> {
    if state.merged.contains_key(id) {
        return Err(TalkError::new(400, "bad_request", "User has been merged and is not restorable."));
    }
    let contact = state.contacts.get_mut(id).ok_or_else(TalkError::not_found)?;
    contact.archived = archived;
    let shown =
        json!({ "type": "contact", "id": id, "external_id": contact.attributes["external_id"], "archived": archived });
    if archived {
        state.tell("archived", &shown, now);
    } else {
        state.touch(id, now, None);
        let item = state.contacts.get(id).map(|contact| contact.told(&state.config.workspace_id)).unwrap_or_default();
        state.tell("unarchived", &item, now);
    }
    Ok(shown)
}

/// Merges a lead into a user, who gets what they had not. `must_match`: only when they share an address or a number.
pub fn merge(state: &mut State, from: &str, into: &str, must_match: bool, now: i64) -> Result<()> {
    let (lead, user) = (present(state, from)?, present(state, into)?);
    if lead.role != "lead" || user.role != "user" {
        return Err(TalkError::new(400, "bad_request", "Only a lead can be merged, and only into a user"));
    }
    let shares = |name: &str| lead.text(name).is_some() && lead.text(name) == user.text(name);
    if must_match && !shares("email") && !shares("phone") {
        let message = "Contacts can only be merged when they are duplicates (matching email or phone). Pass \
                       skip_duplicate_validation=true to override this check.";
        return Err(TalkError::new(400, "invalid_merge", message));
    }
    let before = user.indexed(&state.config.workspace_id, now);
    let gone = remove(state, from)?;
    state.merged.insert(from.to_owned(), into.to_owned());
    let Some(user) = state.contacts.get_mut(into) else { return Err(TalkError::not_found()) };
    for name in ["name", "phone", "email"] {
        if user.attributes[name].is_null() {
            user.attributes.insert(name.to_owned(), gone.attributes[name].clone());
        }
    }
    for (name, value) in gone.custom {
        user.custom.entry(name).or_insert(value);
    }
    if let Some(email) = user.text("email") {
        state.emails.insert(email.to_lowercase(), into.to_owned());
    }
    state.touch(into, now, before);
    let mut item = state.contacts.get(into).map(|user| user.told(&state.config.workspace_id)).unwrap_or_default();
    item["merged_from"] = json!({ "type": "contact", "id": from });
    state.tell("merged", &item, now);
    Ok(())
}

/// Where a merged contact lives on, at most three merges away.
pub fn canonical(state: &State, id: &str) -> Option<String> {
    let mut at = state.merged.get(id)?;
    for _ in 0..2 {
        match state.merged.get(at) {
            Some(next) => at = next,
            None => break,
        }
    }
    Some(at.clone())
}
