//! The control API under `/_sandbox/`: makes things happen and shows what was received.

mod crm;
mod desk;
mod events;
mod force;
mod freshdesk;
mod intercom;
mod rest;
mod whatsapp;
mod zoho;

use crate::{
    bounded::Ring,
    calls::{Filter, Logged},
    clock::SPEEDS,
    fault::Fault,
    world::World,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{MethodRouter, delete, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::{Arc, MutexGuard, PoisonError, atomic::Ordering};

type Shared = State<Arc<World>>;

/// All control endpoints.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/state", get(state))
        .route("/reset", post(reset))
        .route("/clock", get(clock).post(set_clock))
        .route("/limits", get(limits).post(set_limits))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/deliveries", get(deliveries))
        .nest("/whatsapp", whatsapp::router().merge(events::router()))
        .nest("/hubspot", crm::router())
        .nest("/zendesk", desk::router())
        .nest("/zoho", zoho::router())
        .nest("/salesforce", force::router())
        .nest("/freshdesk", freshdesk::router())
        .nest("/intercom", intercom::router())
        .nest("/rest", rest::router())
        .fallback(|| async { refuse(StatusCode::NOT_FOUND, "there is no such control endpoint") })
}

/// An error of the control API: `{"error": text}`.
pub fn refuse(status: StatusCode, text: impl Into<String>) -> Response {
    (status, Json(json!({"error": text.into()}))).into_response()
}

/// 200 with the value, or 400 with the error.
pub fn answer(result: Result<Value, String>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(text) => refuse(StatusCode::BAD_REQUEST, text),
    }
}

/// What a stand-in was asked: shown, and forgotten by DELETE.
fn requests<S: 'static>(
    state: for<'a> fn(&'a World) -> MutexGuard<'a, S>,
    log: fn(&mut S) -> &mut Ring<Logged>,
) -> MethodRouter<Arc<World>> {
    let shown = move |State(world): Shared, Query(filter): Query<Filter>| async move {
        let mut state = state(&world);
        let log = log(&mut state);
        Json(json!({"items": filter.of(log), "total": log.total()}))
    };
    let forgotten = move |State(world): Shared| async move {
        *log(&mut state(&world)) = Ring::new(world.config.keep.requests);
        Json(json!({"ok": true}))
    };
    get(shown).delete(forgotten)
}

async fn state(State(world): Shared) -> Json<Value> {
    let counts = &world.deliverer.counts;
    let get = |n: &std::sync::atomic::AtomicU64| n.load(Ordering::Relaxed);
    let deliveries = json!({
        "created": get(&counts.created),
        "delivered": get(&counts.delivered),
        "failed_tries": get(&counts.failed_tries),
        "dropped": get(&counts.dropped),
        "duplicated": get(&counts.duplicated),
        "pending": world.deliverer.pending.load(Ordering::Relaxed),
    });
    let whatsapp = {
        let state = world.wa();
        json!({
            "totals": state.totals,
            "numbers": state.numbers.values().map(|number| json!({
                "phone_number_id": number.config.phone_number_id,
                "waba_id": number.config.waba_id,
                "display_phone": number.config.display_phone,
                "app_id": number.app_id,
                "callback": state.callback(&number.config.phone_number_id).map(|c| c.0),
                "registered": number.registered,
            })).collect::<Vec<_>>(),
            "customers": state.customers.len(),
            "templates": state.templates.len(),
            "media": state.media.len(),
            "media_bytes": state.media_bytes,
            "kept_messages": state.received.len(),
            "twilio": {
                "account_sid": state.twilio.config.account_sid,
                "messages": state.twilio.messages.len(),
                "contents": state.twilio.contents.len(),
            },
        })
    };
    let mut all = json!({
        "now": world.clock.now(),
        "speed": world.clock.speed(),
        "timers": world.timers.len(),
        "faults": world.faults.list().len(),
        "deliveries": deliveries,
        "whatsapp": whatsapp,
    });
    for (name, crm) in crms(&world) {
        all[name] = crm;
    }
    Json(all)
}

/// How each CRM stands.
fn crms(world: &World) -> Vec<(&'static str, Value)> {
    let hubspot = {
        let state = world.hs();
        let records: serde_json::Map<String, Value> =
            state.stores.values().map(|store| (store.kind.to_owned(), store.records.len().into())).collect();
        json!({"records": records, "requests": state.log.total(), "webhook_url": state.config.webhook_url})
    };
    let zendesk = {
        let state = world.zd();
        json!({"users": state.users.len(), "requests": state.log.total(), "webhook_url": state.config.webhook_url})
    };
    let freshdesk = {
        let state = world.fd();
        json!({"contacts": state.contacts.len(), "requests": state.log.total(), "webhook_url": state.config.webhook_url})
    };
    let zoho = {
        let state = world.zo();
        json!({"contacts": state.contacts.len(), "requests": state.log.total(), "channels": state.watches.len()})
    };
    let salesforce = {
        let state = world.sf();
        json!({"contacts": state.contacts.len(), "requests": state.log.total(), "tokens": state.grants})
    };
    let intercom = {
        let state = world.ic();
        json!({"contacts": state.contacts.len(), "requests": state.log.total(), "webhook_url": state.config.webhook_url})
    };
    let rest = {
        let state = world.own();
        let records: usize = state.shops.values().map(|shop| shop.records.len()).sum();
        json!({"contacts": records, "requests": state.log.total(), "webhook_url": state.config.webhook_url})
    };
    vec![
        ("rest", rest),
        ("hubspot", hubspot),
        ("zendesk", zendesk),
        ("freshdesk", freshdesk),
        ("zoho", zoho),
        ("salesforce", salesforce),
        ("intercom", intercom),
    ]
}

async fn reset(State(world): Shared) -> Json<Value> {
    world.reset();
    Json(json!({"ok": true}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    speed: Option<f64>,
    advance_ms: Option<i64>,
}

async fn clock(State(world): Shared) -> Json<Value> {
    Json(json!({"now": world.clock.now(), "speed": world.clock.speed()}))
}

async fn set_clock(State(world): Shared, Json(change): Json<ClockChange>) -> Response {
    if let Some(speed) = change.speed {
        if !SPEEDS.contains(&speed) {
            let text = format!("speed must be {} to {}, and it is {speed}", SPEEDS.start(), SPEEDS.end());
            return refuse(StatusCode::BAD_REQUEST, text);
        }
        world.clock.set_speed(speed);
    }
    if let Some(ms) = change.advance_ms {
        world.clock.advance(ms);
    }
    clock(State(world)).await.into_response()
}

async fn limits(State(world): Shared) -> Json<Value> {
    let mut all = {
        let state = world.wa();
        json!({"whatsapp": state.limits, "delays": state.delays, "latency": state.latency, "review_ms": state.review_ms})
    };
    all["hubspot"] = shown(&world.hs().config, "client_secret");
    all["zendesk"] = shown(&world.zd().config, "signing_secret");
    all["zoho"] = shown(&world.zo().config, "invalid_tokens");
    all["salesforce"] = shown(&world.sf().config, "revoked_tokens");
    all["freshdesk"] = shown(&world.fd().config, "webhook_header");
    all["intercom"] = shown(&world.ic().config, "client_secret");
    all["rest"] = shown(&world.own().config, "webhook_secret");
    Json(all)
}

/// A configuration without its secret.
fn shown(config: &impl serde::Serialize, secret: &str) -> Value {
    let mut config = json!(config);
    if let Some(map) = config.as_object_mut() {
        map.remove(secret);
    }
    config
}

/// Lays the given keys over the present values, so that a change names only what it changes.
fn overlay<T: serde::Serialize + serde::de::DeserializeOwned>(present: &T, change: &Value) -> Result<T, String> {
    let mut value = json!(present);
    match (value.as_object_mut(), change.as_object()) {
        (Some(value), Some(change)) => value.extend(change.clone()),
        _ => return Err("an object is expected".into()),
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

async fn set_limits(State(world): Shared, Json(change): Json<Value>) -> Response {
    let Some(object) = change.as_object() else { return refuse(StatusCode::BAD_REQUEST, "an object is expected") };
    for (key, value) in object {
        if let Err(text) = set_limit(&world, key, value) {
            return refuse(StatusCode::BAD_REQUEST, text);
        }
    }
    limits(State(world)).await.into_response()
}

fn set_limit(world: &World, key: &str, value: &Value) -> Result<(), String> {
    match key {
        "whatsapp" => {
            let mut state = world.wa();
            state.limits = overlay(&state.limits, value)?;
        }
        "delays" => {
            let mut state = world.wa();
            state.delays = overlay(&state.delays, value)?;
        }
        "latency" => {
            let mut state = world.wa();
            state.latency = overlay(&state.latency, value)?;
        }
        "review_ms" => world.wa().review_ms = value.as_i64().ok_or("review_ms must be a number")?,
        "hubspot" => {
            let mut state = world.hs();
            state.config = overlay(&state.config, value)?;
        }
        "zendesk" => {
            let mut state = world.zd();
            state.config = overlay(&state.config, value)?;
        }
        "zoho" => {
            let mut state = world.zo();
            state.config = overlay(&state.config, value)?;
        }
        "salesforce" => {
            let mut state = world.sf();
            state.config = overlay(&state.config, value)?;
        }
        "freshdesk" => {
            let mut state = world.fd();
            state.config = overlay(&state.config, value)?;
        }
        "intercom" => {
            let mut state = world.ic();
            state.config = overlay(&state.config, value)?;
        }
        "rest" => {
            let mut state = world.own();
            state.config = overlay(&state.config, value)?;
        }
        other => {
            return Err(format!(
                "unknown key {other}: whatsapp, delays, latency, review_ms, hubspot, zendesk, freshdesk, zoho, salesforce, intercom, rest are known"
            ));
        }
    }
    Ok(())
}

async fn faults(State(world): Shared) -> Json<Value> {
    Json(json!({"items": world.faults.list()}))
}

async fn add_fault(State(world): Shared, Json(fault): Json<Fault>) -> Json<Value> {
    Json(json!(world.faults.add(fault)))
}

async fn clear_faults(State(world): Shared) -> Json<Value> {
    world.faults.clear(None);
    Json(json!({"ok": true}))
}

async fn remove_fault(State(world): Shared, Path(id): Path<u64>) -> Json<Value> {
    world.faults.clear(Some(id));
    Json(json!({"ok": true}))
}

async fn deliveries(State(world): Shared) -> Json<Value> {
    let log = world.deliverer.log.lock().unwrap_or_else(PoisonError::into_inner);
    let items: Vec<&crate::deliver::Logged> = log.iter().rev().take(500).collect();
    Json(json!({"items": items, "total": log.total()}))
}
