//! Control of the Intercom stand-in: what a person does there.

use super::{Shared, answer};
use crate::{
    intercom::{
        error::Result,
        state::{Contact, State as Workspace},
        webhooks, write,
    },
    world::World,
};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Endpoints under `/_sandbox/intercom`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/contacts", get(contacts).post(create))
        .route("/contacts/{id}", post(edit).delete(remove))
        .route("/contacts/{id}/archive", post(archive))
        .route("/contacts/{id}/unarchive", post(unarchive))
        .route("/contacts/{id}/merge_into/{user}", post(merge))
        .route("/requests", super::requests(World::ic, |state| &mut state.log))
        .route("/webhooks", post(subscribe))
}

/// Does it, tells webhooks, and shows what came of it.
fn act(world: &World, change: impl FnOnce(&mut Workspace, i64) -> Result<Value>) -> Response {
    let mut state = world.ic();
    let outcome = change(&mut state, world.clock.now());
    webhooks::flush(world, &mut state);
    answer(outcome.map_err(|error| format!("{} {}", error.http, error.message)))
}

fn shown(state: &Workspace, contact: &Contact) -> Value {
    let mut view = contact.view(&state.config.workspace_id);
    view["archived"] = contact.archived.into();
    view
}

fn one(state: &Workspace, id: &str) -> Value {
    state.contacts.get(id).map(|contact| shown(state, contact)).unwrap_or_default()
}

async fn contacts(State(world): Shared) -> Json<Value> {
    let state = world.ic();
    let items: Vec<Value> = state.contacts.values().take(10_000).map(|contact| shown(&state, contact)).collect();
    Json(json!({"items": items, "total": state.contacts.len()}))
}

async fn create(State(world): Shared, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::create(state, &given, true, now).map(|id| one(state, &id)))
}

async fn edit(State(world): Shared, Path(id): Path<String>, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::update(state, &id, &given, now).map(|()| one(state, &id)))
}

async fn remove(State(world): Shared, Path(id): Path<String>) -> Response {
    act(&world, |state, now| write::delete(state, &id, now))
}

async fn archive(State(world): Shared, Path(id): Path<String>) -> Response {
    act(&world, |state, now| write::archive(state, &id, true, now))
}

async fn unarchive(State(world): Shared, Path(id): Path<String>) -> Response {
    act(&world, |state, now| write::archive(state, &id, false, now))
}

async fn merge(State(world): Shared, Path((id, user)): Path<(String, String)>) -> Response {
    act(&world, |state, now| write::merge(state, &id, &user, false, now).map(|()| one(state, &user)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    target_url: Option<String>,
    client_secret: Option<String>,
}

async fn subscribe(State(world): Shared, Json(body): Json<Subscription>) -> Json<Value> {
    let mut state = world.ic();
    state.config.webhook_url = body.target_url;
    if let Some(secret) = body.client_secret {
        state.config.client_secret = secret;
    }
    Json(json!({"target_url": state.config.webhook_url}))
}
