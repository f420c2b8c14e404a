//! GET /api/v1/connections/{id}/mappings

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, MappingView};
use uuid::Uuid;

/// Which field of ours is which of theirs.
#[utoipa::path(
    get,
    path = "/connections/{id}/mappings",
    operation_id = "list_mappings",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 200, body = Vec<MappingView>), Problems),
    extensions(("x-permission" = json!("connection.read")))
)]
pub async fn mappings(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<Vec<MappingView>>> {
    Ok(Json(connection::mappings(&app, &caller, id.into()).await?))
}
