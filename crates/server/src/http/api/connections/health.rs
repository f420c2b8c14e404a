//! GET /api/v1/connections/{id}/health

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::health::{self, ConnectionHealth};
use uuid::Uuid;

/// How a connection fares: what got through and how fast, what waits, what went wrong, and which fields make trouble.
#[utoipa::path(
    get,
    path = "/connections/{id}/health",
    operation_id = "read_connection_health",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 200, body = ConnectionHealth), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn health(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ConnectionHealth>> {
    Ok(Json(health::health(&app, &caller, id.into()).await?))
}
