//! PATCH /api/v1/connections/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, ConnectionPatch, ConnectionView};
use uuid::Uuid;

/// Renames, pauses or resumes a connection, or gives it another token; a token that is taken lets everything that
/// waited go on.
#[utoipa::path(
    patch,
    path = "/connections/{id}",
    operation_id = "update_connection",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    request_body = ConnectionPatch,
    responses((status = 200, body = ConnectionView), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<ConnectionPatch>,
) -> Answer<Json<ConnectionView>> {
    Ok(Json(connection::change(&app, &caller, id.into(), patch).await?))
}
