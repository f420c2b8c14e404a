//! Tickets (crm-apis.md §4): made once under an idempotency key, found by an outside id that is not unique.

use super::error::{Result, ZenError};
use super::state::{State, iso};
use crate::{calls::Call, reply::Reply};
use serde_json::{Map, Value, json};

/// How long the answer to a call under an idempotency key is kept, ms.
const KEPT: i64 = 2 * 3_600_000;
/// Statuses, in the order of a ticket's life.
const STATUSES: [&str; 6] = ["new", "open", "pending", "hold", "solved", "closed"];
const PRIORITIES: [&str; 4] = ["urgent", "high", "normal", "low"];
const TYPES: [&str; 4] = ["problem", "incident", "question", "task"];
/// Attributes that can be written.
const WRITABLE: [&str; 7] = ["subject", "status", "priority", "type", "tags", "external_id", "requester_id"];

/// A ticket.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// Its id.
    pub id: u64,
    /// Attributes as the API shows them.
    pub attributes: Map<String, Value>,
    /// UTC milliseconds.
    pub created: i64,
    /// UTC milliseconds; shown in whole seconds.
    pub updated: i64,
    /// Deleted.
    pub deleted: bool,
}

/// What was answered to a call under an idempotency key.
#[derive(Clone, Debug)]
pub struct Kept {
    at: i64,
    body: Value,
    answer: Value,
}

impl Ticket {
    /// The ticket as the API shows it.
    pub fn view(&self) -> Value {
        let mut view = Value::Object(self.attributes.clone());
        view["id"] = self.id.into();
        view["url"] = format!("https://shop.zendesk.com/api/v2/tickets/{}.json", self.id).into();
        view["created_at"] = iso(self.created).into();
        view["updated_at"] = iso(self.updated).into();
        if self.deleted {
            view["status"] = "deleted".into();
        }
        view
    }
}

/// Answers a call below `tickets`; `key` is what `Idempotency-Key` says.
pub fn dispatch(state: &mut State, call: &Call, key: Option<&str>, now: i64) -> Result<Reply> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["tickets"]) => {
            let wanted = call.query.get("external_id");
            let fits = |ticket: &&Ticket| wanted.is_none_or(|key| ticket.attributes["external_id"] == key.as_str());
            Ok(list(state, fits))
        }
        ("GET", ["tickets", "show_many"]) => {
            let ids: Vec<u64> = call
                .query
                .get("ids")
                .into_iter()
                .flat_map(|ids| ids.split(','))
                .filter_map(|id| id.parse().ok())
                .collect();
            if ids.len() > 100 {
                return Err(ZenError::new(400, "InvalidRequest", "at most 100 tickets"));
            }
            Ok(list(state, |ticket| ids.contains(&ticket.id)))
        }
        ("POST", ["tickets"]) => make(state, &call.body, key, now),
        (method, ["tickets", id]) => {
            let id: u64 = id.parse().map_err(|_| ZenError::not_found())?;
            match method {
                "PUT" => update(state, id, given(&call.body)?, now)?,
                "DELETE" => {
                    delete(state, id, now)?;
                    return Ok(Reply::empty(204));
                }
                _ => {}
            }
            let ticket = state.tickets.get(&id).filter(|ticket| !ticket.deleted).ok_or_else(ZenError::not_found)?;
            Ok(Reply::ok(&json!({ "ticket": ticket.view() })))
        }
        _ => Err(ZenError::new(404, "InvalidEndpoint", "Not found")),
    }
}

fn list(state: &State, fits: impl Fn(&&Ticket) -> bool) -> Reply {
    let found: Vec<Value> =
        state.tickets.values().filter(|ticket| !ticket.deleted).filter(fits).map(Ticket::view).collect();
    Reply::ok(&json!({ "count": found.len(), "tickets": found, "next_page": null, "previous_page": null }))
}

fn given(body: &Value) -> Result<&Map<String, Value>> {
    body["ticket"].as_object().ok_or_else(|| ZenError::new(400, "InvalidRequest", "Parameter ticket is required"))
}

fn make(state: &mut State, body: &Value, key: Option<&str>, now: i64) -> Result<Reply> {
    state.kept.retain(|_, kept| now - kept.at < KEPT);
    if let Some(kept) = key.and_then(|key| state.kept.get(key)) {
        if kept.body != *body {
            let words = "Request parameters don't match the given idempotency key";
            return Err(ZenError::new(400, "IdempotentRequestError", words));
        }
        return Ok(Reply::json(201, &kept.answer).with("x-idempotency-lookup", "hit"));
    }
    let id = create(state, given(body)?, now)?;
    let answer = json!({ "ticket": state.tickets.get(&id).map(Ticket::view), "audit": { "ticket_id": id } });
    if let Some(key) = key {
        let kept = Kept { at: now, body: body.clone(), answer: answer.clone() };
        state.kept.insert(key.to_owned(), kept);
    }
    Ok(Reply::json(201, &answer).with("x-idempotency-lookup", "miss"))
}

fn judge(state: &State, given: &Map<String, Value>) -> Result<()> {
    for (name, words) in [("status", &STATUSES[..]), ("priority", &PRIORITIES), ("type", &TYPES)] {
        let fits = |value: &Value| value.is_null() || value.as_str().is_some_and(|word| words.contains(&word));
        if given.get(name).is_some_and(|value| !fits(value)) {
            return Err(ZenError::record(name, "InvalidValue", &format!("{name}: is invalid")));
        }
    }
    let is_there = |id: u64| state.users.get(&id).is_some_and(|user| user.active);
    if given.get("requester_id").is_some_and(|id| id.as_u64().is_none_or(|id| !is_there(id))) {
        return Err(ZenError::record("requester", "InvalidValue", "Requester: is not known"));
    }
    Ok(())
}

/// Makes a ticket.
pub fn create(state: &mut State, given: &Map<String, Value>, now: i64) -> Result<u64> {
    let words = given.get("comment").and_then(|comment| comment["body"].as_str()).unwrap_or_default();
    if words.trim().is_empty() {
        return Err(ZenError::record("base", "BlankValue", "Description: cannot be blank"));
    }
    judge(state, given)?;
    let id = state.id();
    let mut attributes = Map::new();
    for (name, value) in [
        ("subject", Value::from("")),
        ("description", words.into()),
        ("status", "new".into()),
        ("priority", Value::Null),
        ("type", Value::Null),
        ("tags", json!([])),
        ("external_id", Value::Null),
        ("requester_id", 1.into()),
        ("via", json!({ "channel": "api" })),
    ] {
        attributes.insert(name.to_owned(), value);
    }
    state.tickets.insert(id, Ticket { id, attributes, created: now, updated: now, deleted: false });
    put(state, id, given);
    Ok(id)
}

fn put(state: &mut State, id: u64, given: &Map<String, Value>) {
    let Some(ticket) = state.tickets.get_mut(&id) else { return };
    for name in WRITABLE {
        if let Some(value) = given.get(name) {
            ticket.attributes.insert(name.to_owned(), value.clone());
        }
    }
    if let Some(tags) = given.get("tags").and_then(Value::as_array) {
        // Tags are kept in small letters and without spaces.
        let tidy = |tag: &Value| Some(tag.as_str()?.to_lowercase().replace(' ', "_"));
        ticket.attributes.insert("tags".to_owned(), tags.iter().filter_map(tidy).collect());
    }
}

/// Changes a ticket; a closed one takes no change.
pub fn update(state: &mut State, id: u64, given: &Map<String, Value>, now: i64) -> Result<()> {
    let ticket = state.tickets.get(&id).filter(|ticket| !ticket.deleted).ok_or_else(ZenError::not_found)?;
    if ticket.attributes["status"] == "closed" {
        return Err(ZenError::record("status", "InvalidValue", "Status: closed prevents ticket update"));
    }
    judge(state, given)?;
    put(state, id, given);
    if let Some(ticket) = state.tickets.get_mut(&id) {
        ticket.updated = now;
    }
    Ok(())
}

/// Deletes a ticket.
pub fn delete(state: &mut State, id: u64, now: i64) -> Result<()> {
    let ticket = state.tickets.get_mut(&id).filter(|ticket| !ticket.deleted).ok_or_else(ZenError::not_found)?;
    (ticket.deleted, ticket.updated) = (true, now);
    Ok(())
}
