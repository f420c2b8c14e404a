//! One id, one log line and one measurement a request. Never the query string, a header or a body.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{Counter, Histogram};
use rapport_app::App;
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tracing::Instrument;

/// The header that names a request in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps a request. The id is always ours: a foreign one could forge log lines.
pub async fn trace(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = app.ids.uuid(app.now()).to_string();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    // The route as it is written in the program: no ids, so that logs and metrics stay few and anonymous.
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    // Deliveries come by the thousand: their lines are made when somebody asks for that much detail.
    let span = if route.starts_with("/webhooks") {
        tracing::debug_span!("request", id, method, route)
    } else {
        tracing::info_span!("request", id, method, route)
    };
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    measure(method, route, status, elapsed);
    let duration_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| match status {
        500.. => tracing::warn!(request = id, status, duration_ms, "answered"),
        _ => tracing::debug!(status, duration_ms, "answered"),
    });
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The measurements of one kind of request.
struct Meter {
    method: &'static str,
    status: u16,
    count: Counter,
    seconds: Histogram,
}

thread_local! {
    /// Meters this thread has used, by route. To look one up in the recorder costs as much as a short request.
    static METERS: RefCell<HashMap<String, Vec<Meter>>> = RefCell::default();
}

fn measure(method: &'static str, route: &str, status: u16, elapsed: Duration) {
    METERS.with_borrow_mut(|meters| {
        if !meters.contains_key(route) {
            meters.insert(route.to_owned(), Vec::new());
        }
        let Some(known) = meters.get_mut(route) else { return };
        let at = known.iter().position(|meter| meter.status == status && meter.method == method).unwrap_or_else(|| {
            known.push(Meter::new(method, route, status));
            known.len() - 1
        });
        known[at].count.increment(1);
        known[at].seconds.record(elapsed.as_secs_f64());
    });
}

impl Meter {
    fn new(method: &'static str, route: &str, status: u16) -> Self {
        let labels = [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        Self {
            method,
            status,
            count: metrics::counter!("rapport_http_requests_total", &labels),
            seconds: metrics::histogram!("rapport_http_request_seconds", "method" => method, "route" => route.to_owned()),
        }
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
