//! `POST /webhooks/{kind}/{connection_id}`: a CRM hints that records changed (`crm-apis.md` §13).

use super::room;
use crate::extract::unreadable;
use crate::{Answer, Path, Problem};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::connection::hook::{Delivery, headers, receive};
use rapport_core::ConnectionId;
use uuid::Uuid;

/// Takes a delivery. 204 means: what it hints at will be fetched.
pub async fn deliver(State(app): State<App>, Path((kind, id)): Path<(String, Uuid)>, request: Request) -> Response {
    let Some(names) = headers(&kind) else { return nowhere().into_response() };
    let outcome = take(&app, &kind, names, ConnectionId(id), request).await;
    let word = if outcome.is_ok() { "taken" } else { "refused" };
    metrics::counter!("rapport_webhook_deliveries_total", "vendor" => kind, "outcome" => word).increment(1);
    match outcome {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// Whether there is anything at all: Intercom asks so before it takes an address for its webhooks.
pub async fn knock(Path((kind, _)): Path<(String, String)>) -> StatusCode {
    if headers(&kind).is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

/// Any other method: there is something here for connectors only.
pub async fn other(Path((kind, _)): Path<(String, String)>) -> Problem {
    if headers(&kind).is_none() { nowhere() } else { Problem::of_status(StatusCode::METHOD_NOT_ALLOWED) }
}

async fn take(app: &App, kind: &str, names: &[&'static str], id: ConnectionId, request: Request) -> Answer<usize> {
    // What is signed is the address as it was called: behind a proxy the public one with this path.
    let path = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let headers = request.headers().clone();
    // Which header proves a call of a company's own CRM, its connection knows.
    let named: Vec<&str> =
        if names.is_empty() { headers.keys().map(HeaderName::as_str).collect() } else { names.to_vec() };
    let found: Vec<(&str, String)> =
        named.into_iter().filter_map(|name| Some((name, header(&headers, name)?))).collect();
    if found.len() < names.len() {
        return Err(unsigned());
    }
    let _room = room(&headers).await;
    let body = Bytes::from_request(request, app).await.map_err(|rejection| unreadable(&rejection))?;
    let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let delivery = Delivery { kind, path: &path, body: &body, headers: &found };
    receive(app, id, &delivery).await.map_err(|error| match error {
        rapport_app::Error::Unauthenticated => unsigned(),
        other => other.into(),
    })
}

/// The one header of this name; two of them are none, because a proxy may have read the other one.
pub(super) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?.to_owned();
    if all.next().is_some() { None } else { Some(first) }
}

fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
}

pub(super) fn unsigned() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "bad_signature", "The signature does not fit the call.")
}
