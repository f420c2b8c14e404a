//! Control of companies' own CRMs: what a person does there.

use super::{Shared, answer};
use crate::{
    rest::{
        Make,
        state::State as Own,
        webhooks,
        write::{Refusal, given},
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

/// Endpoints under `/_sandbox/rest`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/{make}/description", get(description))
        .route("/{make}/contacts", get(contacts).post(create))
        .route("/{make}/contacts/{id}", post(edit).delete(remove))
        .route("/{make}/contacts/{id}/merge_into/{winner}", post(merge))
        .route("/tokens", post(end_tokens))
        .route("/requests", super::requests(World::own, |state| &mut state.log))
        .route("/webhooks", post(subscribe))
}

/// Does it, tells webhooks, and shows the record.
fn act(world: &World, make: &str, change: impl FnOnce(&mut Own, Make, i64) -> Result<u64, Refusal>) -> Response {
    let Some(make) = Make::parse(make) else { return answer(Err(format!("there is no make {make}"))) };
    let mut state = world.own();
    let outcome = change(&mut state, make, world.clock.now());
    webhooks::flush(world, &mut state);
    let shown = outcome.map(|number| {
        let record = state.shops.get(&make).and_then(|shop| shop.records.get(&number));
        record.map_or(Value::Null, |record| state.shown(make, record))
    });
    answer(shown.map_err(|refusal| format!("{refusal:?}")))
}

fn number(make: Make, id: &str) -> Result<u64, Refusal> {
    make.number(id).ok_or(Refusal::Missing)
}

async fn description(Path(make): Path<String>) -> Response {
    answer(Make::parse(&make).map(Make::description).ok_or_else(|| format!("there is no make {make}")))
}

async fn contacts(State(world): Shared, Path(make): Path<String>) -> Response {
    let Some(make) = Make::parse(&make) else { return answer(Err(format!("there is no make {make}"))) };
    let state = world.own();
    let records = || state.shops.get(&make).into_iter().flat_map(|shop| shop.records.values());
    let items: Vec<Value> = records().take(40_000).map(|record| state.shown(make, record)).collect();
    answer(Ok(json!({"items": items, "total": records().count()})))
}

async fn create(State(world): Shared, Path(make): Path<String>, Json(body): Json<Value>) -> Response {
    let texts = given(&body.as_object().cloned().unwrap_or_default());
    act(&world, &make, |state, make, now| state.create(make, texts, now))
}

async fn edit(State(world): Shared, Path((make, id)): Path<(String, String)>, Json(body): Json<Value>) -> Response {
    let texts = given(&body.as_object().cloned().unwrap_or_default());
    act(&world, &make, |state, make, now| {
        let number = number(make, &id)?;
        state.update(make, number, texts, None, now).map(|()| number)
    })
}

async fn remove(State(world): Shared, Path((make, id)): Path<(String, String)>) -> Response {
    act(&world, &make, |state, make, now| {
        let number = number(make, &id)?;
        state.delete(make, number, now).map(|()| number)
    })
}

async fn merge(State(world): Shared, Path((make, id, winner)): Path<(String, String, String)>) -> Response {
    act(&world, &make, |state, make, now| {
        let (loser, winner) = (number(make, &id)?, number(make, &winner)?);
        state.join(make, loser, winner, now).map(|()| winner)
    })
}

/// All tokens end now.
async fn end_tokens(State(world): Shared) -> Json<Value> {
    world.own().tokens.clear();
    Json(json!({"ok": true}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    target_url: Option<String>,
    hook_secret: Option<String>,
}

async fn subscribe(State(world): Shared, Json(body): Json<Subscription>) -> Json<Value> {
    let mut state = world.own();
    state.config.webhook_url = body.target_url;
    if let Some(secret) = body.hook_secret {
        state.config.webhook_secret = secret;
    }
    Json(json!({"target_url": state.config.webhook_url}))
}
