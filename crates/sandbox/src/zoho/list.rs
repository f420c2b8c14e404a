//! Lists: pages by number up to two thousand records, then by token; deleted ones.

use super::Call;
use super::error::{Result, ZohoError};
use super::state::{Contact, State};
use crate::reply::Reply;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Records of a page.
const PAGE: usize = 200;
/// Records that page numbers lead to.
const NUMBERED: usize = 2_000;
/// How long a page token is good.
const TOKEN_LIFE: i64 = 86_400_000;
/// Fields that one call may name.
const FIELDS: usize = 50;

fn number(call: &Call, name: &str, usual: usize) -> usize {
    call.query.get(name).and_then(|text| text.parse().ok()).filter(|n| *n > 0).unwrap_or(usual)
}

fn since(call: &Call) -> Option<i64> {
    Some(call.since.as_ref()?.parse::<jiff::Timestamp>().ok()?.as_second())
}

/// The fields that a call names.
pub(super) fn wanted(call: &Call) -> Result<Vec<String>> {
    let names: Vec<String> =
        call.query.get("fields").map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default();
    if names.is_empty() {
        let details = json!({ "param_name": "fields" });
        return Err(ZohoError::new(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details));
    }
    if names.len() > FIELDS {
        let details = json!({ "limit": FIELDS, "param_name": "fields" });
        return Err(ZohoError::new(400, "LIMIT_EXCEEDED", "the fields limit is exceeded", details));
    }
    Ok(names)
}

/// `GET /Contacts`: with `ids`, those; else all, of whom a header may leave only those changed after a second.
pub fn contacts(state: &State, call: &Call, now: i64) -> Result<Reply> {
    wanted(call)?;
    if let Some(ids) = call.query.get("ids") {
        let ids: Vec<u64> = ids.split(',').filter_map(|id| id.parse().ok()).collect();
        let found: Vec<&Contact> = ids.iter().take(100).filter_map(|id| state.contacts.get(id)).collect();
        return page(state, call, &found);
    }
    let since = since(call);
    let mut found: Vec<&Contact> =
        state.contacts.values().filter(|contact| since.is_none_or(|since| contact.stamp() > since)).collect();
    let by = call.query.get("sort_by").map_or("id", String::as_str);
    match by {
        "Modified_Time" => found.sort_by_key(|contact| (contact.stamp(), contact.id)),
        "Created_Time" => found.sort_by_key(|contact| (contact.created, contact.id)),
        _ => {}
    }
    if call.query.get("sort_order").is_none_or(|order| order != "asc") {
        found.reverse();
    }
    if found.is_empty() {
        return Ok(Reply::empty(if since.is_some() { 304 } else { 204 }));
    }
    let Some(token) = call.query.get("page_token") else {
        let start = (number(call, "page", 1) - 1) * number(call, "per_page", PAGE).min(PAGE);
        if start >= NUMBERED {
            let message = "page numbers lead to two thousand records";
            return Err(ZohoError::new(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", message, json!({})));
        }
        return turned(state, call, &found, start, now);
    };
    let start = opened(call, token, now)?;
    if start >= state.config.page_token_records {
        let message = "page tokens lead no further";
        return Err(ZohoError::new(400, "PAGINATION_LIMIT_EXCEEDED", message, json!({})));
    }
    turned(state, call, &found, start, now)
}

/// What a token is bound to.
fn binding(call: &Call) -> u32 {
    let get = |name: &str| call.query.get(name).cloned().unwrap_or_default();
    let all = format!("{}|{}|{}", get("sort_by"), get("sort_order"), call.since.clone().unwrap_or_default());
    all.bytes().fold(7, |hash: u32, byte| hash.wrapping_mul(31).wrapping_add(byte.into()))
}

fn opened(call: &Call, token: &str, now: i64) -> Result<usize> {
    let details = json!({ "param_name": "page_token" });
    let bad = |code: &str| ZohoError::new(400, code, "the page token is not good", details.clone());
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| bad("INVALID_DATA"))?;
    let (start, at, bound): (usize, i64, u32) = serde_json::from_slice(&bytes).map_err(|_| bad("INVALID_DATA"))?;
    if bound != binding(call) {
        return Err(bad("TOKEN_BOUND_DATA_MISMATCH"));
    }
    if now - at > TOKEN_LIFE {
        return Err(bad("EXPIRED_VALUE"));
    }
    Ok(start)
}

fn turned(state: &State, call: &Call, found: &[&Contact], start: usize, now: i64) -> Result<Reply> {
    let size = number(call, "per_page", PAGE).min(PAGE);
    let names = wanted(call)?;
    let rows: Vec<Value> =
        found.iter().skip(start).take(size).map(|contact| state.view(contact, Some(&names))).collect();
    let more = found.len() > start + size;
    let token = more.then(|| URL_SAFE_NO_PAD.encode(json!([start + size, now, binding(call)]).to_string()));
    Ok(Reply::ok(&json!({
        "info": {
            "per_page": size, "count": rows.len(), "page": start / size + 1, "more_records": more,
            "sort_by": call.query.get("sort_by").map_or("id", String::as_str),
            "sort_order": call.query.get("sort_order").map_or("desc", String::as_str),
            "next_page_token": token, "previous_page_token": null,
            "page_token_expiry": more.then(|| state.iso(now + TOKEN_LIFE)),
        },
        "data": rows,
    })))
}

/// A page by number of what was found, with the fields that are wanted, or all.
pub fn page(state: &State, call: &Call, found: &[&Contact]) -> Result<Reply> {
    let names = call.query.contains_key("fields").then(|| wanted(call)).transpose()?;
    let size = number(call, "per_page", PAGE).min(PAGE);
    let at = number(call, "page", 1);
    let rows: Vec<Value> =
        found.iter().skip((at - 1) * size).take(size).map(|contact| state.view(contact, names.as_deref())).collect();
    if rows.is_empty() {
        return Ok(Reply::empty(204));
    }
    let more = found.len() > at * size;
    let info = json!({ "per_page": size, "count": rows.len(), "page": at, "more_records": more });
    Ok(Reply::ok(&json!({ "data": rows, "info": info })))
}

/// `GET /Contacts/deleted`, newest first.
pub fn deleted(state: &State, call: &Call) -> Result<Reply> {
    let kind = call.query.get("type").map_or("all", String::as_str);
    let since = since(call).unwrap_or(i64::MIN);
    let person = json!({ "name": "Kim Agent", "id": "5725767000000411001" });
    let row = |gone: &super::state::Gone| {
        json!({
            "id": gone.id.to_string(), "display_name": gone.name, "deleted_time": state.iso(gone.at),
            "type": if gone.permanent { "permanent" } else { "recycle" }, "deleted_by": person, "created_by": person,
        })
    };
    let holds = |gone: &&super::state::Gone| {
        gone.at.div_euclid(1_000) > since && (kind == "all" || (kind == "permanent") == gone.permanent)
    };
    let all: Vec<Value> = state.gone.iter().rev().filter(holds).map(row).collect();
    let (size, at) = (number(call, "per_page", PAGE).min(PAGE), number(call, "page", 1));
    let rows: Vec<&Value> = all.iter().skip((at - 1) * size).take(size).collect();
    if rows.is_empty() {
        return Ok(Reply::empty(204));
    }
    let info = json!({ "per_page": size, "count": rows.len(), "page": at, "more_records": all.len() > at * size });
    Ok(Reply::ok(&json!({ "data": rows, "info": info })))
}
