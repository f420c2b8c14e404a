//! Control of the Salesforce stand-in: what a person does there.

use super::{Shared, answer};
use crate::{
    calls::Filter,
    salesforce::{
        error::ForceError,
        query,
        state::{Contact, State as Org},
        things,
        write::{self, Writer},
    },
    world::World,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::Response,
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Endpoints under `/_sandbox/salesforce`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/contacts", get(contacts).post(create))
        .route("/contacts/{id}", post(edit).delete(remove))
        .route("/contacts/{id}/merge_into/{winner}", post(merge))
        .route("/contacts/{id}/lock", post(lock))
        .route("/things/{object}", get(things))
        .route("/things/{object}/{id}", post(edit_thing).delete(remove_thing))
        .route("/currencies", post(currencies))
        .route("/bin", delete(empty_bin))
        .route("/fields/{name}", delete(remove_field))
        .route("/sessions", delete(end_sessions))
        .route("/requests", get(requests).delete(forget_requests))
}

fn view(state: &Org, contact: &Contact) -> Value {
    let names: Vec<String> = state.fields.iter().map(|field| field.name.clone()).collect();
    let mut view = query::shown(state, contact, &names);
    view["id"] = contact.id.clone().into();
    view["archived"] = contact.deleted.into();
    view
}

/// Does it, and shows the contact.
fn act(world: &World, change: impl FnOnce(&mut Org, i64) -> Result<String, ForceError>) -> Response {
    let mut state = world.sf();
    let outcome = change(&mut state, world.clock.now());
    let shown = outcome.map(|id| state.find(&id).map_or(Value::Null, |contact| view(&state, contact)));
    answer(shown.map_err(|error| error.message))
}

async fn things(State(world): Shared, Path(object): Path<String>) -> Json<Value> {
    let mut state = world.sf();
    let items: Vec<Value> = things::shelf(&mut state, &object)
        .map(|shelf| shelf.records.values().filter(|thing| !thing.deleted).map(|thing| shelf.view(thing)).collect())
        .unwrap_or_default();
    Json(json!({"total": items.len(), "items": items}))
}

async fn edit_thing(
    State(world): Shared,
    Path((object, id)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    let outcome = things::update(&mut world.sf(), &object, &id, &given, world.clock.now());
    answer(outcome.map(|()| json!({"ok": true})).map_err(|error| error.message))
}

async fn remove_thing(State(world): Shared, Path((object, id)): Path<(String, String)>) -> Response {
    let outcome = things::delete(&mut world.sf(), &object, &id, world.clock.now());
    answer(outcome.map(|()| json!({"ok": true})).map_err(|error| error.message))
}

/// The org switches on several currencies, which cannot be undone.
async fn currencies(State(world): Shared) -> Json<Value> {
    things::several_currencies(&mut world.sf());
    Json(json!({"ok": true}))
}

async fn contacts(State(world): Shared) -> Json<Value> {
    let state = world.sf();
    let items: Vec<Value> = state.contacts.values().take(10_000).map(|contact| view(&state, contact)).collect();
    Json(json!({"items": items, "total": state.contacts.len()}))
}

async fn create(State(world): Shared, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::create(state, &given, Writer::Anyway, now))
}

async fn edit(State(world): Shared, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::update(state, &id, &given, Writer::Anyway, now).map(|()| id))
}

async fn remove(State(world): Shared, Path(id): Path<String>) -> Response {
    act(&world, |state, now| write::delete(state, &id, now).map(|()| id))
}

async fn merge(State(world): Shared, Path((id, winner)): Path<(String, String)>) -> Response {
    act(&world, |state, now| write::merge(state, &id, &winner, now).map(|()| winner))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lock {
    /// So many writes find it locked.
    times: u32,
}

async fn lock(State(world): Shared, Path(id): Path<String>, Json(lock): Json<Lock>) -> Response {
    act(&world, |state, _| {
        state.contacts.get_mut(&id).ok_or_else(ForceError::not_found)?.locked = lock.times;
        Ok(id)
    })
}

async fn empty_bin(State(world): Shared) -> Json<Value> {
    let mut state = world.sf();
    state.contacts.values_mut().filter(|contact| contact.deleted).for_each(|contact| contact.purged = true);
    Json(json!({"ok": true}))
}

async fn remove_field(State(world): Shared, Path(name): Path<String>) -> Json<Value> {
    let mut state = world.sf();
    state.fields.retain(|field| field.name != name);
    state.contacts.values_mut().for_each(|contact| {
        contact.values.remove(&name);
    });
    Json(json!({"ok": true}))
}

async fn end_sessions(State(world): Shared) -> Json<Value> {
    world.sf().sessions.clear();
    Json(json!({"ok": true}))
}

async fn requests(State(world): Shared, Query(filter): Query<Filter>) -> Json<Value> {
    let state = world.sf();
    Json(json!({"items": filter.of(&state.log), "total": state.log.total(), "grants": state.grants}))
}

async fn forget_requests(State(world): Shared) -> Json<Value> {
    world.sf().log = crate::bounded::Ring::new(world.config.keep.requests);
    Json(json!({"ok": true}))
}
