//! The endpoints.

use super::error::{Result, TalkError};
use super::state::State;
use super::{Call, attributes, search, write};
use crate::reply::Reply;
use serde_json::{Map, Value, json};

/// The version from which a merged contact says where it lives on.
const TELLS_MERGES: (u32, u32) = (2, 16);
/// The version from which users are found by their external id.
const FINDS_BY_KEY: (u32, u32) = (2, 14);

/// Answers a call that is let in.
pub fn dispatch(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["me"]) => Ok(me(state)),
        ("GET", ["data_attributes"]) => {
            Ok(Reply::ok(&attributes::list(state, call.query.get("model").map(String::as_str))?))
        }
        ("POST", ["data_attributes"]) => Ok(Reply::ok(&attributes::create(state, &call.body)?)),
        ("GET", ["contacts"]) => {
            let get = |name: &str| call.query.get(name).map(String::as_str);
            search::list(state, get("per_page"), get("starting_after"), now)
        }
        ("POST", ["contacts"]) => {
            let id = write::create(state, object(&call.body)?, false, now)?;
            one(state, call, &id)
        }
        ("POST", ["contacts", "search"]) => search::search(state, &call.body, now),
        ("POST", ["contacts", "merge"]) => {
            let given = |name: &str| call.body[name].as_str().ok_or_else(|| TalkError::about(name, "is required"));
            let must_match = call.version >= TELLS_MERGES && call.body["skip_duplicate_validation"] != true;
            write::merge(state, given("from")?, given("into")?, must_match, now)?;
            one(state, call, given("into")?)
        }
        ("GET", ["contacts", "find_by_external_id", key]) if call.version >= FINDS_BY_KEY => {
            let id = state.keys.get(*key).cloned().ok_or_else(TalkError::not_found)?;
            if write::present(state, &id)?.role != "user" {
                return Err(TalkError::not_found());
            }
            one(state, call, &id)
        }
        ("GET", ["contacts", id]) => one(state, call, id),
        ("PUT", ["contacts", id]) => {
            write::update(state, id, object(&call.body)?, now)?;
            one(state, call, id)
        }
        ("DELETE", ["contacts", id]) => Ok(Reply::ok(&write::delete(state, id, now)?)),
        ("POST", ["contacts", id, verb @ ("archive" | "unarchive")]) => {
            Ok(Reply::ok(&write::archive(state, id, *verb == "archive", now)?))
        }
        _ => Err(TalkError::new(404, "not_found", "The requested resource was not found")),
    }
}

fn object(body: &Value) -> Result<&Map<String, Value>> {
    body.as_object().ok_or_else(|| TalkError::invalid("an object is expected"))
}

fn me(state: &State) -> Reply {
    Reply::ok(&json!({
        "type": "admin", "id": "991267459", "email": "admin@shop.example", "name": "Admin", "email_verified": true,
        "has_inbox_seat": true,
        "app": {
            "type": "app", "id_code": state.config.workspace_id, "name": "Sandbox Shop", "created_at": 1_734_537_243,
            "secure": false, "identity_verification": false, "timezone": "America/Los_Angeles", "region": "US",
        },
    }))
}

/// A contact as this version shows it.
fn one(state: &State, call: &Call, id: &str) -> Result<Reply> {
    if let Some(into) = super::write::canonical(state, id).filter(|_| call.version >= TELLS_MERGES) {
        return Err(TalkError::merged(&into));
    }
    let mut view = write::present(state, id)?.view(&state.config.workspace_id);
    if call.version >= TELLS_MERGES
        && let Some(owner) = view["owner_id"].as_i64()
    {
        view["owner_id"] = owner.to_string().into();
    }
    Ok(Reply::ok(&view))
}
