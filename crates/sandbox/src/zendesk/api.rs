//! The endpoints.

use super::error::{Result, ZenError};
use super::state::{Job, State, User, iso};
use super::{Call, fields, write};
use crate::reply::Reply;
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
        ("POST", ["users"]) => {
            let id = write::create(state, user_of(&call.body)?, now)?;
            Ok(one(state, id, 201))
        }
        ("POST", ["users", "create_or_update"]) => {
            let (id, made) = write::create_or_update(state, user_of(&call.body)?, now)?;
            Ok(one(state, id, if made { 201 } else { 200 }))
        }
        ("POST", ["users", "create_or_update_many"]) => many(state, call, now),
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
            let get = |name: &str| call.query.get(name).and_then(|text| text.parse().ok());
            Ok(Reply::ok(&fields::page(get("page[size]").unwrap_or(100), get("page[after]").unwrap_or(0))))
        }
        ("GET", ["incremental", "users", "cursor"]) => export(state, call, now),
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
    let found: Vec<Value> =
        state.users.values().filter(|user| user.active && holds(user)).take(BATCH + 1).map(User::view).collect();
    let next = (found.len() > BATCH).then_some("https://shop.zendesk.com/api/v2/users/search?page=2");
    let users = &found[..found.len().min(BATCH)];
    Ok(Reply::ok(&json!({ "count": found.len(), "users": users, "next_page": next, "previous_page": null })))
}

fn many(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    let rows =
        call.body["users"].as_array().ok_or_else(|| ZenError::new(400, "InvalidRequest", "users is required"))?;
    if rows.len() > BATCH {
        return Err(ZenError::new(413, "TooManyValues", "at most 100 users"));
    }
    state.jobs.retain(|_, job| now - job.ends < 3_600_000);
    if state.jobs.values().filter(|job| job.ends > now).count() >= JOBS {
        return Err(ZenError::of(429));
    }
    let row = |(index, row): (usize, &Value)| {
        let Some(given) = row.as_object() else { return ZenError::of(422).row(index) };
        match write::create_or_update(state, given, now) {
            Ok((id, true)) => json!({ "id": id, "index": index, "status": "Created", "success": true }),
            Ok((id, false)) => json!({ "id": id, "action": "update", "status": "Updated", "success": true }),
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
