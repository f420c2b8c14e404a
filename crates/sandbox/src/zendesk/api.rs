//! The endpoints.

use super::error::{Result, ZenError};
use super::state::{Job, State, User, iso};
use super::{fields, write};
use crate::{calls::Call, reply::Reply};
use serde_json::{Map, Value, json};

/// Most users in one call.
const BATCH: usize = 100;
/// Most jobs at once.
const JOBS: usize = 30;

/// Answers a call that is let in.
pub fn dispatch(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["users", "me"]) => Ok(Reply::ok(
            &json!({ "user": { "id": 1, "name": "Agent", "role": "admin", "email": "agent@shop.example" } }),
        )),
        ("GET", ["users", "show_many"]) => show_many(state, call),
        ("GET", ["users", "search"]) => search(state, call, now),
        ("GET", ["users"]) => list(state, call, |user| user.active, "users"),
        ("GET", ["deleted_users"]) => list(state, call, |user| !user.active, "deleted_users"),
        ("DELETE", ["deleted_users", id]) => {
            let id = number(id)?;
            let user = state.users.remove(&id).filter(|user| !user.active).ok_or_else(ZenError::not_found)?;
            Ok(Reply::ok(&json!({ "deleted_user": user.view() })))
        }
        ("POST", ["users"]) => {
            let id = write::create(state, user_of(&call.body)?, now)?;
            Ok(one(state, id, 201))
        }
        ("POST", ["users", "create_or_update"]) => {
            let (id, made) = write::create_or_update(state, user_of(&call.body)?, now)?;
            Ok(one(state, id, if made { 201 } else { 200 }))
        }
        (_, ["users", "create_or_update_many" | "create_many" | "update_many" | "destroy_many"]) => {
            in_job(state, call, segments[1], now)
        }
        ("GET", ["users", id]) => {
            let id = number(id)?;
            if state.users.contains_key(&id) { Ok(one(state, id, 200)) } else { Err(ZenError::not_found()) }
        }
        ("PUT", ["users", id]) => {
            let id = number(id)?;
            write::update(state, id, user_of(&call.body)?, now)?;
            Ok(one(state, id, 200))
        }
        ("DELETE", ["users", id]) => {
            let id = number(id)?;
            write::delete(state, id, "deleted", json!({}), now)?;
            Ok(one(state, id, 200))
        }
        ("PUT", ["users", loser, "merge"]) => {
            let winner = call.body["user"]["id"].as_u64().ok_or_else(ZenError::not_found)?;
            write::merge(state, number(loser)?, winner, now)?;
            Ok(one(state, winner, 200))
        }
        (_, ["users", id, "identities", rest @ ..]) => identities(state, call, number(id)?, rest, now),
        ("GET", ["job_statuses", id]) => job(state, id, now),
        ("GET", ["user_fields"]) => {
            let mut page =
                fields::page(whole(call, "page[size]").unwrap_or(100), whole(call, "page[after]").unwrap_or(0));
            page["links"] = links(call, "user_fields", &page["meta"]);
            Ok(Reply::ok(&page))
        }
        ("GET", ["incremental", "users", "cursor"]) => export(state, call, now),
        ("GET", ["incremental", "users"]) => since(state, call, now),
        _ => Err(ZenError::new(404, "InvalidEndpoint", "Not found")),
    }
}

fn number(text: &str) -> Result<u64> {
    text.parse().map_err(|_| ZenError::not_found())
}

fn user_of(body: &Value) -> Result<&Map<String, Value>> {
    body["user"].as_object().ok_or_else(|| ZenError::new(400, "InvalidRequest", "Parameter user is required"))
}

fn one(state: &State, id: u64, status: u16) -> Reply {
    Reply::json(status, &json!({ "user": state.users.get(&id).map(User::view) }))
}

fn show_many(state: &State, call: &Call) -> Result<Reply> {
    let list = |name: &str| call.query.get(name).map(|text| text.split(',').map(str::to_owned).collect::<Vec<_>>());
    let (ids, keys) = (list("ids"), list("external_ids"));
    if ids.iter().chain(&keys).any(|all| all.len() > BATCH) {
        return Err(ZenError::new(413, "TooManyValues", "at most 100 ids"));
    }
    let by_id = ids.into_iter().flatten().filter_map(|id| id.parse().ok());
    let by_key = keys.into_iter().flatten().filter_map(|key| state.keys.get(&key.to_lowercase()).copied());
    let users: Vec<Value> = by_id.chain(by_key).filter_map(|id| state.users.get(&id).map(User::view)).collect();
    Ok(Reply::ok(&json!({ "count": users.len(), "users": users, "next_page": null, "previous_page": null })))
}

/// `role:`, `phone:` and `email:`, all of which must hold; or `external_id`.
fn search(state: &State, call: &Call, now: i64) -> Result<Reply> {
    if let Some(key) = call.query.get("external_id") {
        let found = state.keys.get(&key.to_lowercase()).and_then(|id| state.users.get(id)).map(User::view);
        return Ok(Reply::ok(&json!({ "users": found.into_iter().collect::<Vec<_>>(), "next_page": null })));
    }
    let query = call.query.get("query").ok_or_else(|| ZenError::new(400, "InvalidRequest", "query is required"))?;
    let terms: Vec<(&str, &str)> = query
        .split_whitespace()
        .filter_map(|term| term.split_once(':'))
        .map(|(k, v)| (k, v.trim_matches('"')))
        .collect();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let holds = |user: &User| {
        let Some((phone, emails)) = user.indexed(now) else { return false };
        terms.iter().all(|(name, value)| match *name {
            "role" => user.text("role") == Some(value),
            "phone" => !phone.is_empty() && digits(&phone) == digits(value),
            "email" => emails.iter().any(|email| email.eq_ignore_ascii_case(value)),
            _ => false,
        })
    };
    let found: Vec<Value> = state.users.values().filter(|user| user.active && holds(user)).map(User::view).collect();
    let page = whole(call, "page").unwrap_or(1).max(1);
    let rows: Vec<&Value> = found.iter().skip((page - 1) * BATCH).take(BATCH).collect();
    let following = || address("users/search", &[("query", query), ("page", &(page + 1).to_string())]);
    let next = (found.len() > page * BATCH).then(following);
    Ok(Reply::ok(&json!({ "count": found.len(), "users": rows, "next_page": next, "previous_page": null })))
}

/// A number of the query.
fn whole(call: &Call, name: &str) -> Option<usize> {
    call.query.get(name)?.parse().ok()
}

/// Where a page is.
fn address(path: &str, query: &[(&str, &str)]) -> String {
    let form: Vec<(String, String)> =
        query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    format!("https://shop.zendesk.com/api/v2/{path}.json?{}", crate::deliver::encoded(&form))
}

/// Where a list goes on, as its `meta` says.
fn links(call: &Call, path: &str, meta: &Value) -> Value {
    let size = call.query.get("page[size]").map_or("100", String::as_str);
    let after = meta["after_cursor"].as_str().unwrap_or_default();
    let next = (meta["has_more"] == true).then(|| address(path, &[("page[size]", size), ("page[after]", after)]));
    json!({ "next": next, "prev": null })
}

/// Users in the order of their ids, page by page.
fn list(state: &State, call: &Call, is_asked: fn(&User) -> bool, name: &str) -> Result<Reply> {
    let size = whole(call, "page[size]").unwrap_or(BATCH).clamp(1, BATCH);
    let after = whole(call, "page[after]").unwrap_or(0) as u64;
    let mut found: Vec<&User> = state.users.values().filter(|user| user.id > after && is_asked(user)).collect();
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().map_or(after, |user| user.id);
    let meta = json!({ "has_more": more, "after_cursor": last.to_string(), "before_cursor": null });
    let links = links(call, name, &meta);
    let users: Vec<Value> = found.into_iter().map(User::view).collect();
    Ok(Reply::ok(&json!({ name: users, "meta": meta, "links": links })))
}

/// Calls that are done as jobs.
fn in_job(state: &mut State, call: &Call, name: &str, now: i64) -> Result<Reply> {
    match (call.method.as_str(), name) {
        ("POST", "create_or_update_many") => rows(state, call, now, |state, given| {
            let (id, made) = write::create_or_update(state, given, now)?;
            Ok((id, if made { "Created" } else { "Updated" }))
        }),
        ("POST", "create_many") => {
            rows(state, call, now, |state, given| Ok((write::create(state, given, now)?, "Created")))
        }
        ("PUT", "update_many") => rows(state, call, now, |state, given| {
            let id = given.get("id").and_then(Value::as_u64).ok_or_else(ZenError::not_found)?;
            write::update(state, id, given, now).map(|()| (id, "Updated"))
        }),
        ("DELETE", "destroy_many") => {
            let ids = call.query.get("ids").map(String::as_str).unwrap_or_default();
            let ids: Vec<Value> = ids.split(',').map(|id| json!({ "id": id.parse::<u64>().ok() })).collect();
            many(state, &ids, now, |state, given| {
                let id = given.get("id").and_then(Value::as_u64).ok_or_else(ZenError::not_found)?;
                write::delete(state, id, "deleted", json!({}), now).map(|()| (id, "Deleted"))
            })
        }
        _ => Err(ZenError::new(404, "InvalidEndpoint", "Not found")),
    }
}

/// A job over the rows of the body.
fn rows(
    state: &mut State,
    call: &Call,
    now: i64,
    change: impl Fn(&mut State, &Map<String, Value>) -> Result<(u64, &'static str)>,
) -> Result<Reply> {
    let rows = call.body["users"].as_array();
    many(state, rows.ok_or_else(|| ZenError::new(400, "InvalidRequest", "users is required"))?, now, change)
}

/// A job: each row is changed for itself.
fn many(
    state: &mut State,
    rows: &[Value],
    now: i64,
    change: impl Fn(&mut State, &Map<String, Value>) -> Result<(u64, &'static str)>,
) -> Result<Reply> {
    if rows.len() > BATCH {
        return Err(ZenError::new(413, "TooManyValues", "at most 100 users"));
    }
    state.jobs.retain(|_, job| now - job.ends < 3_600_000);
    if state.jobs.values().filter(|job| job.ends > now).count() >= JOBS {
        return Err(ZenError::of(429));
    }
    let row = |(index, row): (usize, &Value)| {
        let Some(given) = row.as_object() else { return ZenError::of(422).row(index) };
        match change(state, given) {
            Ok((id, "Created")) => json!({ "id": id, "index": index, "status": "Created", "success": true }),
            Ok((id, status)) => {
                let action = if status == "Deleted" { "delete" } else { "update" };
                json!({ "id": id, "action": action, "status": status, "success": true })
            }
            Err(error) => error.row(index),
        }
    };
    let results: Vec<Value> = rows.iter().enumerate().map(row).collect();
    let id = format!("{:032x}", state.id());
    state.jobs.insert(id.clone(), Job { ends: now + state.config.job_ms, results });
    job(state, &id, now)
}

fn job(state: &State, id: &str, now: i64) -> Result<Reply> {
    let job = state.jobs.get(id).ok_or_else(ZenError::not_found)?;
    let ended = job.ends <= now;
    let total = job.results.len();
    Ok(Reply::ok(&json!({ "job_status": {
        "id": id,
        "url": format!("https://shop.zendesk.com/api/v2/job_statuses/{id}.json"),
        "status": if ended { "completed" } else { "working" },
        "total": total,
        "progress": if ended { total } else { 0 },
        "message": if ended { Value::from(format!("Completed at {}", iso(job.ends))) } else { Value::Null },
        "results": if ended { Value::from(job.results.clone()) } else { Value::Null },
    } })))
}

fn identities(state: &mut State, call: &Call, id: u64, rest: &[&str], now: i64) -> Result<Reply> {
    if !state.users.contains_key(&id) {
        return Err(ZenError::not_found());
    }
    let all = |state: &State| {
        let view = |email: &super::state::Email| {
            json!({ "id": email.id, "user_id": id, "type": "email", "value": email.value, "primary": email.primary,
                    "verified": true })
        };
        state.users.get(&id).map(|user| user.emails.iter().map(view).collect::<Vec<Value>>()).unwrap_or_default()
    };
    match (call.method.as_str(), rest) {
        ("GET", []) => Ok(Reply::ok(&json!({ "identities": all(state) }))),
        ("POST", []) => {
            let given = &call.body["identity"];
            if given["type"] != "email" {
                return Err(ZenError::record("type", "InvalidValue", "Type: is invalid"));
            }
            let made = write::add_email(state, id, given["value"].as_str().unwrap_or_default(), now)?;
            let found = all(state).into_iter().find(|identity| identity["id"] == made);
            Ok(Reply::json(201, &json!({ "identity": found })))
        }
        ("GET", [identity]) => {
            let asked = number(identity)?;
            let found =
                all(state).into_iter().find(|identity| identity["id"] == asked).ok_or_else(ZenError::not_found)?;
            Ok(Reply::ok(&json!({ "identity": found })))
        }
        ("PUT", [identity, "make_primary"]) => {
            write::make_primary(state, id, number(identity)?, now)?;
            Ok(Reply::ok(&json!({ "identities": all(state) })))
        }
        ("DELETE", [identity]) => {
            write::remove_email(state, id, number(identity)?, now)?;
            Ok(Reply::empty(204))
        }
        _ => Err(ZenError::new(404, "InvalidEndpoint", "Not found")),
    }
}

/// Users in the order of their last change. The cursor is a place in that order.
fn export(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let get = |name: &str| call.query.get(name);
    let size = get("per_page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1_000).clamp(1, 1_000);
    let visible = now - state.config.export_lag_ms;
    let (after, since) = match (get("cursor"), get("start_time")) {
        (Some(cursor), _) => {
            let seq = cursor.strip_prefix("seq-").and_then(|text| text.parse::<u64>().ok());
            (seq.ok_or_else(|| ZenError::new(400, "InvalidPaginationParameter", "cursor is invalid"))?, i64::MIN)
        }
        (None, Some(time)) => {
            let seconds: i64 =
                time.parse().map_err(|_| ZenError::new(400, "InvalidValue", "start_time must be a unix time"))?;
            if seconds * 1_000 > now - state.config.export_lag_ms {
                return Err(ZenError::new(400, "StartTimeTooRecent", "Too recent start_time"));
            }
            (0, seconds)
        }
        (None, None) => return Err(ZenError::new(400, "InvalidRequest", "start_time is required")),
    };
    let mut found: Vec<&User> = state
        .users
        .values()
        .filter(|user| user.seq > after && user.updated <= visible && user.updated.div_euclid(1_000) >= since)
        .collect();
    found.sort_by_key(|user| user.seq);
    let ended = found.len() <= size;
    found.truncate(size);
    let last = found.last().map_or(after, |user| user.seq);
    Ok(Reply::ok(&json!({
        "users": found.iter().map(|user| user.view()).collect::<Vec<Value>>(),
        "after_cursor": format!("seq-{last}"),
        "after_url": null, "before_cursor": null, "before_url": null,
        "end_of_stream": ended,
    })))
}

/// The older form of the export: by time, where pages overlap in the second at their edge.
fn since(state: &State, call: &Call, now: i64) -> Result<Reply> {
    let start = call.query.get("start_time").and_then(|text| text.parse::<i64>().ok());
    let start = start.ok_or_else(|| ZenError::new(400, "InvalidRequest", "start_time is required"))?;
    let size = whole(call, "per_page").unwrap_or(1_000).clamp(1, 1_000);
    let visible = now - state.config.export_lag_ms;
    let second = |user: &&User| user.updated.div_euclid(1_000);
    let mut found: Vec<&User> =
        state.users.values().filter(|user| user.updated <= visible && second(user) >= start).collect();
    found.sort_by_key(|user| user.seq);
    let ended = found.len() <= size;
    // All of the last second are shown, however many there are.
    let last = found.get(size.min(found.len()).saturating_sub(1)).map_or(start, second);
    found.retain(|user| second(user) <= last);
    let next = address("incremental/users", &[("start_time", &last.to_string()), ("per_page", &size.to_string())]);
    Ok(Reply::ok(&json!({
        "users": found.iter().map(|user| user.view()).collect::<Vec<Value>>(),
        "count": found.len(), "end_time": last, "end_of_stream": ended, "next_page": next,
    })))
}
