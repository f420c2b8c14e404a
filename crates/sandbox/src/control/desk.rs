//! Control of the Zendesk stand-in: what a person does there.

use super::{Shared, answer};
use crate::{
    world::World,
    zendesk::{
        error::ZenError,
        state::{State as Desk, User},
        tickets::{self, Ticket},
        webhooks, write,
    },
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

/// Endpoints under `/_sandbox/zendesk`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/users", get(users).post(create))
        .route("/users/{id}", post(edit).delete(remove))
        .route("/users/{id}/merge_into/{winner}", post(merge))
        .route("/tickets", get(tickets))
        .route("/tickets/{id}", post(edit_ticket).delete(remove_ticket))
        .route("/requests", super::requests(World::zd, |state| &mut state.log))
        .route("/webhooks", post(subscribe))
}

/// Does it, tells webhooks, and shows the user.
fn act(world: &World, change: impl FnOnce(&mut Desk, i64) -> Result<u64, ZenError>) -> Response {
    let mut state = world.zd();
    let outcome = change(&mut state, world.clock.now());
    webhooks::flush(world, &mut state);
    let shown = outcome.map(|id| state.users.get(&id).map_or(Value::Null, User::view));
    answer(shown.map_err(|error| error.body.to_string()))
}

async fn users(State(world): Shared) -> Json<Value> {
    let state = world.zd();
    let items: Vec<Value> = state.users.values().take(10_000).map(User::view).collect();
    Json(json!({"items": items, "total": state.users.len()}))
}

async fn create(State(world): Shared, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::create(state, &given, now))
}

async fn edit(State(world): Shared, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    act(&world, |state, now| write::update(state, id, &given, now).map(|()| id))
}

async fn remove(State(world): Shared, Path(id): Path<u64>) -> Response {
    act(&world, |state, now| write::delete(state, id, "deleted", json!({}), now).map(|()| id))
}

async fn merge(State(world): Shared, Path((id, winner)): Path<(u64, u64)>) -> Response {
    act(&world, |state, now| write::merge(state, id, winner, now).map(|()| winner))
}

async fn tickets(State(world): Shared) -> Json<Value> {
    let state = world.zd();
    let items: Vec<Value> = state.tickets.values().take(10_000).map(Ticket::view).collect();
    Json(json!({"items": items, "total": state.tickets.len()}))
}

async fn edit_ticket(State(world): Shared, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    let given = body.as_object().cloned().unwrap_or_default();
    let mut state = world.zd();
    let outcome = tickets::update(&mut state, id, &given, world.clock.now());
    let shown = outcome.map(|()| state.tickets.get(&id).map_or(Value::Null, Ticket::view));
    answer(shown.map_err(|error| error.body.to_string()))
}

async fn remove_ticket(State(world): Shared, Path(id): Path<u64>) -> Response {
    let outcome = tickets::delete(&mut world.zd(), id, world.clock.now());
    answer(outcome.map(|()| json!({"ok": true})).map_err(|error| error.body.to_string()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    target_url: Option<String>,
    signing_secret: Option<String>,
}

async fn subscribe(State(world): Shared, Json(body): Json<Subscription>) -> Json<Value> {
    let mut state = world.zd();
    state.config.webhook_url = body.target_url;
    if let Some(secret) = body.signing_secret {
        state.config.signing_secret = secret;
    }
    Json(json!({"target_url": state.config.webhook_url}))
}
