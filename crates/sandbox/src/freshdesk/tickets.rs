//! Tickets (crm-apis.md §5): codes for status and priority, fields of the account's own, lists that are not behind and a
//! search that is.

use super::error::{DeskError, Result, wrong};
use super::search;
use super::state::State;
use crate::{calls::Call, reply::Reply, zendesk::state::iso};
use serde_json::{Map, Value, json};

/// Tickets of a page.
const PAGE: usize = 100;
/// Hits of a search's page.
const HITS: usize = 30;
/// Longest tag.
const TAG: usize = 32;
/// What a ticket that is written may hold.
const WRITABLE: [&str; 9] =
    ["subject", "description", "status", "priority", "source", "tags", "type", "requester_id", "custom_fields"];

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
    /// In the trash.
    pub deleted: bool,
    /// What search shows until it knows better: until when, and the ticket as it was, if it was.
    pub stale: Option<(i64, Option<Value>)>,
}

impl Ticket {
    /// The ticket as the API shows it.
    pub fn view(&self) -> Value {
        let mut view = Value::Object(self.attributes.clone());
        view["id"] = self.id.into();
        view["created_at"] = iso(self.created).into();
        view["updated_at"] = iso(self.updated).into();
        if self.deleted {
            view["deleted"] = true.into();
        }
        view
    }

    fn indexed(&self, now: i64) -> Option<Value> {
        match &self.stale {
            Some((until, shown)) if now < *until => shown.clone(),
            _ => Some(self.view()),
        }
        .filter(|view| view["deleted"] != true)
    }
}

/// Answers a call about tickets and their fields; `None` when it is about something else.
pub fn dispatch(state: &mut State, call: &Call, now: i64) -> Option<Result<Reply>> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    Some(match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["ticket_fields"]) => Ok(Reply::ok(&fields(state))),
        ("POST", ["admin", "ticket_fields"]) => add_field(state, &call.body),
        ("GET", ["search", "tickets"]) => hits(state, call, now),
        ("GET", ["tickets"]) => Ok(list(state, call, now)),
        ("POST", ["tickets"]) => create(state, &call.body, now).map(|id| shown(state, id, 201)),
        ("GET", ["tickets", id]) => known(state, id).map(|id| shown(state, id, 200)),
        ("PUT", ["tickets", id]) => {
            known(state, id).and_then(|id| update(state, id, &call.body, now)).map(|id| shown(state, id, 200))
        }
        ("DELETE", ["tickets", id]) => {
            known(state, id).and_then(|id| delete(state, id, now)).map(|_| Reply::empty(204))
        }
        _ => return None,
    })
}

fn known(state: &State, id: &str) -> Result<u64> {
    id.parse().ok().filter(|id| state.tickets.contains_key(id)).ok_or_else(DeskError::not_found)
}

fn shown(state: &State, id: u64, status: u16) -> Reply {
    Reply::json(status, &state.tickets.get(&id).map_or(Value::Null, Ticket::view))
}

fn fields(state: &State) -> Value {
    let field = |at: usize, name: &str, label: &str, kind: &str, choices: Value| {
        json!({ "id": 700 + at, "name": name, "label": label, "label_for_customers": label, "type": kind,
                "default": kind.starts_with("default_"), "position": at, "choices": choices, "description": null,
                "created_at": "2026-01-05T08:00:00Z", "updated_at": "2026-01-05T08:00:00Z" })
    };
    let statuses = json!({ "2": ["Open", "Being Processed"], "3": ["Pending", "Awaiting your Reply"],
        "4": ["Resolved", "This ticket has been Resolved"], "5": ["Closed", "This ticket has been Closed"],
        "6": ["With the workshop", "Being repaired"] });
    let mut all = vec![
        field(1, "subject", "Subject", "default_subject", json!([])),
        field(2, "status", "Status", "default_status", statuses),
        field(3, "priority", "Priority", "default_priority", json!({ "Low": 1, "Medium": 2, "High": 3, "Urgent": 4 })),
    ];
    let own = state.ticket_fields.iter().enumerate();
    all.extend(own.map(|(at, (name, label))| field(4 + at, name, label, "custom_text", json!([]))));
    all.into()
}

fn add_field(state: &mut State, body: &Value) -> Result<Reply> {
    if !state.config.admin {
        return Err(DeskError::new(403, "access_denied", "You are not authorized to perform this action."));
    }
    let label = body["label"].as_str().unwrap_or_default();
    if body["type"] != "custom_text" || label.is_empty() || body["label_for_customers"].as_str().is_none() {
        return Err(DeskError::field("label", "missing_field", "It should be a/an String"));
    }
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name = format!("cf_{}", label.chars().map(word).collect::<String>());
    if state.ticket_fields.iter().any(|(known, _)| *known == name) {
        return Err(DeskError::fields(409, &[wrong("label", "duplicate_value", "It should be a unique value")]));
    }
    state.ticket_fields.push((name.clone(), label.to_owned()));
    Ok(Reply::json(201, &json!({ "id": 703 + state.ticket_fields.len(), "name": name, "label": label })))
}

fn judge(state: &State, given: &Map<String, Value>) -> Result<()> {
    let mut errors = Vec::new();
    for (name, value) in given {
        let known_code =
            |codes: std::ops::RangeInclusive<i64>| value.as_i64().is_some_and(|code| codes.contains(&code));
        let fits = match name.as_str() {
            "status" => known_code(2..=6),
            "priority" => known_code(1..=4),
            "source" => known_code(1..=10),
            "requester_id" => value.as_u64().is_some_and(|id| state.alive(id).is_some()),
            "tags" => value.as_array().is_some_and(|tags| {
                tags.iter().all(|tag| tag.as_str().is_some_and(|tag| tag.chars().count() <= TAG && !tag.contains(',')))
            }),
            "custom_fields" => value
                .as_object()
                .is_some_and(|own| own.keys().all(|name| state.ticket_fields.iter().any(|(known, _)| known == name))),
            _ => value.is_string(),
        };
        if !WRITABLE.contains(&name.as_str()) {
            errors.push(wrong(name, "invalid_field", "Unexpected/invalid field in request"));
        } else if !fits {
            errors.push(wrong(name, "invalid_value", "It should be one of the values of this field"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(DeskError::fields(400, &errors)) }
}

fn object(body: &Value) -> Result<&Map<String, Value>> {
    body.as_object()
        .filter(|body| !body.is_empty())
        .ok_or_else(|| DeskError::new(400, "invalid_json", "Request body has invalid json format or is empty"))
}

/// Makes a ticket; asked twice, it makes two.
pub fn create(state: &mut State, body: &Value, now: i64) -> Result<u64> {
    let given = object(body)?;
    judge(state, given)?;
    let lacks = |name: &&&str| given.get(**name).is_none_or(Value::is_null);
    if let Some(name) = ["subject", "description", "status", "priority", "requester_id"].iter().find(lacks) {
        return Err(DeskError::field(name, "missing_field", "It should be a/an String"));
    }
    if state.tickets.len() >= state.most {
        return Err(DeskError::new(403, "record_limit", "the sandbox keeps no more tickets"));
    }
    state.last_ticket += 1;
    let id = state.last_ticket;
    let mut attributes = Map::new();
    for (name, value) in [
        ("type", Value::Null),
        ("tags", json!([])),
        ("spam", false.into()),
        ("source", 2.into()),
        ("custom_fields", json!({})),
    ] {
        attributes.insert(name.to_owned(), value);
    }
    let stale = (state.config.index_lag_ms > 0).then(|| (now + state.config.index_lag_ms, None));
    let mut ticket = Ticket { id, attributes, created: now, updated: now, deleted: false, stale };
    put(&mut ticket, given);
    let text = ticket.attributes["description"].as_str().unwrap_or_default().replace("<br>", "\n");
    ticket.attributes.insert("description_text".to_owned(), text.into());
    state.tickets.insert(id, ticket);
    Ok(id)
}

fn put(ticket: &mut Ticket, given: &Map<String, Value>) {
    for (name, value) in given {
        match (name.as_str(), value.as_object(), ticket.attributes.get_mut("custom_fields")) {
            ("custom_fields", Some(own), Some(Value::Object(held))) => held.extend(own.clone()),
            _ => drop(ticket.attributes.insert(name.clone(), value.clone())),
        }
    }
}

/// Changes a ticket.
pub fn update(state: &mut State, id: u64, body: &Value, now: i64) -> Result<u64> {
    let given = object(body)?;
    if state.tickets.get(&id).is_none_or(|ticket| ticket.deleted) {
        return Err(DeskError::method());
    }
    judge(state, given)?;
    touch(state, id, now, |ticket| put(ticket, given));
    Ok(id)
}

/// Puts a ticket into the trash.
pub fn delete(state: &mut State, id: u64, now: i64) -> Result<u64> {
    touch(state, id, now, |ticket| ticket.deleted = true);
    Ok(id)
}

fn touch(state: &mut State, id: u64, now: i64, change: impl FnOnce(&mut Ticket)) {
    let lag = state.config.index_lag_ms;
    let Some(ticket) = state.tickets.get_mut(&id) else { return };
    let before = ticket.view();
    change(ticket);
    ticket.updated = now;
    let shown = ticket.stale.take().filter(|(until, _)| now < *until).map_or(Some(before), |(_, shown)| shown);
    ticket.stale = (lag > 0).then_some((now + lag, shown));
}

/// Tickets of a requester, changed since a moment; without one, those of the last thirty days. Newest first.
fn list(state: &State, call: &Call, now: i64) -> Reply {
    let given = |name: &str| call.query.get(name).map(String::as_str);
    let moment = |text: &str| text.parse::<jiff::Timestamp>().ok().map(|at| at.as_second());
    let since = given("updated_since").and_then(moment);
    let fits = |ticket: &&Ticket| {
        let requester = ticket.attributes.get("requester_id").map(ToString::to_string);
        !ticket.deleted
            && given("requester_id").is_none_or(|id| requester.as_deref() == Some(id))
            && match since {
                Some(since) => ticket.updated.div_euclid(1_000) >= since,
                None => now - ticket.created <= 30 * 86_400_000,
            }
    };
    let page = given("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).max(1);
    let size = given("per_page").and_then(|size| size.parse::<usize>().ok()).unwrap_or(30).clamp(1, PAGE);
    let found: Vec<&Ticket> = state.tickets.values().rev().filter(fits).collect();
    let rows: Vec<Value> = found.iter().skip((page - 1) * size).take(size).map(|ticket| ticket.view()).collect();
    let reply = Reply::ok(&rows.into());
    if found.len() <= page * size {
        return reply;
    }
    reply.with("link", format!("<https://shop.freshdesk.com/api/v2/tickets?page={}>; rel=\"next\"", page + 1))
}

fn hits(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let text = call.query.get("query");
    let text = text.ok_or_else(|| DeskError::field("query", "missing_field", "It should be a/an String"))?;
    let query = search::read(text)?;
    let indexed = state.tickets.values().filter_map(|ticket| ticket.indexed(now));
    let found: Vec<Value> = indexed.filter(|ticket| query.holds(ticket)).collect();
    let rows: Vec<&Value> = found.iter().take(HITS).collect();
    Ok(Reply::ok(&json!({ "total": found.len(), "results": rows })))
}
