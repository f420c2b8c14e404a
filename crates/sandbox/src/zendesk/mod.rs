//! The Zendesk stand-in (crm-apis.md §4), served under `/zendesk`: users, with all that belongs to them, and tickets.

mod api;
pub mod error;
mod fields;
pub mod state;
pub mod tickets;
pub mod webhooks;
pub mod write;

use crate::{
    calls::{Call, Came, Logged, count, split},
    fault::{Target, Traffic},
    faulty,
    reply::Reply,
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use error::{Result, ZenError};
use serde_json::{Value, json};
use state::State;
use std::sync::Arc;

/// Answers every call under `/zendesk`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let key = request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Some(Came { method, path, login, body }) = Came::read(request, "/zendesk").await else {
        return Reply::empty(413).into_response();
    };
    let fault = world.faults.hit(&Traffic { target: Target::Zendesk, path: &path, method: &method, to: "", kind: "" });
    faulty::answer(
        fault,
        || answer(&world, &method, &path, (login.as_deref(), key.as_deref()), &body),
        |fault| ZenError::of(fault.status.unwrap_or(500)).reply(),
        |status| log(&world, &method, &path, &body, status),
    )
    .await
}

/// The credentials, and the key under which a ticket is made once.
type Heads<'a> = (Option<&'a str>, Option<&'a str>);

fn answer(world: &Arc<World>, method: &str, path: &str, heads: Heads<'_>, body: &Bytes) -> Reply {
    let reply = {
        let mut guard = world.zd();
        let state = &mut *guard;
        let now = world.clock.now();
        let reply = match take_apart(method, path, body) {
            Err(error) => error.reply(),
            Ok(call) => judged(state, &call, heads, now),
        };
        webhooks::flush(world, state);
        let (most, used) = (state.config.calls_per_minute, state.recent.len());
        let reset = state.recent.front().map_or(60, |first| (60_000 - (now - first)).max(0) / 1_000 + 1);
        reply
            .with("x-rate-limit", most)
            .with("x-rate-limit-remaining", (most as usize).saturating_sub(used))
            .with("ratelimit-limit", most)
            .with("ratelimit-remaining", (most as usize).saturating_sub(used))
            .with("ratelimit-reset", reset)
    };
    log(world, method, path, body, reply.status);
    reply
}

fn judged(state: &mut State, call: &Call, (login, key): Heads<'_>, now: i64) -> Reply {
    let known = knows(state, login);
    let is_me = call.segments == ["users", "me"];
    if !known {
        // Whoever asks who they are is told: nobody.
        let nobody = json!({ "user": { "id": null, "name": "Anonymous user", "role": "end-user" } });
        return if is_me { Reply::ok(&nobody) } else { ZenError::unknown().reply() };
    }
    let is_export = call.segments.first().is_some_and(|first| first == "incremental");
    if let Err(wait) = limit(state, is_export, now) {
        return ZenError::of(429).reply().with("retry-after", wait);
    }
    let is_ticket = call.segments.first().is_some_and(|first| first == "tickets");
    let outcome = if is_ticket { tickets::dispatch(state, call, key, now) } else { api::dispatch(state, call, now) };
    outcome.unwrap_or_else(|error| error.reply())
}

/// Whether the credentials are an agent's: a token beginning with `zd-`, as `Bearer` or behind `address/token:`.
fn knows(state: &State, login: Option<&str>) -> bool {
    let token = match login.and_then(|login| login.split_once(' ')) {
        Some(("Bearer", token)) => Some(token.to_owned()),
        Some(("Basic", pair)) => STANDARD
            .decode(pair)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|pair| pair.split_once("/token:").map(|(_, token)| token.to_owned())),
        _ => None,
    };
    token.is_some_and(|token| token.starts_with("zd-") && !state.config.invalid_tokens.contains(&token))
}

/// Counts the call; the error is how many seconds to wait.
fn limit(state: &mut State, is_export: bool, now: i64) -> std::result::Result<(), i64> {
    let (calls, exports) = (state.config.calls_per_minute, state.config.exports_per_minute);
    count(&mut state.recent, calls, now)?;
    if is_export { count(&mut state.exports, exports, now) } else { Ok(()) }
}

fn take_apart(method: &str, path: &str, body: &Bytes) -> Result<Call> {
    let (plain, query) = split(path);
    let plain = plain.trim_end_matches(".json");
    let rest = plain.strip_prefix("/api/v2/").ok_or_else(ZenError::not_found)?;
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(body)
            .map_err(|error| ZenError::new(422, "Unprocessable Entity", format!("malformed JSON: {error}")))?
    };
    let segments =
        rest.split('/').filter(|part| !part.is_empty()).map(|part| part.trim_end_matches(".json").to_owned());
    Ok(Call { method: method.to_owned(), segments: segments.collect(), query, body })
}

fn log(world: &World, method: &str, path: &str, body: &Bytes, status: u16) {
    let line = Logged::new(world.clock.now(), method, path, body, status);
    world.zd().log.push(line);
}
