//! Control of the Graph API stand-in.

use super::{Shared, answer, refuse};
use crate::{
    NumberConfig,
    deliver::Outcome,
    whatsapp::{
        envelope,
        inbound::{self, Injection},
        simulate::{self, Change, Forced, Raw, Traits},
    },
    world::World,
};
use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::oneshot;

/// Endpoints under `/_sandbox/whatsapp`.
pub fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/numbers", get(numbers).post(define))
        .route("/inbound", post(inject))
        .route("/raw", post(raw))
        .route("/status", post(status))
        .route("/received", get(received))
        .route("/customers", get(customers).post(customer))
        .route("/templates", get(templates))
        .route("/templates/{id}/status", post(template))
        .route("/{change}", post(change))
}

async fn numbers(State(world): Shared) -> Json<Value> {
    let state = world.wa();
    let items: Vec<Value> = state
        .numbers
        .values()
        .map(|number| {
            let mut view = json!(number.config);
            view["app_id"] = number.app_id.as_str().into();
            view["callback_url"] = state.callback(&number.config.phone_number_id).map_or(Value::Null, |c| c.0.into());
            view
        })
        .collect();
    Json(json!({ "items": items }))
}

#[derive(Deserialize)]
struct Definition {
    #[serde(default)]
    handshake: bool,
    #[serde(flatten)]
    number: serde_json::Map<String, Value>,
}

async fn define(State(world): Shared, Json(definition): Json<Definition>) -> Response {
    // What is not named keeps its present value.
    let id = definition.number.get("phone_number_id").and_then(Value::as_str);
    let known = id.and_then(|id| {
        let state = world.wa();
        let number = state.numbers.get(id)?;
        let mut config = number.config.clone();
        config.callback_url = state.apps.get(&number.app_id).and_then(|app| app.callback_url.clone());
        Some(config)
    });
    let moved = definition.number.contains_key("callback_url");
    let mut merged = json!(known.unwrap_or_default());
    if let Some(map) = merged.as_object_mut() {
        map.extend(definition.number);
    }
    let config: NumberConfig = match serde_json::from_value(merged) {
        Ok(config) => config,
        Err(error) => return refuse(StatusCode::BAD_REQUEST, error.to_string()),
    };
    let mut view = json!(config);
    {
        let mut state = world.wa();
        state.define(config.clone(), world.clock.now());
        // Who names where webhooks go means it, whatever the number or its account was pointed to before.
        if moved {
            state.point_by_app(&config.phone_number_id);
        }
    }
    if definition.handshake {
        let outcome = match &config.callback_url {
            Some(url) => envelope::handshake(&world, url, &config.verify_token).await,
            None => Err("there is no callback_url".into()),
        };
        view["handshake"] = match outcome {
            Ok(()) => json!({"ok": true}),
            Err(why) => json!({"ok": false, "error": why}),
        };
    }
    Json(view).into_response()
}

async fn inject(State(world): Shared, Json(injection): Json<Injection>) -> Response {
    run(&world, injection).await
}

async fn run(world: &World, injection: Injection) -> Response {
    let wait = injection.wait.unwrap_or(true);
    match inbound::inject(world, injection) {
        Ok((wamid, user_id, delivery)) => Json(inbound::outcome(wamid, user_id, delivery, wait).await).into_response(),
        Err(text) => refuse(StatusCode::BAD_REQUEST, text),
    }
}

async fn change(State(world): Shared, Path(kind): Path<String>, Json(body): Json<Change>) -> Response {
    match simulate::change(&kind, body) {
        Some(injection) => run(&world, injection).await,
        None => refuse(StatusCode::NOT_FOUND, "there is no such control endpoint"),
    }
}

async fn told(delivery: Option<oneshot::Receiver<Outcome>>) -> Value {
    match delivery {
        None => json!({"delivery": "no_subscriber"}),
        Some(delivery) => match delivery.await {
            Ok(outcome) => json!({
                "delivery": if outcome.delivered { "delivered" } else { "failed" },
                "status": outcome.status,
                "error": outcome.error,
            }),
            Err(_) => json!({"delivery": "failed", "error": "dropped before its first try"}),
        },
    }
}

async fn raw(State(world): Shared, Json(body): Json<Raw>) -> Response {
    match simulate::raw(&world, body) {
        Ok(delivery) => Json(told(delivery).await).into_response(),
        Err(text) => refuse(StatusCode::BAD_REQUEST, text),
    }
}

async fn status(State(world): Shared, Json(body): Json<Forced>) -> Response {
    match simulate::force(&world, &body) {
        Ok(delivery) => Json(told(delivery).await).into_response(),
        Err(text) => refuse(StatusCode::NOT_FOUND, text),
    }
}

#[derive(Deserialize)]
struct Filter {
    phone_number_id: Option<String>,
    to: Option<String>,
    status: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    /// Only entries with this running number or later.
    since: Option<u64>,
    limit: Option<usize>,
}

async fn received(State(world): Shared, Query(filter): Query<Filter>) -> Json<Value> {
    let state = world.wa();
    let to = filter.to.as_ref().map(|to| to.trim().trim_start_matches('+').to_owned());
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let limit = filter.limit.unwrap_or(1_000);
    // The newest `limit` entries that fit, oldest first.
    let mut items: Vec<Value> = state
        .received
        .iter()
        .rev()
        .take_while(|entry| filter.since.is_none_or(|since| entry.n >= since))
        .filter(|entry| is(&filter.phone_number_id, &entry.phone_number_id) && is(&to, &entry.to))
        .filter(|entry| is(&filter.status, &entry.status) && is(&filter.kind, &entry.kind))
        .take(limit)
        .map(|entry| json!(entry))
        .collect();
    items.reverse();
    Json(json!({"items": items, "total": state.received.total(), "totals": state.totals}))
}

async fn customers(State(world): Shared) -> Json<Value> {
    let state = world.wa();
    let items: Vec<Value> = state
        .customers
        .values()
        .take(1_000)
        .map(|customer| {
            let mut view = json!(customer);
            view["window_until"] = state
                .numbers
                .keys()
                .filter_map(|p| Some((p.clone(), inbound::window_until(customer, p)?.into())))
                .collect::<serde_json::Map<String, Value>>()
                .into();
            view
        })
        .collect();
    Json(json!({"items": items, "total": state.customers.len()}))
}

async fn customer(State(world): Shared, Json(traits): Json<Traits>) -> Response {
    answer(simulate::customer(&world, traits))
}

async fn templates(State(world): Shared) -> Json<Value> {
    let state = world.wa();
    let items: Vec<Value> = state
        .templates
        .values()
        .map(|template| {
            let mut view = template.view();
            view["waba_id"] = template.waba.as_str().into();
            view
        })
        .collect();
    Json(json!({ "items": items }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStatus {
    status: String,
    reason: Option<String>,
}

async fn template(State(world): Shared, Path(id): Path<String>, Json(body): Json<NewStatus>) -> Response {
    let done = simulate::template_status(&world, &id, &body.status, body.reason.as_deref());
    answer(done.map(|()| json!({"ok": true})))
}
