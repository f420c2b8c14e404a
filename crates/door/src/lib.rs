//! The door: sockets, what every request passes, who is asking, how answers look, and the hooks where providers and
//! CRMs deliver.
//!
//! It is a crate of its own because it is what has to be fast: everything that runs for each delivery is compiled here,
//! for speed, while the endpoints of the API and the command line, of which there are many, are compiled for size.
//!
//! ```text
//! request -> trace (id, log, metrics) -> headers (security, problem bodies) -> panic -> endpoint
//! ```

pub mod caller;
pub mod extract;
pub mod form;
mod headers;
mod hooks;
pub mod listen;
mod net;
pub mod origin;
pub mod problem;
mod trace;

pub use caller::{Address, Caller};
pub use extract::{Json, Path, Query};
pub use net::Net;
pub use problem::{Answer, Problem, Problems};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use rapport_app::App;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Time an endpoint has to answer, the reading of the body included.
pub const TIMEOUT: Duration = Duration::from_secs(30);

/// Answers 503 after this time.
#[must_use]
pub fn timeout(after: Duration) -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, after)
}

/// Every hook, under `/webhooks`, and files by link under `/files`, which `file` serves.
pub fn hooks(file: MethodRouter<App>) -> Router<App> {
    let hooks = hooks::router().route("/files/{channel_id}/{media_id}/{expires}/{signature}", file);
    hooks.layer(DefaultBodyLimit::max(hooks::MAX_BODY)).layer(timeout(TIMEOUT)).layer(RequestDecompressionLayer::new())
}

/// What every request passes, whatever answers it. `proxies`: those whose `X-Forwarded-For` is believed.
pub fn finish(router: Router<App>, app: App, proxies: Arc<[Net]>) -> Router {
    let outer = ServiceBuilder::new()
        .layer(axum::Extension(proxies))
        .layer(from_fn_with_state(app.clone(), trace::trace))
        .layer(from_fn_with_state(app.settings.is_https(), headers::finish))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .map_response(Response::into_response);
    router.layer(outer).with_state(app)
}
