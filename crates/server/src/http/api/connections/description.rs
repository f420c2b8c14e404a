//! GET /api/v1/connections/{id}/description

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection;
use serde_json::Value;
use uuid::Uuid;

/// What the owner of a CRM says of it, for a kind that is `described`; null for others. It can be given to another
/// connection as it is, and holds no secret.
#[utoipa::path(
    get,
    path = "/connections/{id}/description",
    operation_id = "read_connection_description",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 200, body = Option<Object>), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn description(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<Value>> {
    Ok(Json(connection::description(&app, &caller, id.into()).await?))
}
