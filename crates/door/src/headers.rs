//! The last hand on every answer: security headers, and a problem document for errors that come without one.

use super::problem::{MEDIA_TYPE, Problem};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing inline, nothing from elsewhere. Pictures may come from memory (previews before an upload).
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
];

/// Finishes an answer.
pub async fn finish(State(https): State<bool>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let machine = path.starts_with("/api") || path.starts_with("/webhooks");
    let head = request.method() == Method::HEAD;
    let delivery = request.method() == Method::POST && path.starts_with("/webhooks");
    let mut response = next.run(request).await;
    let status = response.status();
    if delivery && status.is_success() {
        // No browser reads these, and they come by the thousand.
        return response;
    }
    if (status.is_client_error() || status.is_server_error()) && machine && !head && !is_problem(&response) {
        response = with_document(response);
    }
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        set(headers, name, value);
    }
    set(headers, header::CONTENT_SECURITY_POLICY, POLICY);
    if https {
        set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if machine {
        // Customers' words must not stay in a shared cache or on a disk.
        set(headers, header::CACHE_CONTROL, "no-store");
    }
    response
}

/// Sets a header unless the endpoint chose its own value.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

fn is_problem(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes() == MEDIA_TYPE.as_bytes())
}

/// The same status and headers (`Allow`, `Retry-After`) with a problem as body.
fn with_document(response: Response) -> Response {
    let mut described = Problem::of_status(response.status()).into_response();
    for (name, value) in response.headers() {
        let about_body =
            [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING];
        if !about_body.contains(name) {
            described.headers_mut().insert(name, value.clone());
        }
    }
    described
}
