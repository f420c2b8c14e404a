//! The Salesforce stand-in (crm-apis.md §2), served under `/salesforce`: contacts, opportunities and cases, and the tokens
//! to reach them with.

mod api;
pub mod config;
pub mod error;
mod fields;
mod oauth;
pub mod query;
mod soql;
pub mod state;
pub mod things;
pub mod write;

use crate::{
    calls::{Came, Logged, split},
    fault::{Fault, Target, Traffic},
    faulty,
    reply::Reply,
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use error::{ForceError, Result};
use serde_json::Value;
use state::State;
use std::{collections::BTreeMap, sync::Arc};
use write::Writer;

/// A day.
const DAY: i64 = 86_400_000;

/// One call, taken apart.
pub struct Call {
    method: String,
    /// `v59.0`.
    version: String,
    /// Path below the version.
    segments: Vec<String>,
    query: BTreeMap<String, String>,
    body: Value,
    /// What `Sforce-Query-Options` says.
    options: String,
    writer: Writer,
}

/// Answers every call under `/salesforce`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let Some(Came { method, path, body, .. }) = Came::read(request, "/salesforce").await else {
        return Reply::empty(413).into_response();
    };
    let traffic = Traffic { target: Target::Salesforce, path: &path, method: &method, to: "", kind: "" };
    let fault = world.faults.hit(&traffic);
    faulty::answer(
        fault,
        || answer(&world, &method, &path, &headers, &body),
        |fault| forced(fault).reply(),
        |status| log(&world, &method, &path, &body, status),
    )
    .await
}

fn forced(fault: &Fault) -> ForceError {
    match fault.code.as_ref().and_then(Value::as_str) {
        Some(code) => ForceError::of_code(code),
        None => ForceError::of(fault.status.unwrap_or(500)),
    }
}

fn answer(world: &Arc<World>, method: &str, path: &str, headers: &HeaderMap, body: &Bytes) -> Reply {
    let base = format!("{}/salesforce", world.base_url);
    let reply = {
        let mut guard = world.sf();
        let state = &mut *guard;
        let now = world.clock.now();
        let reply = if path.split('?').next() == Some("/services/oauth2/token") {
            let login = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            oauth::token(state, body, login, &base, now)
        } else {
            judged(state, method, path, headers, body, &base, now).unwrap_or_else(|error| error.reply())
        };
        let date = jiff::Timestamp::from_millisecond(now).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        reply
            .with("sforce-limit-info", format!("api-usage={}/{}", state.used.1, state.config.daily))
            .with("date", date.strftime("%a, %d %b %Y %H:%M:%S GMT"))
    };
    log(world, method, path, body, reply.status);
    reply
}

fn judged(
    state: &mut State,
    method: &str,
    path: &str,
    headers: &HeaderMap,
    body: &Bytes,
    base: &str,
    now: i64,
) -> Result<Reply> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let token =
        text(header::AUTHORIZATION.as_str()).and_then(|login| login.strip_prefix("Bearer ")).unwrap_or_default();
    if state.sessions.get(token).is_none_or(|until| *until <= now) {
        return Err(ForceError::session());
    }
    if now - state.used.0 >= DAY {
        state.used = (now, 0);
    }
    if state.used.1 >= state.config.daily {
        return Err(ForceError::of_code("REQUEST_LIMIT_EXCEEDED"));
    }
    state.used.1 += 1;
    let mut call = take_apart(method, path, body)?;
    call.options = text("sforce-query-options").unwrap_or_default().to_owned();
    call.writer = api::writer(text("sforce-duplicate-rule-header"));
    api::dispatch(state, &call, base, now)
}

fn take_apart(method: &str, path: &str, body: &Bytes) -> Result<Call> {
    let (plain, query) = split(path);
    let rest = plain.strip_prefix("/services/data/").ok_or_else(ForceError::not_found)?;
    let decode = |part: &str| {
        let (_, mut parts) = split(&format!("?x={}", part.replace('+', "%2B").replace('&', "%26")));
        parts.remove("x").unwrap_or_default()
    };
    let mut segments = rest.split('/').filter(|part| !part.is_empty()).map(decode);
    let version = segments.next().filter(|version| version.starts_with('v')).ok_or_else(ForceError::not_found)?;
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body).map_err(|error| ForceError::new(400, "JSON_PARSER_ERROR", error.to_string()))?
    };
    Ok(Call {
        method: method.to_owned(),
        version,
        segments: segments.collect(),
        query,
        body,
        options: String::new(),
        writer: Writer::Api,
    })
}

fn log(world: &World, method: &str, path: &str, body: &Bytes, status: u16) {
    let line = Logged::new(world.clock.now(), method, path, body, status);
    world.sf().log.push(line);
}
