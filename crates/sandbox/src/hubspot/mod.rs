//! The HubSpot stand-in (crm-apis.md §1), served under `/hubspot`.

mod associations;
mod batch;
pub mod error;
mod meta;
mod objects;
mod properties;
mod schema;
mod search;
pub mod state;
pub mod webhooks;
pub mod write;

use crate::{
    calls::Logged,
    fault::{Target, Traffic},
    faulty,
    reply::Reply,
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use error::{HubError, Result};
use serde_json::{Value, json};
use state::State;
use std::{collections::BTreeMap, sync::Arc};

/// One call, taken apart.
pub struct Call {
    /// Method.
    pub method: String,
    /// Path without `/hubspot` and without version parts.
    pub segments: Vec<String>,
    /// The association API answers differently in v3 and later.
    pub v3: bool,
    /// Query parameters; repeated ones are joined by commas.
    pub query: BTreeMap<String, String>,
    /// JSON body; null when there is none.
    pub body: Value,
}

/// Answers every call under `/hubspot`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let full = parts.uri.path_and_query().map_or("", |p| p.as_str());
    let path = full.strip_prefix("/hubspot").unwrap_or(full).to_owned();
    let method = parts.method.as_str().to_owned();
    let token = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::to_owned);
    let Ok(body) = axum::body::to_bytes(body, 10 << 20).await else {
        return Reply::empty(413).into_response();
    };
    let fault = world.faults.hit(&Traffic { target: Target::Hubspot, path: &path, method: &method, to: "", kind: "" });
    let done = || {
        let reply = answer(&world, &method, &path, token.as_deref(), &body);
        log(&world, &method, &path, &body, reply.status);
        reply
    };
    let instead = |fault: &crate::fault::Fault| forced(fault).reply(&world.hs().correlation());
    faulty::answer(fault, done, instead, |status| log(&world, &method, &path, &body, status)).await
}

fn forced(fault: &crate::fault::Fault) -> HubError {
    let category = match (fault.code.as_ref().and_then(Value::as_str), fault.status) {
        (Some(code), _) => code,
        (None, Some(401)) => "INVALID_AUTHENTICATION",
        (None, Some(403)) => "MISSING_SCOPES",
        (None, Some(404)) => "OBJECT_NOT_FOUND",
        (None, Some(409)) => "CONFLICT",
        (None, Some(423)) => "LOCKED",
        (None, Some(429)) => "RATE_LIMITS",
        _ => "INTERNAL_ERROR",
    };
    let mut error = HubError::of(category);
    error.http = fault.status.unwrap_or(error.http);
    error
}

fn answer(world: &Arc<World>, method: &str, path: &str, token: Option<&str>, body: &Bytes) -> Reply {
    let mut guard = world.hs();
    let state = &mut *guard;
    let now = world.clock.now();
    let outcome = authorise(state, token)
        .and_then(|()| limit(state, path, now))
        .and_then(|()| take_apart(method, path, body))
        .and_then(|call| dispatch(state, &call, now));
    let search = path.contains("/search");
    let reply = match outcome {
        Ok(reply) => reply,
        Err(error) => {
            let correlation = state.correlation();
            error.reply(&correlation)
        }
    };
    webhooks::schedule(world, state, now);
    let correlation = state.correlation();
    let reply = reply.with("x-hubspot-correlation-id", correlation);
    if search || token.is_none() {
        return reply;
    }
    let burst = state.config.burst_per_10s;
    reply
        .with("x-hubspot-ratelimit-daily", state.config.daily)
        .with("x-hubspot-ratelimit-daily-remaining", state.config.daily.saturating_sub(state.day.1))
        .with("x-hubspot-ratelimit-interval-milliseconds", 10_000)
        .with("x-hubspot-ratelimit-max", burst)
        .with("x-hubspot-ratelimit-remaining", (burst as usize).saturating_sub(state.recent.len()))
}

fn authorise(state: &State, token: Option<&str>) -> Result<()> {
    match token {
        None => Err(HubError::new(
            401,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )),
        Some(token) if token.starts_with("pat-") && !state.config.invalid_tokens.iter().any(|t| t == token) => Ok(()),
        Some(_) => {
            Err(HubError::new(401, "INVALID_AUTHENTICATION", "The access token is invalid or has been revoked."))
        }
    }
}

fn limit(state: &mut State, path: &str, now: i64) -> Result<()> {
    let refuse = |policy: &str| {
        let mut error =
            HubError::new(429, "RATE_LIMITS", format!("You have reached your {} limit.", policy.to_lowercase()));
        error.context = json!({ "policyName": policy });
        error
    };
    let trim = |list: &mut std::collections::VecDeque<i64>, span: i64| {
        while list.front().is_some_and(|at| now - at >= span || *at > now) {
            list.pop_front();
        }
    };
    trim(&mut state.recent, 10_000);
    trim(&mut state.searches, 1_000);
    if state.day.0 != now / 86_400_000 {
        state.day = (now / 86_400_000, 0);
    }
    if state.day.1 >= state.config.daily {
        return Err(refuse("DAILY"));
    }
    if path.split('?').next().is_some_and(|p| p.ends_with("/search")) {
        if state.searches.len() >= state.config.search_per_second as usize {
            return Err(refuse("SECONDLY"));
        }
        state.searches.push_back(now);
    } else {
        if state.recent.len() >= state.config.burst_per_10s as usize {
            return Err(refuse("TEN_SECONDLY_ROLLING"));
        }
        state.recent.push_back(now);
    }
    state.day.1 += 1;
    Ok(())
}

fn take_apart(method: &str, path: &str, body: &Bytes) -> Result<Call> {
    let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
    let (plain, query) = path.split_once('?').unwrap_or((path, ""));
    url.set_query(Some(query));
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for (key, value) in url.query_pairs() {
        map.entry(key.trim_end_matches("[]").to_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    let all: Vec<String> = plain.split('/').filter(|s| !s.is_empty()).map(decoded).collect();
    // The version stands second (v3) or third (2026-03); ids never look like one there.
    let segments = all
        .iter()
        .enumerate()
        .filter(|(at, segment)| !((1..=2).contains(at) && is_version(segment)))
        .map(|(_, segment)| segment.clone())
        .collect();
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body).map_err(|error| HubError::invalid(format!("Invalid input JSON: {error}")))?
    };
    Ok(Call { method: method.to_owned(), segments, v3: all.get(1).is_some_and(|s| s == "v3"), query: map, body })
}

fn decoded(segment: &str) -> String {
    let mut url = reqwest::Url::parse("http://localhost/").expect("a constant address");
    let escaped = segment.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    url.set_query(Some(&escaped));
    url.query_pairs().next().map_or_else(String::new, |(key, _)| key.into_owned())
}

fn is_version(segment: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    segment.strip_prefix('v').is_some_and(digits)
        || segment
            .trim_end_matches("-beta")
            .split_once('-')
            .is_some_and(|(year, month)| year.len() == 4 && month.len() == 2 && digits(year) && digits(month))
}

fn dispatch(state: &mut State, call: &Call, now: i64) -> Result<Reply> {
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("GET", ["account-info", "details"]) => Ok(meta::details(state)),
        ("GET", ["crm", "owners", rest @ ..]) => meta::owners(call, rest.first().copied()),
        ("GET", ["crm", "pipelines", kind, rest @ ..]) => meta::pipelines(kind, rest.first().copied()),
        (_, ["crm", "properties", kind, rest @ ..]) => properties::handle(state, call, kind, rest, now),
        ("POST", ["crm", "objects", kind, "batch", op]) => batch::handle(state, call, kind, op, now),
        ("POST", ["crm", "objects", kind, "search"]) => search::handle(state, call, kind, now),
        ("POST", ["crm", "objects", kind, "merge"]) => objects::merge(state, call, kind, now),
        ("POST", ["crm", "objects", kind, "gdpr-delete"]) => objects::erase(state, call, kind, now),
        ("GET", ["crm", "objects", kind]) => objects::list(state, call, kind),
        ("POST", ["crm", "objects", kind]) => objects::create(state, call, kind, now),
        (_, ["crm", "objects", kind, id]) => objects::one(state, call, kind, id, now),
        (_, ["crm", "objects", kind, id, "associations", rest @ ..]) => {
            associations::of_object(state, call, kind, id, rest, now)
        }
        (_, ["crm", "associations", from, to, rest @ ..]) => associations::batch(state, call, from, to, rest, now),
        (_, ["crm", "associations", "definitions", ..]) => Ok(Reply::ok(&json!({"results": []}))),
        _ => Err(HubError::new(404, "OBJECT_NOT_FOUND", "resource not found")),
    }
}

fn log(world: &World, method: &str, path: &str, body: &Bytes, status: u16) {
    let shape: Vec<&str> = path
        .split('?')
        .next()
        .unwrap_or("")
        .split('/')
        .map(|s| if !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) { "{id}" } else { s })
        .collect();
    let mut state = world.hs();
    let key = format!("{method} {}", shape.join("/"));
    // Paths are many when ids are texts: what comes late is counted together.
    let key = if state.counts.len() >= 1_000 && !state.counts.contains_key(&key) { "other".to_owned() } else { key };
    *state.counts.entry(key).or_default() += 1;
    state.log.push(Logged::new(world.clock.now(), method, path, body, status));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_left_out_of_paths() {
        for path in [
            "/crm/v3/objects/contacts/2026",
            "/crm/objects/2026-03/contacts/2026",
            "/crm/objects/2027-03-beta/contacts/2026",
        ] {
            let call = take_apart("GET", path, &Bytes::new()).expect("a path");
            assert_eq!(call.segments, ["crm", "objects", "contacts", "2026"], "{path}");
        }
        let call = take_apart("GET", "/crm/v3/objects/contacts/a%40b.c?properties=x&properties=y", &Bytes::new())
            .expect("a path");
        assert_eq!((call.segments[3].as_str(), call.query["properties"].as_str()), ("a@b.c", "x,y"));
    }
}
