//! Control of the CRM stand-in.

use super::{Shared, answer};
use crate::{
    calls::Filter,
    hubspot::{
        state::{Record, Source},
        webhooks, write,
    },
    world::World,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Endpoints under `/_sandbox/hubspot`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/contacts", get(contacts).post(create_contact))
        .route("/contacts/{id}", post(edit_contact).delete(remove_contact))
        .route("/objects/{kind}", get(list).post(create))
        .route("/objects/{kind}/{id}", post(edit).delete(remove))
        .route("/requests", get(requests).delete(forget_requests))
        .route("/webhooks", post(subscribe))
}

fn view(record: &Record) -> Value {
    let names: Vec<String> = record.properties.keys().cloned().collect();
    record.view(&names)
}

async fn contacts(state: Shared) -> Response {
    list(state, Path("contacts".into())).await
}

async fn create_contact(state: Shared, body: Json<Value>) -> Response {
    create(state, Path("contacts".into()), body).await
}

async fn edit_contact(state: Shared, Path(id): Path<String>, body: Json<Value>) -> Response {
    edit(state, Path(("contacts".into(), id)), body).await
}

async fn remove_contact(state: Shared, Path(id): Path<String>) -> Response {
    remove(state, Path(("contacts".into(), id))).await
}

async fn list(State(world): Shared, Path(kind): Path<String>) -> Response {
    let mut state = world.hs();
    answer(write::store(&mut state, &kind).map_err(|e| e.message).map(|store| {
        let items: Vec<Value> = store.records.values().take(10_000).map(view).collect();
        json!({"items": items, "total": store.records.len()})
    }))
}

/// `{"properties": {..}}`, or the properties themselves.
fn given(body: &Value) -> &Value {
    body.get("properties").unwrap_or(body)
}

async fn create(State(world): Shared, Path(kind): Path<String>, Json(body): Json<Value>) -> Response {
    let now = world.clock.now();
    let mut state = world.hs();
    let made = write::store(&mut state, &kind)
        .and_then(|store| write::properties(store, Some(given(&body))))
        .and_then(|properties| write::create(&mut state, &kind, properties, Source::Person, now));
    webhooks::schedule(&world, &mut state, now);
    let made = made.map(|id| shown(&mut state, &kind, id));
    answer(made.map_err(|error| error.message))
}

fn shown(state: &mut crate::hubspot::state::State, kind: &str, id: u64) -> Value {
    write::store(state, kind).ok().and_then(|store| store.record(id)).map_or(Value::Null, view)
}

async fn edit(State(world): Shared, Path((kind, id)): Path<(String, String)>, Json(body): Json<Value>) -> Response {
    let now = world.clock.now();
    let mut state = world.hs();
    let outcome = write::store(&mut state, &kind).map_err(|e| e.message).and_then(|store| {
        let found = store.find(&id, None).ok_or_else(|| format!("there is no record {id}"))?;
        let properties = write::properties(store, Some(given(&body))).map_err(|e| e.message)?;
        Ok((found, properties))
    });
    let outcome = outcome.and_then(|(id, properties)| {
        write::update(&mut state, &kind, id, properties, Source::Person, now).map_err(|e| e.message)?;
        Ok(shown(&mut state, &kind, id))
    });
    webhooks::schedule(&world, &mut state, now);
    answer(outcome)
}

async fn remove(State(world): Shared, Path((kind, id)): Path<(String, String)>) -> Response {
    let now = world.clock.now();
    let mut state = world.hs();
    let found = write::store(&mut state, &kind).ok().and_then(|store| store.find(&id, None));
    let outcome = match found {
        Some(id) => write::archive(&mut state, &kind, id, Source::Person, now).map_err(|e| e.message),
        None => Err(format!("there is no record {id}")),
    };
    webhooks::schedule(&world, &mut state, now);
    answer(outcome.map(|()| json!({"ok": true})))
}

async fn requests(State(world): Shared, Query(filter): Query<Filter>) -> Json<Value> {
    let state = world.hs();
    Json(json!({"items": filter.of(&state.log), "total": state.log.total(), "counts": state.counts}))
}

async fn forget_requests(State(world): Shared) -> Json<Value> {
    let mut state = world.hs();
    state.log = crate::bounded::Ring::new(world.config.keep.requests);
    state.counts.clear();
    Json(json!({"ok": true}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    target_url: Option<String>,
    client_secret: Option<String>,
    app_id: Option<u64>,
}

async fn subscribe(State(world): Shared, Json(body): Json<Subscription>) -> Json<Value> {
    let mut state = world.hs();
    state.config.webhook_url = body.target_url;
    if let Some(secret) = body.client_secret {
        state.config.client_secret = secret;
    }
    if let Some(app_id) = body.app_id {
        state.config.app_id = app_id;
    }
    Json(
        json!({"target_url": state.config.webhook_url, "app_id": state.config.app_id, "portal_id": state.config.portal_id}),
    )
}
