//! Whether the process lives and can work.

use super::extract::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rapport_app::App;
use serde_json::json;
use std::time::Duration;

/// `/healthz`: the process answers. Restart it when it does not.
pub async fn alive() -> Response {
    Json(json!({ "status": "ok" })).into_response()
}

/// `/readyz`: the database answers and every worker has shown itself lately. Send no requests while it does not.
pub async fn ready(State(app): State<App>) -> Response {
    let database = matches!(tokio::time::timeout(Duration::from_secs(2), app.store.ping()).await, Ok(Ok(())));
    let silent = app.pulse.silent();
    let ready = database && silent.is_empty() && !app.shutdown.is_cancelled();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": ready, "database": database, "silent_workers": silent }))).into_response()
}
