//! The endpoints.

use super::error::{DeskError, Result};
use super::state::{Contact, State};
use super::{fields, search, write};
use crate::{calls::Call, reply::Reply};
use serde_json::{Map, Value, json};

/// Most contacts of a page.
const PAGE: usize = 100;
/// Hits of a search's page, and its last page.
const HITS: (usize, usize) = (30, 10);

/// Answers a call that is let in.
pub fn dispatch(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["agents", "me"]) => Ok(Reply::ok(&agent())),
        ("GET", ["contact_fields"]) => Ok(Reply::ok(&fields::all())),
        ("GET", ["search", "contacts"]) => hits(state, call, now),
        ("GET", ["contacts"]) => list(state, call),
        ("POST", ["contacts"]) => {
            let id = write::create(state, object(&call.body)?, now)?;
            Ok(one(state, id, 201))
        }
        ("POST", ["contacts", "merge"]) => {
            let body = &call.body;
            let winner = body["primary_contact_id"].as_u64().ok_or_else(DeskError::not_found)?;
            let losers = body["secondary_contact_ids"].as_array().into_iter().flatten().filter_map(Value::as_u64);
            let chosen = body["contact"].as_object().cloned().unwrap_or_default();
            write::merge(state, winner, &losers.collect::<Vec<u64>>(), &chosen, now)?;
            Ok(Reply::empty(204))
        }
        ("GET", ["contacts", "autocomplete"]) => Ok(autocomplete(state, call)),
        ("GET", ["contacts", id]) => {
            let id = number(id)?;
            if state.contacts.contains_key(&id) { Ok(one(state, id, 200)) } else { Err(DeskError::not_found()) }
        }
        ("PUT", ["contacts", id]) => {
            let id = number(id)?;
            write::update(state, id, object(&call.body)?, now)?;
            Ok(one(state, id, 200))
        }
        ("DELETE", ["contacts", id]) => {
            write::trash(state, number(id)?, true, now)?;
            Ok(Reply::empty(204))
        }
        ("PUT", ["contacts", id, "restore"]) => {
            write::trash(state, number(id)?, false, now)?;
            Ok(Reply::empty(204))
        }
        ("DELETE", ["contacts", id, "hard_delete"]) => {
            let force = call.query.get("force").is_some_and(|force| force.eq_ignore_ascii_case("true"));
            write::erase(state, number(id)?, force)?;
            Ok(Reply::empty(204))
        }
        _ => Err(DeskError::not_found()),
    }
}

/// The agent whose key is used.
fn agent() -> Value {
    json!({
        "id": 1, "available": true, "occasional": false, "ticket_scope": 1, "type": "support_agent",
        "group_ids": [], "role_ids": [1], "signature": null,
        "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T08:00:00Z",
        "contact": {
            "active": true, "name": "Agent", "email": "agent@shop.example", "job_title": null, "language": "en",
            "mobile": null, "phone": null, "time_zone": "UTC", "last_login_at": null,
            "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T08:00:00Z",
        },
    })
}

fn number(text: &str) -> Result<u64> {
    text.parse().map_err(|_| DeskError::not_found())
}

fn object(body: &Value) -> Result<&Map<String, Value>> {
    body.as_object()
        .filter(|body| !body.is_empty())
        .ok_or_else(|| DeskError::new(400, "invalid_json", "Request body has invalid json format or is empty"))
}

fn one(state: &State, id: u64, status: u16) -> Reply {
    Reply::json(status, &state.contacts.get(&id).map_or(Value::Null, Contact::view))
}

/// A number between 1 and `most`; `otherwise` when it is not given.
fn whole(call: &Call, name: &str, otherwise: usize, most: usize, beyond: &str) -> Result<usize> {
    let Some(text) = call.query.get(name) else { return Ok(otherwise) };
    let read = text.parse::<usize>().ok().filter(|number| *number >= 1);
    let wrong = |message: &str| DeskError::field(name, "invalid_value", message);
    let number = read.ok_or_else(|| wrong("It should be a Positive Integer"))?;
    if number > most { Err(wrong(beyond)) } else { Ok(number) }
}

/// Contacts that fit all filters, by name.
fn list(state: &State, call: &Call) -> Result<Reply> {
    let known = |name: &str| {
        matches!(
            name,
            "page" | "per_page" | "state" | "_updated_since" | "updated_since" | "company_id" | "contact_type"
        ) || ["email", "phone", "mobile", "unique_external_id"].contains(&name)
    };
    if let Some(name) = call.query.keys().find(|name| !known(name)) {
        return Err(DeskError::field(name, "invalid_field", "Unexpected/invalid field in request"));
    }
    let beyond = format!(
        "You cannot access contacts beyond the {}th page. Please provide a smaller page number.",
        state.config.pages
    );
    let page = whole(call, "page", 1, state.config.pages, &beyond)?;
    let size = whole(call, "per_page", 30, PAGE, "per_page must be at most 100")?;
    let given = |name: &str| call.query.get(name).map(String::as_str);
    let since = match given("_updated_since").or_else(|| given("updated_since")) {
        None => i64::MIN,
        Some(text) => {
            let at = text.parse::<jiff::Timestamp>();
            let message = "It should be in the 'combined date and time ISO8601' format";
            at.map_err(|_| DeskError::field("_updated_since", "invalid_date", message))?.as_second()
        }
    };
    let is_deleted = match given("state") {
        None | Some("verified" | "unverified") => false,
        Some("deleted") => true,
        Some("blocked") => return Ok(Reply::ok(&json!([]))),
        Some(_) => return Err(DeskError::field("state", "invalid_value", "It should be one of these values")),
    };
    let has = |contact: &Contact, name: &str, value: &str| contact.text(name).eq_ignore_ascii_case(value);
    let fits = |contact: &&Contact| {
        contact.deleted == is_deleted
            && contact.updated.div_euclid(1_000) >= since
            && ["phone", "mobile", "unique_external_id"]
                .iter()
                .all(|name| given(name).is_none_or(|value| has(contact, name, value)))
            && given("email").is_none_or(|email| {
                has(contact, "email", email) || contact.words("other_emails").iter().any(|one| one == email)
            })
    };
    let mut found: Vec<&Contact> = state.contacts.values().filter(fits).collect();
    found.sort_by_cached_key(|contact| (contact.text("name").to_lowercase(), contact.id));
    let rows: Vec<Value> = found.iter().skip((page - 1) * size).take(size).map(|contact| contact.row()).collect();
    let reply = Reply::ok(&rows.into());
    if found.len() <= page * size {
        return Ok(reply);
    }
    let rest = call.query.iter().filter(|(name, _)| *name != "page");
    let mut form: Vec<(String, String)> = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
    form.push(("page".to_owned(), (page + 1).to_string()));
    let next = format!("<https://shop.freshdesk.com/api/v2/contacts?{}>; rel=\"next\"", crate::deliver::encoded(&form));
    Ok(reply.with("link", next))
}

fn hits(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let (size, last) = HITS;
    let text = call.query.get("query");
    let text = text.ok_or_else(|| DeskError::field("query", "missing_field", "It should be a/an String"))?;
    let query = search::read(text)?;
    let page = whole(call, "page", 1, last, "It should be a Positive Integer less than or equal to 10")?;
    let indexed = state.contacts.values().filter_map(|contact| contact.indexed(now));
    let found: Vec<Value> = indexed.filter(|contact| query.holds(contact)).collect();
    let rows: Vec<&Value> = found.iter().skip((page - 1) * size).take(size).collect();
    Ok(Reply::ok(&json!({ "total": found.len(), "results": rows })))
}

/// Contacts with a word in their name that begins so.
fn autocomplete(state: &State, call: &Call) -> Reply {
    let term = call.query.get("term").map(|term| term.to_lowercase()).unwrap_or_default();
    let begins = |name: &str| name.to_lowercase().split_whitespace().any(|word| word.starts_with(&term));
    let fits = |contact: &&Contact| !contact.deleted && !term.is_empty() && begins(contact.text("name"));
    let found = state.contacts.values().filter(fits).take(20);
    let rows: Vec<Value> = found.map(|one| json!({ "id": one.id, "name": one.text("name") })).collect();
    Reply::ok(&rows.into())
}
