//! GET /api/v1/connections/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, ConnectionView};
use uuid::Uuid;

/// One connection with figures of how it fares.
#[utoipa::path(
    get,
    path = "/connections/{id}",
    operation_id = "read_connection",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 200, body = ConnectionView), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ConnectionView>> {
    Ok(Json(connection::get(&app, &caller, id.into()).await?))
}
