//! Control of what Meta does: reviews, templates, numbers and accounts; and of crowds of customers.

use super::{Shared, answer};
use crate::{
    whatsapp::{
        crowd::{self, Crowd},
        events, quality,
    },
    world::World,
};
use axum::{
    Json, Router,
    extract::{Path, State},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Endpoints under `/_sandbox/whatsapp`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/templates/{id}/events", post(template))
        .route("/numbers/{id}/events", post(number))
        .route("/reviews", get(reviews).post(choose).delete(forget))
        .route("/crowds", get(crowds).post(begin).delete(stop))
}

async fn template(State(world): Shared, Path(wanted): Path<String>, Json(event): Json<quality::Event>) -> Response {
    let mut guard = world.wa();
    let state = &mut *guard;
    let id = quality::find(state, &wanted).ok_or_else(|| format!("there is no template {wanted}"));
    let done = id.and_then(|id| {
        quality::happen(&world, state, &id, event)?;
        Ok(state.templates.get(&id).map_or(Value::Null, |template| template.view()))
    });
    answer(done)
}

async fn number(State(world): Shared, Path(id): Path<String>, Json(event): Json<events::Event>) -> Response {
    answer(events::happen(&world, &id, event).map(|()| json!({"ok": true})))
}

async fn reviews(State(world): Shared) -> Json<Value> {
    Json(json!({"items": world.wa().reviews}))
}

async fn choose(State(world): Shared, Json(review): Json<quality::Review>) -> Response {
    use quality::Event;
    let possible =
        matches!(review.outcome, Event::Approve | Event::Reject { .. } | Event::Hold | Event::Category { .. });
    if !possible {
        return answer(Err("a review ends in approve, reject, hold or category".into()));
    }
    let mut state = world.wa();
    state.reviews.push(review);
    // A list this long means a script forgot to clean up: the oldest go.
    if state.reviews.len() > 1_000 {
        state.reviews.remove(0);
    }
    answer(Ok(json!({"items": state.reviews})))
}

async fn forget(State(world): Shared) -> Json<Value> {
    world.wa().reviews.clear();
    Json(json!({"ok": true}))
}

async fn crowds(State(world): Shared) -> Json<Value> {
    Json(json!({"items": world.wa().crowds}))
}

async fn begin(State(world): Shared, Json(new): Json<Crowd>) -> Response {
    answer(crowd::begin(&world, new).map(|id| json!({"id": id})))
}

async fn stop(State(world): Shared) -> Json<Value> {
    world.wa().crowds.clear();
    Json(json!({"ok": true}))
}
