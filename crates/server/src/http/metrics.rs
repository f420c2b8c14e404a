//! `/metrics` for Prometheus.

use super::problem::Problem;
use super::{Settings, caller};
use axum::Extension;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq;

/// Shows the metrics to whoever has the token; without a configured token, to this machine only.
pub async fn show(Extension(settings): Extension<Settings>, parts: Parts) -> Response {
    let Some(handle) = settings.metrics.as_ref().filter(|_| may_see(&settings, &parts)) else {
        return Problem::of_status(StatusCode::NOT_FOUND).into_response();
    };
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}

fn may_see(settings: &Settings, parts: &Parts) -> bool {
    if let Some(token) = &settings.metrics_token {
        let given = parts.headers.get(header::AUTHORIZATION).map(|value| value.as_bytes()).unwrap_or_default();
        return given.ct_eq(format!("Bearer {token}").as_bytes()).into();
    }
    // Behind a proxy on this machine everybody comes from this machine.
    caller::peer(parts).is_some_and(|peer| peer.is_loopback()) && !parts.headers.contains_key("x-forwarded-for")
}
