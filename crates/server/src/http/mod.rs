//! HTTP: the router and everything all endpoints share.
//!
//! ```text
//! request -> the door (rapport-door) -> compression, timeout -> [/api/v1: authorise -> idempotency] -> endpoint -> use case
//! ```

pub mod access;
pub mod api;
pub mod assets;
mod files;
pub mod health;
pub mod idempotency;
pub mod metrics;
pub mod page;

pub use access::Guard;
pub use page::{List, Paging};
pub use rapport_door::{Address, Answer, Caller, Json, Path, Problem, Problems, Query};
pub use rapport_door::{caller, extract, form, listen, origin, problem};

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{Extensions, HeaderMap, Method, StatusCode, Uri, Version, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rapport_app::App;
use rapport_door::{TIMEOUT, timeout};
use std::sync::Arc;
use std::time::Duration;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tower_http::decompression::RequestDecompressionLayer;

/// Largest JSON body, bytes after decompression.
pub const MAX_JSON: usize = 1 << 20;
/// Largest upload, bytes; Meta takes documents up to 100 MB (`whatsapp-cloud-api.md`).
pub const MAX_UPLOAD: usize = 100 << 20;
/// What a form may have beyond its file, so that a file that is too large is told as one.
const FORM_MARGIN: usize = 1 << 20;
/// The same for uploads, which come over slow lines.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// What the router needs beside the application.
#[derive(Clone, Default)]
pub struct Settings {
    /// Renders the metrics; none = `/metrics` is not there.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    /// Bearer token for `/metrics`; none = from this machine only.
    pub metrics_token: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Arc<[crate::config::Net]>,
}

/// The whole HTTP surface.
///
/// # Errors
/// A sentence when an endpoint's document does not say who may call it: a mistake in this program.
pub fn router(app: App, settings: Settings) -> Result<Router, String> {
    let (endpoints, document) = api::endpoints().split_for_parts();
    let (uploads, upload_document) = api::uploads().split_for_parts();
    let document = api::document(document.merge_from(upload_document));
    let guard = Guard::new(app.clone(), &document)?;
    let json = document.to_json().map_err(|error| error.to_string())?;

    let endpoints = endpoints.layer(DefaultBodyLimit::max(MAX_JSON)).layer(timeout(TIMEOUT));
    let uploads = uploads.layer(DefaultBodyLimit::max(MAX_UPLOAD + FORM_MARGIN)).layer(timeout(UPLOAD_TIMEOUT));
    let api = endpoints
        .merge(uploads)
        .route_layer(from_fn_with_state(app.clone(), idempotency::replay))
        .route_layer(from_fn_with_state(guard, access::authorise))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(whole)))
        .layer(RequestDecompressionLayer::new());
    let hooks = rapport_door::hooks(get(files::fetch));
    let rest = Router::new()
        .route("/api/openapi.json", get(move || openapi(json.clone())).layer(CompressionLayer::new()))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .layer(axum::Extension(settings.clone()));

    let all = api.merge(hooks).merge(rest).fallback(fallback);
    Ok(rapport_door::finish(all, app, settings.trusted_proxies))
}

/// Files are sent as they are, so that a player may ask for a piece of one.
fn whole(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

async fn openapi(json: String) -> Response {
    ([("content-type", "application/json"), ("cache-control", "no-cache")], Body::from(json)).into_response()
}

/// What no route has: an unknown API path is a problem, anything else is a page of the web app.
async fn fallback(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let ours = ["/api", "/webhooks", "/files"];
    if ours.iter().any(|root| path == *root || path.starts_with(&format!("{root}/"))) {
        return Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such endpoint.").into_response();
    }
    assets::serve(&method, path, &headers)
}
