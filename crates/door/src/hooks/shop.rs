//! `POST /webhooks/shop/{id}`: a shop tells of orders, parcels and products.

use super::crm::{header, unsigned};
use super::room;
use crate::extract::unreadable;
use crate::{Answer, Path};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::shop::source::hook::{Delivery, HEADERS, receive};
use uuid::Uuid;

/// Takes a delivery. 200 means: it is stored.
pub async fn deliver(State(app): State<App>, Path(id): Path<Uuid>, request: Request) -> Response {
    let outcome = take(&app, id, request).await;
    let word = if outcome.is_ok() { "taken" } else { "refused" };
    metrics::counter!("rapport_webhook_deliveries_total", "vendor" => "shop", "outcome" => word).increment(1);
    match outcome {
        Ok(()) => StatusCode::OK.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn take(app: &App, id: Uuid, request: Request) -> Answer<()> {
    let found: Vec<(&str, String)> =
        HEADERS.iter().filter_map(|name| Some((*name, header(request.headers(), name)?))).collect();
    let _room = room(request.headers()).await;
    let body = Bytes::from_request(request, app).await.map_err(|rejection| unreadable(&rejection))?;
    let headers: Vec<(&str, &str)> = found.iter().map(|(name, value)| (*name, value.as_str())).collect();
    receive(app, id, &Delivery { body: &body, headers: &headers }).await.map_err(|error| match error {
        rapport_app::Error::Unauthenticated => unsigned(),
        other => other.into(),
    })
}
