//! Control of the Zoho stand-in: what a person does there.

use super::{Shared, answer};
use crate::{
    world::World,
    zoho::{
        error::ZohoError,
        state::{Gone, State as Account},
        things, watch, write,
    },
};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::Response,
    routing::{delete, get, post},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Endpoints under `/_sandbox/zoho`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/contacts", get(contacts).post(create))
        .route("/contacts/{id}", post(edit).delete(remove))
        .route("/contacts/{id}/merge_into/{winner}", post(merge))
        .route("/things/{module}", get(things))
        .route("/things/{module}/{id}", post(edit_thing).delete(remove_thing))
        .route("/tokens", delete(revoke))
        .route("/bin", delete(empty_bin))
        .route("/fields/{name}", delete(forget_field))
        .route("/watches", get(watches))
        .route("/requests", super::requests(World::zo, |state| &mut state.log))
}

/// Does it, tells channels, and shows the contact.
fn act(world: &World, change: impl FnOnce(&mut Account, i64) -> Result<u64, ZohoError>) -> Response {
    let mut state = world.zo();
    let outcome = change(&mut state, world.clock.now());
    watch::flush(world, &mut state);
    let shown = outcome.map(|id| state.contacts.get(&id).map_or(Value::Null, |contact| state.view(contact, None)));
    answer(shown.map_err(|error| error.body.to_string()))
}

async fn things(State(world): Shared, Path(module): Path<String>) -> Json<Value> {
    let state = world.zo();
    let shelf = state.things.iter().find(|shelf| shelf.module == module);
    let all = shelf.into_iter().flat_map(|shelf| shelf.records.values().map(move |one| (shelf, one)));
    let items: Vec<Value> = all.map(|(shelf, one)| things::view(&state, shelf, one, None)).collect();
    Json(json!({"total": items.len(), "items": items}))
}

async fn edit_thing(
    State(world): Shared,
    Path((module, id)): Path<(String, u64)>,
    Json(body): Json<Value>,
) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| things::update(state, &module, id, &given, now).map(|()| id))
}

async fn remove_thing(State(world): Shared, Path((module, id)): Path<(String, u64)>) -> Response {
    act(&world, |state, now| things::delete(state, &module, id, now).map(|()| id))
}

async fn contacts(State(world): Shared) -> Json<Value> {
    let state = world.zo();
    let items: Vec<Value> = state.contacts.values().take(10_000).map(|contact| state.view(contact, None)).collect();
    Json(json!({"items": items, "total": state.contacts.len()}))
}

async fn create(State(world): Shared, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::insert(state, &given, now))
}

async fn edit(State(world): Shared, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::update(state, id, &given, now).map(|()| id))
}

async fn remove(State(world): Shared, Path(id): Path<u64>) -> Response {
    act(&world, |state, now| write::delete(state, id, now).map(|()| id))
}

async fn merge(State(world): Shared, Path((id, winner)): Path<(u64, u64)>) -> Response {
    act(&world, |state, now| write::merge(state, id, winner, now).map(|()| winner))
}

/// All access tokens end in this moment.
async fn revoke(State(world): Shared) -> Json<Value> {
    let mut state = world.zo();
    let many = state.tokens.len();
    state.tokens.clear();
    Json(json!({"revoked": many}))
}

/// The recycle bin is emptied.
async fn empty_bin(State(world): Shared) -> Json<Value> {
    let mut state = world.zo();
    let empty = |gone: &mut Gone| gone.permanent = true;
    state.gone.iter_mut().for_each(empty);
    Json(json!({"ok": true}))
}

/// A field is removed, with all its values.
async fn forget_field(State(world): Shared, Path(name): Path<String>) -> Json<Value> {
    let mut state = world.zo();
    state.fields.retain(|field| field.name != name);
    state.unique.remove(&name);
    for contact in state.contacts.values_mut() {
        contact.fields.remove(&name);
    }
    Json(json!({"ok": true}))
}

async fn watches(State(world): Shared) -> Json<Value> {
    let state = world.zo();
    let view = |(id, watch): (&u64, &watch::Watch)| json!({"id": id, "url": watch.url, "until": watch.until});
    Json(json!({"items": state.watches.iter().map(view).collect::<Vec<Value>>()}))
}
