//! `GET|POST /webhooks/whatsapp/{channel_id}`: Meta's handshake, and deliveries of whoever carries the number
//! (`whatsapp-cloud-api.md` §2, §16).

use super::room;
use crate::extract::{is_json, unreadable};
use crate::{Answer, Path, Problem, Query};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::channel::receive::{self, Rejected};
use rapport_app::ingest::accept::Accept;
use rapport_connectors::provider::{Delivery, Kind};
use rapport_core::ChannelId;
use std::time::Instant;
use uuid::Uuid;

/// Seconds after which the provider may try again; it has a schedule of its own.
const RETRY_AFTER: u64 = 1;

/// Answers the provider's question whether this address is ours.
pub async fn handshake(
    State(app): State<App>,
    Path(id): Path<Uuid>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer<Response> {
    let channel = receive::door(&app, ChannelId(id)).await.map_err(problem)?;
    match receive::handshake(&app, &channel, &query) {
        // Plain text, so that no browser makes a page of it.
        Some(challenge) => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()),
        None => Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", "The verify token is not this channel's.")),
    }
}

/// Takes a delivery. 200 means: stored.
pub async fn deliver(State(app): State<App>, Path(id): Path<Uuid>, request: Request) -> Response {
    let began = Instant::now();
    let outcome = take(&app, ChannelId(id), request).await;
    metrics::histogram!("rapport_webhook_seconds", "vendor" => "whatsapp").record(began.elapsed().as_secs_f64());
    match outcome {
        Ok(accepted) => {
            metrics::counter!("rapport_webhook_events_total", "vendor" => "whatsapp", "outcome" => "new")
                .increment(accepted.new as u64);
            metrics::counter!("rapport_webhook_events_total", "vendor" => "whatsapp", "outcome" => "duplicate")
                .increment(accepted.duplicates as u64);
            StatusCode::OK.into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

async fn take(app: &App, id: ChannelId, request: Request) -> Answer<Accept> {
    let form = is_form(request.headers());
    if !form && !is_json(request.headers()) {
        refused("content_type");
        return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let channel = receive::door(app, id).await.map_err(problem)?;
    // Forms are Twilio's way only.
    if form && channel.provider != Kind::Twilio {
        refused("content_type");
        return Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let headers = request.headers().clone();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let _room = room(&headers).await;
    let raw = Bytes::from_request(request, app).await.map_err(|rejection| {
        refused("body");
        unreadable(&rejection)
    })?;
    let header = |name: &str| single(&headers, name);
    let delivery = Delivery { headers: &header, query: &query, raw: &raw, at: app.now() };
    receive::receive(app, &channel, &delivery).await.map_err(problem)
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The one header of this name; two of them are none, because a proxy may have read the other one.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    if all.next().is_some() { None } else { Some(first) }
}

fn refused(reason: &'static str) {
    metrics::counter!("rapport_webhook_refused_total", "vendor" => "whatsapp", "reason" => reason).increment(1);
}

fn problem(rejected: Rejected) -> Problem {
    refused(rejected.code());
    match rejected {
        Rejected::Unknown => Problem::of_status(StatusCode::NOT_FOUND),
        Rejected::Signature(error) => {
            tracing::debug!(%error, "a delivery was refused");
            Problem::new(StatusCode::UNAUTHORIZED, "bad_signature", "The signature does not fit the body.")
        }
        Rejected::Body(error) => {
            use rapport_connectors::whatsapp::BadBody;
            let (status, code) = match &error {
                BadBody::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
                BadBody::TooDeep => (StatusCode::BAD_REQUEST, "json_too_deep"),
                _ => (StatusCode::BAD_REQUEST, "invalid_json"),
            };
            Problem::new(status, code, error.to_string())
        }
        Rejected::NotNow(why) => {
            tracing::warn!(why, "a delivery was put off");
            Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).with_retry_after(RETRY_AFTER)
        }
    }
}
