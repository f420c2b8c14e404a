//! `Idempotency-Key`: a write that is repeated with the same key is done once and answered twice.
//!
//! Only success is kept: a request that was refused did nothing and may be sent again, corrected. Answers are sealed,
//! because one may hold a secret (a new API token). Uploads are left out: they are found again by their content.

use super::MAX_JSON;
use super::caller::Caller;
use super::problem::{Answer, Problem};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use rapport_app::vault::Place;
use rapport_store::idempotency::{Begin, begin, complete, forget};
use sha2::{Digest, Sha256};
use tracing::Instrument;
use uuid::Uuid;

/// The request header.
pub const HEADER: &str = "idempotency-key";
/// Marks an answer that was given before.
pub const REPLAYED: &str = "idempotency-replayed";
/// Longest key.
const MAX_KEY: usize = 200;

/// Replays the stored answer of a repeated write, or stores the answer of a new one.
pub async fn replay(State(app): State<App>, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>().cloned();
    let (Some(caller), Some(key)) = (caller, request.headers().get(HEADER)) else {
        return next.run(request).await;
    };
    if request.method().is_safe() || is_upload(request.headers()) {
        return next.run(request).await;
    }
    let key = key.to_str().unwrap_or_default().to_owned();
    if key.is_empty() || key.len() > MAX_KEY {
        let detail = format!("Idempotency-Key must have 1 to {MAX_KEY} ASCII characters.");
        return Problem::new(StatusCode::BAD_REQUEST, "invalid", detail).with_field("Idempotency-Key").into_response();
    }
    // The work goes on when the caller hangs up: otherwise its effect could be stored and its answer lost.
    let task = tokio::spawn(once(app, caller, key, request, next).instrument(tracing::Span::current()));
    match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response(),
        },
    }
}

fn is_upload(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("multipart/")
}

async fn once(app: App, caller: Caller, key: String, request: Request, next: Next) -> Answer<Response> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MAX_JSON).await.map_err(|_| Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE))?;
    // One caller never sees another's answer, even when both choose the same key.
    let actor = caller.actor_id().unwrap_or_default();
    let name = format!("{} {} {actor}", parts.method, parts.uri.path());
    let hash: [u8; 32] = Sha256::new()
        .chain_update(parts.uri.query().unwrap_or_default())
        .chain_update([0])
        .chain_update(&bytes)
        .finalize()
        .into();
    let scope = app.store.workspace(caller.workspace);
    match begin(&scope, &key, &name, &hash, app.now()).await.map_err(rapport_app::Error::from)? {
        Begin::Fresh => {}
        Begin::Running => {
            let detail = "The first request with this key is still running.";
            return Err(Problem::new(StatusCode::CONFLICT, "idempotency_in_progress", detail).with_retry_after(1));
        }
        Begin::Mismatch => {
            let detail = "This Idempotency-Key was used for another request.";
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch", detail);
            return Err(problem.with_field("Idempotency-Key"));
        }
        Begin::Replay { status, body } => return again(&app, &caller, &key, &name, status, &body).await,
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    keep(&app, &caller, &key, &name, response).await
}

async fn keep(app: &App, caller: &Caller, key: &str, name: &str, response: Response) -> Answer<Response> {
    let (parts, body) = response.into_parts();
    let bytes: Bytes = to_bytes(body, usize::MAX).await.map_err(|error| {
        tracing::error!(%error, "an answer could not be read");
        Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let stored = async {
        let tx = app.store.workspace(caller.workspace).write().await?;
        if parts.status.is_success() {
            let sealed = app.key(caller.workspace).await?.seal(place(key, name), &bytes)?;
            complete(&tx, key, name, parts.status.as_u16(), &sealed).await?;
        } else {
            forget(&tx, key, name).await?;
        }
        tx.commit().await?;
        Ok::<_, rapport_app::Error>(())
    };
    if let Err(error) = stored.await {
        // The work is done; the answer must not be withheld because it cannot be remembered.
        tracing::warn!(%error, "an answer could not be kept for repetition");
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

async fn again(app: &App, caller: &Caller, key: &str, name: &str, status: u16, sealed: &[u8]) -> Answer<Response> {
    let workspace_key = app.key(caller.workspace).await?;
    let body = workspace_key.open(place(key, name), sealed).map_err(rapport_app::Error::from)?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = (status, Body::from(body.clone())).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    if !body.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(response)
}

/// The row has no id of its own; key and request name it.
fn place(key: &str, name: &str) -> Place {
    let digest = Sha256::new().chain_update(key).chain_update([0]).chain_update(name).finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    Place::new("idempotency", "body", Uuid::from_bytes(id))
}
