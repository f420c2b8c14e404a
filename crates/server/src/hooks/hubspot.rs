//! `POST /webhooks/hubspot/{connection_id}`: hints that records changed (`crm-apis.md` §1, §13).

use crate::http::extract::unreadable;
use crate::http::{Answer, Path, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::connection::hook::{Delivery, receive};
use rapport_core::ConnectionId;
use uuid::Uuid;

/// Takes a delivery. 204 means: what it hints at will be fetched.
pub async fn deliver(State(app): State<App>, Path(id): Path<Uuid>, request: Request) -> Response {
    let outcome = take(&app, ConnectionId(id), request).await;
    let word = if outcome.is_ok() { "taken" } else { "refused" };
    metrics::counter!("rapport_webhook_deliveries_total", "vendor" => "hubspot", "outcome" => word).increment(1);
    match outcome {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn take(app: &App, id: ConnectionId, request: Request) -> Answer<usize> {
    // What is signed is the address as it was called: behind a proxy the public one with this path.
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let signature = header(request.headers(), "x-hubspot-signature-v3");
    let timestamp = header(request.headers(), "x-hubspot-request-timestamp");
    if signature.is_none() || timestamp.is_none() {
        return Err(unsigned());
    }
    let body = Bytes::from_request(request, app).await.map_err(|rejection| unreadable(&rejection))?;
    let delivery =
        Delivery { path: &path, body: &body, signature: signature.as_deref(), timestamp: timestamp.as_deref() };
    receive(app, id, &delivery).await.map_err(|error| match error {
        rapport_app::Error::Unauthenticated => unsigned(),
        other => other.into(),
    })
}

/// The one header of this name; two of them are none, because a proxy may have read the other one.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?.to_owned();
    if all.next().is_some() { None } else { Some(first) }
}

fn unsigned() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "bad_signature", "The signature does not fit the call.")
}
