//! The Zoho CRM stand-in (crm-apis.md §3), served under `/zoho`: the accounts server, contacts with all that belongs
//! to them, deals and cases. Both are at one address here; in the world the token's answer tells where the other one is.

mod api;
pub mod config;
mod coql;
pub mod error;
mod fields;
mod list;
pub mod state;
pub mod things;
mod token;
pub mod watch;
pub mod write;

use crate::{
    calls::{Came, Logged, split},
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
use error::{Result, ZohoError};
use serde_json::{Value, json};
use state::State;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Credits are counted over a day.
const DAY: i64 = 86_400_000;

/// One call, taken apart.
struct Call {
    method: String,
    /// Path below `/crm/v8`.
    segments: Vec<String>,
    query: BTreeMap<String, String>,
    /// `If-Modified-Since`.
    since: Option<String>,
    body: Value,
}

/// A call while it is answered: counted with those at the same time.
struct Flight(Arc<AtomicUsize>);

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers every call under `/zoho`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let since = request.headers().get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
    let since = since.map(str::to_owned);
    let Some(came) = Came::read(request, "/zoho").await else {
        return Reply::empty(413).into_response();
    };
    let flight = Flight(world.zo().flight.clone());
    let crowded = flight.0.fetch_add(1, Ordering::Relaxed) >= world.zo().config.concurrent;
    let traffic = Traffic { target: Target::Zoho, path: &came.path, method: &came.method, to: "", kind: "" };
    let fault = world.faults.hit(&traffic);
    let forced = |fault: &crate::fault::Fault| {
        let code = fault.code.as_ref().and_then(Value::as_str);
        ZohoError::of(fault.status.unwrap_or(500), code).reply()
    };
    faulty::answer(
        fault,
        || answer(&world, &came, since.as_deref(), crowded),
        forced,
        |status| log(&world, &came, status),
    )
    .await
}

fn answer(world: &Arc<World>, came: &Came, since: Option<&str>, crowded: bool) -> Reply {
    let reply = {
        let mut guard = world.zo();
        let state = &mut *guard;
        let now = world.clock.now();
        let reply = if split(&came.path).0 == "/oauth/v2/token" {
            let (_, mut form) = split(&came.path);
            form.extend(split(&format!("?{}", String::from_utf8_lossy(&came.body))).1);
            token::answer(state, &form, &format!("{}/zoho", world.base_url), now)
        } else {
            judged(state, came, since, crowded, now)
        };
        watch::flush(world, state);
        reply
    };
    log(world, came, reply.status);
    reply
}

fn judged(state: &mut State, came: &Came, since: Option<&str>, crowded: bool, now: i64) -> Reply {
    if let Err(code) = token::knows(state, came.login.as_deref(), now) {
        return ZohoError::of(401, Some(code)).reply();
    }
    let left = match credits(state, came, now) {
        Some(left) if !crowded => left,
        spent => {
            let reply = ZohoError::of(429, None).reply();
            return if spent.is_none() { reply.with("x-api-credits-remaining", 0) } else { reply };
        }
    };
    let outcome = take_apart(came, since).and_then(|call| api::dispatch(state, &call, now));
    let reply = outcome.unwrap_or_else(|error| error.reply());
    // It is told once half of them are used.
    if left * 2 < state.config.credits { reply.with("x-api-credits-remaining", left) } else { reply }
}

/// Counts the call; what is left, or `None` when nothing was.
fn credits(state: &mut State, came: &Came, now: i64) -> Option<u32> {
    while state.used.front().is_some_and(|(at, _)| now - at >= DAY || *at > now) {
        state.used.pop_front();
    }
    let used: u32 = state.used.iter().map(|(_, cost)| cost).sum();
    // A write costs one for each ten rows.
    let rows = serde_json::from_slice::<Value>(&came.body).ok().and_then(|body| Some(body["data"].as_array()?.len()));
    let cost = match (came.method.as_str(), rows) {
        ("GET", _) if came.path.contains("/deleted") => 2,
        (_, Some(rows)) => u32::try_from(rows.div_ceil(10)).unwrap_or(1).max(1),
        _ => 1,
    };
    if used + cost > state.config.credits {
        return None;
    }
    // Calls of one second are one entry.
    match state.used.back_mut().filter(|(at, _)| now - *at < 1_000) {
        Some((_, sum)) => *sum += cost,
        None => state.used.push_back((now, cost)),
    }
    Some(state.config.credits - used - cost)
}

fn take_apart(came: &Came, since: Option<&str>) -> Result<Call> {
    let (plain, query) = split(&came.path);
    let rest = plain.strip_prefix("/crm/v8/").ok_or_else(ZohoError::no_path)?;
    let body = if came.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&came.body)
            .map_err(|_| ZohoError::new(400, "INVALID_DATA", "body is not in json format", json!({})))?
    };
    Ok(Call {
        method: came.method.clone(),
        segments: rest.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
        query,
        since: since.map(str::to_owned),
        body,
    })
}

fn log(world: &World, came: &Came, status: u16) {
    let line = Logged::new(world.clock.now(), &came.method, &came.path, &came.body, status);
    world.zo().log.push(line);
}
