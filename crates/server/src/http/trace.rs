//! One id, one log line and one measurement a request. Never the query string, a header or a body.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use rapport_app::App;
use std::time::Instant;
use tracing::Instrument;

/// The header that names a request in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps a request. The id is always ours: a foreign one could forge log lines.
pub async fn trace(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.ids.uuid(app.now()).to_string();
    let method = known(request.method());
    let span = tracing::info_span!("request", id, method, route = tracing::field::Empty);
    let started = Instant::now();
    let route = Route::of(&request);
    span.record("route", route.0.as_str());
    let mut response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let labels = [("method", method.to_owned()), ("route", route.0.clone()), ("status", status.to_string())];
    metrics::counter!("rapport_http_requests_total", &labels).increment(1);
    metrics::histogram!("rapport_http_request_seconds", "method" => method, "route" => route.0)
        .record(elapsed.as_secs_f64());
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match status {
        500.. => tracing::warn!(status, duration_ms, "answered"),
        _ => tracing::debug!(status, duration_ms, "answered"),
    });
    response
}

/// The route as it is written in the program: no ids, so that logs and metrics stay few and anonymous.
struct Route(String);

impl Route {
    fn of(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str);
        Self(route.to_owned())
    }
}

/// Methods are labels: only the usual ones, whatever somebody sends.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
