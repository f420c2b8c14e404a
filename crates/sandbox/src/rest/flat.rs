//! The make with plain records.

use super::Came;
use super::state::{Make, Record, State};
use super::write::{Refusal, Texts};
use crate::reply::Reply;
use bytes::Bytes;
use serde_json::{Map, Value, json};

const MAKE: Make = Make::Flat;
/// Its own names of fields.
const NAMES: [(&str, &str); 6] = [
    ("name", "name"),
    ("mobile", "phone"),
    ("email", "email"),
    ("city", "city"),
    ("level", "level"),
    ("external_ref", "key"),
];
/// Most records of a page.
const PAGE: usize = 100;

/// Answers a call.
pub fn answer(state: &mut State, came: &Came, now: i64) -> Reply {
    let key = came.header("x-api-key").unwrap_or_default();
    if !key.starts_with("own-") || state.config.invalid_tokens.iter().any(|bad| bad == key) {
        return refused(401);
    }
    let call = &came.call;
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["api", "changed"]) => list(state, came),
        ("GET", ["api", "search"]) => search(state, came),
        ("GET", ["api", "customers", id]) => match number(state, id) {
            Some(number) => one(state, number, 200),
            None => refused(404),
        },
        ("POST", ["api", "customers"]) => match texts(&call.body) {
            Some(texts) => match state.create(MAKE, texts, now) {
                Ok(number) => one(state, number, 201),
                Err(refusal) => refusal_of(&refusal),
            },
            None => refused(400),
        },
        ("PATCH", ["api", "customers", id]) => match (number(state, id), texts(&call.body)) {
            (Some(number), Some(texts)) => match state.update(MAKE, number, texts, None, now) {
                Ok(()) => one(state, number, 200),
                Err(refusal) => refusal_of(&refusal),
            },
            (None, _) => refused(404),
            (_, None) => refused(400),
        },
        _ => refused(404),
    }
}

/// The usual refusal of a status. Who asks too often is told in plain text.
pub fn refused(status: u16) -> Reply {
    if status == 429 {
        let body = ("text/plain".to_owned(), Bytes::from_static(b"Too many requests"));
        return Reply { status, headers: Vec::new(), body };
    }
    let words = match status {
        401 => "unknown key",
        403 => "this key may not do this",
        404 => "no such customer",
        _ => "something went wrong",
    };
    Reply::json(status, &json!({ "error": words }))
}

fn refusal_of(refusal: &Refusal) -> Reply {
    let named = |field: &str| NAMES.iter().find(|(_, ours)| *ours == field).map_or("", |(theirs, _)| theirs);
    match refusal {
        Refusal::Missing => refused(404),
        Refusal::Stale => refused(412),
        Refusal::Full => refused(507),
        Refusal::Invalid(wrong) => {
            let all: Map<String, Value> =
                wrong.iter().map(|(field, why)| (named(field).to_owned(), json!([why]))).collect();
            Reply::json(422, &json!({ "error": "some fields are wrong", "errors": all }))
        }
        Refusal::Taken(field, other) => {
            let all: Map<String, Value> = [(named(field).to_owned(), json!(["is taken"]))].into_iter().collect();
            Reply::json(409, &json!({ "error": "another customer has this", "errors": all, "existing_id": other }))
        }
    }
}

fn number(state: &mut State, id: &str) -> Option<u64> {
    let number = MAKE.number(id)?;
    state.shop(MAKE).records.get(&number).filter(|record| !record.deleted).map(|record| record.number)
}

fn texts(body: &Value) -> Option<Texts> {
    let body = body.as_object()?;
    let known = |name: &str| NAMES.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours);
    let text = |value: &Value| value.as_str().map(str::to_owned).or_else(|| value.is_null().then(String::new));
    body.iter().map(|(name, value)| Some((known(name)?, text(value)?))).collect()
}

fn view(state: &State, record: &Record) -> Value {
    let at = jiff::Timestamp::from_millisecond(state.clock(MAKE, record.updated)).unwrap_or_default();
    let mut view = json!({
        "id": record.number,
        "updated_at": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "deleted": record.deleted,
        "orders": 0,
    });
    for (theirs, ours) in NAMES {
        let text = record.get(ours);
        view[theirs] = if text.is_empty() { Value::Null } else { text.into() };
    }
    view
}

fn one(state: &State, number: u64, status: u16) -> Reply {
    let record = state.shops.get(&MAKE).and_then(|shop| shop.records.get(&number));
    Reply::json(status, &record.map_or(Value::Null, |record| view(state, record)))
}

/// What changed after a moment, deleted records too, those that changed first first.
fn list(state: &mut State, came: &Came) -> Reply {
    let query = &came.call.query;
    let since = match query.get("changed_after").map(|text| text.parse::<jiff::Timestamp>()) {
        None => i64::MIN,
        Some(Ok(at)) => at.as_millisecond(),
        Some(Err(_)) => return refused(400),
    };
    let whole = |name: &str, otherwise: usize| query.get(name).map_or(Some(otherwise), |text| text.parse().ok());
    let (Some(page), Some(size)) = (whole("page", 1), whole("per_page", PAGE)) else { return refused(400) };
    let size = size.clamp(1, PAGE);
    let empty = super::state::Shop::default();
    let shop = state.shops.get(&MAKE).unwrap_or(&empty);
    let mut found: Vec<&Record> =
        shop.records.values().filter(|record| state.clock(MAKE, record.updated) > since).collect();
    found.sort_by_key(|record| (state.clock(MAKE, record.updated), record.number));
    let rows: Vec<Value> =
        found.into_iter().skip(page.saturating_sub(1) * size).take(size).map(|record| view(state, record)).collect();
    Reply::ok(&json!({ "data": rows, "page": page }))
}

/// Customers with exactly this value.
fn search(state: &mut State, came: &Came) -> Reply {
    let query = &came.call.query;
    let asked: Vec<(&str, &str)> = NAMES
        .iter()
        .filter_map(|(theirs, ours)| Some((*ours, query.get(*theirs)?.as_str())))
        .filter(|(_, value)| !value.trim().is_empty())
        .collect();
    if asked.is_empty() {
        return refused(400);
    }
    let fits = |record: &&Record| {
        let has = |(name, value): &(&str, &str)| record.get(name).trim().eq_ignore_ascii_case(value.trim());
        !record.deleted && asked.iter().all(has)
    };
    let records = state.shops.get(&MAKE).into_iter().flat_map(|shop| shop.records.values());
    let rows: Vec<Value> = records.filter(fits).take(PAGE).map(|record| view(state, record)).collect();
    Reply::ok(&json!({ "data": rows }))
}
