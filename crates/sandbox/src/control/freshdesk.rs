//! Control of the Freshdesk stand-in: what a person does there.

use super::{Shared, answer};
use crate::{
    freshdesk::{
        error::DeskError,
        state::{Contact, State as Desk},
        tickets::{self, Ticket},
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
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Endpoints under `/_sandbox/freshdesk`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/contacts", get(contacts).post(create))
        .route("/contacts/{id}", post(edit).delete(remove))
        .route("/contacts/{id}/restore", post(restore))
        .route("/contacts/{id}/erase", post(erase))
        .route("/contacts/{id}/merge_into/{winner}", post(merge))
        .route("/contacts/{id}/ticket", post(ticket))
        .route("/tickets", get(all_tickets))
        .route("/tickets/{id}", post(edit_ticket).delete(remove_ticket))
        .route("/requests", super::requests(World::fd, |state| &mut state.log))
        .route("/webhooks", post(subscribe))
}

/// Does it and shows the contact.
fn act(world: &World, change: impl FnOnce(&mut Desk, i64) -> Result<u64, DeskError>) -> Response {
    let mut state = world.fd();
    let outcome = change(&mut state, world.clock.now());
    let shown = outcome.map(|id| state.contacts.get(&id).map_or(Value::Null, Contact::view));
    answer(shown.map_err(|error| format!("{} {}", error.http, error.body)))
}

async fn contacts(State(world): Shared) -> Json<Value> {
    let state = world.fd();
    let shown = |contact: &Contact| {
        let mut view = contact.view();
        view["archived"] = contact.deleted.into();
        // In this list `active` tells who is not deleted, as in the other help desk's.
        view["active"] = (!contact.deleted).into();
        view
    };
    let items: Vec<Value> = state.contacts.values().take(40_000).map(shown).collect();
    Json(json!({"items": items, "total": state.contacts.len()}))
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
    act(&world, |state, now| write::trash(state, id, true, now).map(|()| id))
}

async fn restore(State(world): Shared, Path(id): Path<u64>) -> Response {
    act(&world, |state, now| write::trash(state, id, false, now).map(|()| id))
}

async fn erase(State(world): Shared, Path(id): Path<u64>) -> Response {
    act(&world, |state, _| write::erase(state, id, true).map(|()| id))
}

/// As in the agent's screen: of two values the winner's stays.
async fn merge(State(world): Shared, Path((id, winner)): Path<(u64, u64)>) -> Response {
    act(&world, |state, now| {
        let ours = state.alive(winner).map(|contact| contact.attributes.clone()).unwrap_or_default();
        let kept = ["phone", "mobile", "twitter_id", "unique_external_id"].into_iter();
        let chosen: Map<String, Value> = kept
            .filter_map(|name| Some((name.to_owned(), ours.get(name).filter(|value| !value.is_null())?.clone())))
            .collect();
        write::merge(state, winner, &[id], &chosen, now).map(|()| winner)
    })
}

async fn ticket(State(world): Shared, Path(id): Path<u64>) -> Response {
    let state = world.fd();
    webhooks::fire(&world, &state, id);
    answer(Ok(json!({"ok": true})))
}

async fn all_tickets(State(world): Shared) -> Json<Value> {
    let state = world.fd();
    let shown = |ticket: &Ticket| {
        let mut view = ticket.view();
        view["archived"] = ticket.deleted.into();
        view
    };
    let items: Vec<Value> = state.tickets.values().take(10_000).map(shown).collect();
    Json(json!({"items": items, "total": state.tickets.len()}))
}

/// As an agent does it on the screen: the rules see it.
fn act_on_ticket(world: &World, change: impl FnOnce(&mut Desk, i64) -> Result<u64, DeskError>) -> Response {
    let mut state = world.fd();
    let outcome = change(&mut state, world.clock.now());
    if let Ok(id) = &outcome {
        webhooks::changed(world, &state, *id);
    }
    let shown = outcome.map(|id| state.tickets.get(&id).map_or(Value::Null, Ticket::view));
    answer(shown.map_err(|error| format!("{} {}", error.http, error.body)))
}

async fn edit_ticket(State(world): Shared, Path(id): Path<u64>, Json(body): Json<Value>) -> Response {
    act_on_ticket(&world, |state, now| tickets::update(state, id, &body, now))
}

async fn remove_ticket(State(world): Shared, Path(id): Path<u64>) -> Response {
    act_on_ticket(&world, |state, now| tickets::delete(state, id, now))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    target_url: Option<String>,
    header: Option<(String, String)>,
}

async fn subscribe(State(world): Shared, Json(body): Json<Rule>) -> Json<Value> {
    let mut state = world.fd();
    state.config.webhook_url = body.target_url;
    if let Some(header) = body.header {
        state.config.webhook_header = header;
    }
    Json(json!({"target_url": state.config.webhook_url}))
}
