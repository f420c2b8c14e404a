//! Notifications: a channel that tells of changes for a day at most, and what it tells. Nothing is signed; the token
//! that was given with the channel comes back in each delivery.

use super::api::{Api, MODULE, read};
use super::contacts::iso;
use super::matters;
use crate::crm::answer::{list, moment, odd, text};
use crate::crm::{Channel, CrmError, Hint, HookCall, HookOp, SignatureError};
use crate::http::{Method, Request, Response};
use crate::json::{self, BadBody};
use crate::sign;
use rapport_core::matter::Object;
use rapport_core::time::Ms;
use serde_json::{Value, json};

/// The modules whose changes are told; the first one comes first.
pub const MODULES: [&str; 3] = [MODULE, "Deals", "Cases"];

/// Makes a channel for changes of these modules.
#[must_use]
pub fn watch(api: &Api, channel: &Channel<'_>, modules: &[&str], until: Ms) -> Request {
    api.call("watch", Method::Post, "/actions/watch").with_json(&body(channel, modules, until))
}

/// Renews a channel that is there.
#[must_use]
pub fn renew(api: &Api, channel: &Channel<'_>, modules: &[&str], until: Ms) -> Request {
    api.call("watch_renew", Method::Put, "/actions/watch").with_json(&body(channel, modules, until))
}

fn body(channel: &Channel<'_>, modules: &[&str], until: Ms) -> Value {
    json!({ "watch": [{
        "channel_id": channel.number.to_string(),
        "events": modules.iter().map(|module| format!("{module}.all")).collect::<Vec<_>>(),
        "channel_expiry": iso(until),
        "token": channel.secret.expose(),
        "notify_url": channel.url,
    }] })
}

/// Reads the answer to [`watch`] or [`renew`]: until when the channel tells of changes.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_channel(response: &Response) -> Result<Ms, CrmError> {
    let body = read(response)?;
    let row = &body["watch"][0];
    if row["status"] == "error" {
        return Err(super::error::read_row(row, response.status));
    }
    let until = text(&row["details"]["events"][0]["channel_expiry"]).and_then(|at| moment(&at));
    until.ok_or_else(|| odd(response, "no channel"))
}

/// Whether a delivery carries the channel's token. Any secret may fit.
///
/// # Errors
/// [`SignatureError`]; nothing else of the body should be read then.
pub fn verify(secrets: &[&str], call: &HookCall<'_>, _: Ms) -> Result<(), SignatureError> {
    let given = body_of(call.body).map_err(|_| SignatureError::Malformed)?;
    let given = text(&given["token"]).ok_or(SignatureError::Missing)?;
    if secrets.iter().all(|secret| secret.is_empty()) {
        return Err(SignatureError::NoSecret);
    }
    let mut matched = false;
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        matched |= sign::same(secret.as_bytes(), given.as_bytes());
    }
    if matched { Ok(()) } else { Err(SignatureError::Mismatch) }
}

/// What a delivery hints at: one operation on one or more contacts. Other modules hint at nothing.
///
/// # Errors
/// [`BadBody`] when it is over a limit or not JSON.
pub fn hints(body: &[u8]) -> Result<Vec<Hint>, BadBody> {
    let body = body_of(body)?;
    let module = body["module"].as_str().unwrap_or_default();
    let object = Object::ALL.into_iter().find(|object| matters::module(*object) == module);
    if object.is_none() && module != MODULE {
        return Ok(Vec::new());
    }
    let at = text(&body["server_time"]).and_then(|at| at.parse().ok()).map(Ms);
    let op = match body["operation"].as_str().unwrap_or_default() {
        "insert" => HookOp::Created,
        "update" => HookOp::Changed { property: String::new(), value: String::new() },
        "delete" => HookOp::Deleted,
        other => HookOp::Other(other.to_owned()),
    };
    let ids = list(&body["ids"]).iter().filter_map(text);
    Ok(ids.map(|id| Hint { object, id, op: op.clone(), at }).collect())
}

fn body_of(body: &[u8]) -> Result<Value, BadBody> {
    let checked = json::check(body)?;
    serde_json::from_str(&checked).map_err(|error| BadBody::NotJson(error.to_string()))
}
