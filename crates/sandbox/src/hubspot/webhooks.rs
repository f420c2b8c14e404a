//! Change notifications: up to 100 events in one signed post (crm-apis.md §1).

use super::{
    schema,
    state::{Source, State},
};
use crate::{
    deliver::{Job, Payload},
    timers::Task,
    world::World,
};
use rand::Rng;
use serde_json::{Value, json};

/// Events wait this long for company, milliseconds of sandbox time.
const GATHER: i64 = 100;

fn event(state: &mut State, kind: &str, topic: &str, id: u64, source: Source, now: i64) -> Value {
    let kind = schema::kind(kind);
    let singular = kind.map_or("object", |kind| kind.singular);
    let mut event = json!({
        "eventId": state.rng.random_range(1u64..4_000_000_000),
        "subscriptionId": 2_000 + topic.len(),
        "portalId": state.config.portal_id,
        "appId": state.config.app_id,
        "occurredAt": now,
        "subscriptionType": format!("{singular}.{topic}"),
        "attemptNumber": 0,
        "objectId": id,
        "changeSource": if source == Source::Api { "INTEGRATION" } else { "CRM_UI" },
        "sourceId": if source == Source::Api { state.config.app_id.to_string() } else { "userId:72001".to_owned() },
    });
    if singular == "object" {
        event["objectTypeId"] = kind.map_or("", |kind| kind.number).into();
    }
    event
}

fn push(state: &mut State, event: Value) {
    // Without a receiver nothing is kept.
    if state.config.webhook_url.is_some() && state.pending.len() < 100_000 {
        state.pending.push(event);
    }
}

/// A record was made.
pub fn creation(state: &mut State, kind: &str, id: u64, source: Source, now: i64) {
    let mut event = event(state, kind, "creation", id, source, now);
    event["changeFlag"] = "CREATED".into();
    push(state, event);
}

/// A property changed.
pub fn property(state: &mut State, kind: &str, id: u64, name: &str, value: &str, source: Source, now: i64) {
    let mut event = event(state, kind, "propertyChange", id, source, now);
    event["propertyName"] = name.into();
    event["propertyValue"] = value.into();
    push(state, event);
}

/// A record was archived.
pub fn deletion(state: &mut State, kind: &str, id: u64, source: Source, now: i64) {
    let mut event = event(state, kind, "deletion", id, source, now);
    event["changeFlag"] = "DELETED".into();
    push(state, event);
}

/// Two records became one.
pub fn merge(state: &mut State, kind: &str, primary: u64, other: u64, new: u64, moved: usize, now: i64) {
    let mut event = event(state, kind, "merge", primary, Source::Api, now);
    event["primaryObjectId"] = primary.into();
    event["mergedObjectIds"] = json!([other]);
    event["newObjectId"] = new.into();
    event["numberOfPropertiesMoved"] = moved.into();
    push(state, event);
}

/// Lets waiting events go soon.
pub fn schedule(world: &World, state: &mut State, now: i64) {
    if !state.pending.is_empty() && !state.flushing {
        state.flushing = true;
        world.timers.at(now + GATHER, Task::FlushCrm);
    }
}

/// Sends what has gathered.
pub fn flush(world: &World) {
    let mut state = world.hs();
    state.flushing = false;
    let events = std::mem::take(&mut state.pending);
    let Some(url) = state.config.webhook_url.clone() else {
        return;
    };
    let secret = state.config.client_secret.clone();
    drop(state);
    for chunk in events.chunks(100) {
        world.deliverer.submit(Job {
            url: url.clone(),
            payload: Payload::HubSpot { events: chunk.to_vec(), secret: secret.clone() },
            lane: "hubspot".into(),
            label: "hubspot".into(),
            attempts: 0,
            first_at: world.clock.now(),
            done: None,
        });
    }
}
