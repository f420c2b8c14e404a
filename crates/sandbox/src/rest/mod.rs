//! A company's own CRM, in two makes that agree on nothing.
//!
//! `flat`: a key in a header, pages by number, plain records, moments in whole seconds, unique keys, refusals by field; who
//! asks too often is told so in plain text and not for how long; deleted records stay in the list.
//!
//! `nested`: tokens of limited life, cursors, records within records that leave out what is empty, a clock of two seconds,
//! whole records written under an ETag, repeated creations known by a header; deleted records are simply not there.

mod config;
mod flat;
mod nested;
pub mod state;
pub mod webhooks;
pub mod write;

pub use config::RestConfig;
pub use state::Make;

use crate::{
    calls::{Call, Logged, split},
    fault::{Fault, Target, Traffic},
    faulty,
    reply::Reply,
    world::World,
};
use axum::{
    extract::{Request, State as Extract},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::Value;
use std::sync::Arc;

impl Make {
    /// What its owner would say of it in Rapport.
    #[must_use]
    pub fn description(self) -> Value {
        let text = match self {
            Self::Flat => include_str!("flat.json"),
            Self::Nested => include_str!("nested.json"),
        };
        serde_json::from_str(text).unwrap_or_default()
    }
}

/// A call as it came.
struct Came {
    call: Call,
    headers: HeaderMap,
    body: Bytes,
}

impl Came {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Answers every call under `/rest`.
pub async fn handle(Extract(world): Extract<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let full = parts.uri.path_and_query().map_or("", |path| path.as_str()).to_owned();
    let path = full.strip_prefix("/rest").unwrap_or(&full);
    let method = parts.method.as_str().to_owned();
    let Ok(body) = axum::body::to_bytes(body, 1 << 20).await else { return Reply::empty(413).into_response() };
    let fault = world.faults.hit(&Traffic { target: Target::Rest, path, method: &method, to: "", kind: "" });
    let note = |status| {
        let line = Logged::new(world.clock.now(), &method, path, &body, status);
        world.own().log.push(line);
    };
    let (plain, query) = split(path);
    let decoded = |part: &str| split(&format!("?x={}", part.replace('+', "%2B"))).1.remove("x").unwrap_or_default();
    let mut segments: Vec<String> = plain.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
    let make = segments.first().and_then(|name| Make::parse(name));
    let Some(make) = make else { return Reply::empty(404).into_response() };
    segments.remove(0);
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let call = Call { method: method.clone(), segments, query, body: json };
    let came = Came { call, headers: parts.headers, body: body.clone() };
    let asked = || {
        let reply = answer(&world, make, &came);
        note(reply.status);
        reply
    };
    let forced = |fault: &Fault| refused(make, fault.status.unwrap_or(500));
    faulty::answer(fault, asked, forced, note).await
}

fn answer(world: &World, make: Make, came: &Came) -> Reply {
    let mut state = world.own();
    let now = world.clock.now();
    let counted = state.count(now);
    let reply = match make {
        _ if !counted => refused(make, 429),
        Make::Flat => flat::answer(&mut state, came, now),
        Make::Nested => nested::answer(&mut state, came, now),
    };
    webhooks::flush(world, &mut state);
    let at = jiff::Timestamp::from_millisecond(now).unwrap_or_default();
    reply.with("date", at.strftime("%a, %d %b %Y %H:%M:%S GMT"))
}

/// The usual refusal of a status.
fn refused(make: Make, status: u16) -> Reply {
    match make {
        Make::Flat => flat::refused(status),
        Make::Nested => nested::refused(status),
    }
}
