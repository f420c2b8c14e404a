//! The Intercom stand-in (crm-apis.md §6), served under `/intercom`: users and leads.

mod api;
mod attributes;
mod config;
pub mod error;
mod search;
pub mod state;
pub mod webhooks;
pub mod write;

pub use config::IntercomConfig;

use crate::{
    calls::{Came, Logged, split},
    fault::{Fault, Target, Traffic},
    faulty,
    reply::Reply,
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    response::{IntoResponse, Response},
};
use error::{Result, TalkError};
use serde_json::Value;
use state::State;
use std::{collections::BTreeMap, sync::Arc};

/// The calls of a minute are given out in spans of so many milliseconds.
const SPAN: i64 = 10_000;
/// What is answered when a call names no version.
const VERSION: (u32, u32) = (2, 14);

/// One call, taken apart.
struct Call {
    method: String,
    segments: Vec<String>,
    query: BTreeMap<String, String>,
    body: Value,
    /// Major and minor.
    version: (u32, u32),
}

/// Answers every call under `/intercom`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let version = request.headers().get("intercom-version").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let Some(came) = Came::read(request, "/intercom").await else { return Reply::empty(413).into_response() };
    let (path, method) = (came.path.as_str(), came.method.as_str());
    let fault = world.faults.hit(&Traffic { target: Target::Intercom, path, method, to: "", kind: "" });
    let note = |status| {
        let line = Logged::new(world.clock.now(), method, path, &came.body, status);
        world.ic().log.push(line);
    };
    let asked = || {
        let reply = answer(&world, &came, version.as_deref());
        note(reply.status);
        reply
    };
    let forced = |fault: &Fault| TalkError::of(fault.status.unwrap_or(500)).reply();
    faulty::answer(fault, asked, forced, note).await
}

fn answer(world: &World, came: &Came, version: Option<&str>) -> Reply {
    let mut state = world.ic();
    let now = world.clock.now();
    let token = came.login.as_deref().and_then(|login| login.strip_prefix("Bearer "));
    let known = token
        .is_some_and(|token| token.starts_with("ic-") && !state.config.invalid_tokens.iter().any(|bad| bad == token));
    if !known {
        return TalkError::of(401).reply();
    }
    let most = state.config.calls_per_10s;
    let counted = count(&mut state, now);
    let reply = match take_apart(came, version) {
        _ if !counted => TalkError::of(429).reply(),
        Err(error) => error.reply(),
        Ok(call) => api::dispatch(&mut state, &call, now).unwrap_or_else(|error| error.reply()),
    };
    webhooks::flush(world, &mut state);
    let (span, used) = state.span;
    reply
        .with("x-ratelimit-limit", most)
        .with("x-ratelimit-remaining", most.saturating_sub(used))
        .with("x-ratelimit-reset", (span + 1) * SPAN / 1_000)
        .with("date", date(now))
}

/// Counts the call in its span; false when the span has no more of them.
fn count(state: &mut State, now: i64) -> bool {
    let span = now.div_euclid(SPAN);
    if state.span.0 != span {
        state.span = (span, 0);
    }
    if state.span.1 >= state.config.calls_per_10s {
        return false;
    }
    state.span.1 += 1;
    true
}

/// The moment of an answer, as HTTP writes it.
fn date(now: i64) -> String {
    jiff::Timestamp::from_millisecond(now)
        .map_or_else(|_| String::new(), |at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

fn take_apart(came: &Came, version: Option<&str>) -> Result<Call> {
    let (plain, query) = split(&came.path);
    let known = |text: &str| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?)).filter(|version| (2, 0) <= *version && *version <= (2, 16))
    };
    let unknown = || TalkError::new(400, "intercom_version_invalid", "The requested version could not be found");
    let version = version.map_or(Some(VERSION), known).ok_or_else(unknown)?;
    let body = if came.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&came.body)
            .map_err(|error| TalkError::new(400, "bad_request", format!("malformed JSON: {error}")))?
    };
    let decoded = |part: &str| split(&format!("?x={}", part.replace('+', "%2B"))).1.remove("x").unwrap_or_default();
    let segments = plain.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
    Ok(Call { method: came.method.clone(), segments, query, body, version })
}
