//! The Freshdesk stand-in (crm-apis.md §5), served under `/freshdesk`: contacts and tickets.

mod api;
mod config;
pub mod error;
mod fields;
mod search;
pub mod state;
pub mod tickets;
pub mod webhooks;
pub mod write;

pub use config::FreshdeskConfig;

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
use error::{DeskError, Result};
use serde_json::Value;
use state::State;
use std::sync::Arc;

/// Answers every call under `/freshdesk`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let Some(came) = Came::read(request, "/freshdesk").await else { return Reply::empty(413).into_response() };
    let (path, method) = (came.path.as_str(), came.method.as_str());
    let fault = world.faults.hit(&Traffic { target: Target::Freshdesk, path, method, to: "", kind: "" });
    let note = |status| {
        let line = Logged::new(world.clock.now(), method, path, &came.body, status);
        world.fd().log.push(line);
    };
    let forced = |fault: &crate::fault::Fault| DeskError::of(fault.status.unwrap_or(500)).reply();
    let asked = || {
        let reply = answer(&world, &came);
        note(reply.status);
        reply
    };
    faulty::answer(fault, asked, forced, note).await
}

fn answer(world: &World, came: &Came) -> Reply {
    let mut state = world.fd();
    let now = world.clock.now();
    let reply = match take_apart(came) {
        Err(error) => error.reply(),
        Ok(call) => judged(&mut state, &call, came.login.as_deref(), now),
    };
    let most = state.config.calls_per_minute;
    reply
        .with("x-ratelimit-total", most)
        .with("x-ratelimit-remaining", (most as usize).saturating_sub(state.recent.len()))
        .with("x-ratelimit-used-currentrequest", 1)
}

fn judged(state: &mut State, call: &Call, login: Option<&str>, now: i64) -> Reply {
    let (most, lists) = (state.config.calls_per_minute, state.config.lists_per_minute);
    // Calls that are refused count too.
    let mut counted = count(&mut state.recent, most, now);
    let is_list = call.segments == ["contacts"] || call.segments == ["tickets"];
    if call.method == "GET" && is_list && counted.is_ok() {
        counted = count(&mut state.lists, lists, now);
    }
    if let Err(wait) = counted {
        return DeskError::of(429).reply().with("retry-after", wait);
    }
    if !knows(state, login) {
        return DeskError::unknown().reply();
    }
    let answer = tickets::dispatch(state, call, now).unwrap_or_else(|| api::dispatch(state, call, now));
    answer.unwrap_or_else(|error| error.reply())
}

/// Whether the key is an agent's: it begins with `fd-` and stands as the name of `Basic`; the password is anything.
fn knows(state: &State, login: Option<&str>) -> bool {
    let pair = login.and_then(|login| login.strip_prefix("Basic ")).and_then(|pair| STANDARD.decode(pair).ok());
    let pair = pair.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let key = pair.split_once(':').map_or("", |(key, _)| key);
    key.starts_with("fd-") && !state.config.invalid_keys.iter().any(|invalid| invalid == key)
}

fn take_apart(came: &Came) -> Result<Call> {
    let (plain, query) = split(&came.path);
    let rest = plain.strip_prefix("/api/v2/").ok_or_else(DeskError::not_found)?;
    let body = if came.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&came.body)
            .map_err(|_| DeskError::new(400, "invalid_json", "Request body has invalid json format"))?
    };
    let segments = rest.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Ok(Call { method: came.method.clone(), segments, query, body })
}
