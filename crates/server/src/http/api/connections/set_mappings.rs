//! PUT /api/v1/connections/{id}/mappings

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::{self, MappingView};
use uuid::Uuid;

/// Replaces all mappings. Each is held against the CRM's own description first; then everything is compared anew.
#[utoipa::path(
    put,
    path = "/connections/{id}/mappings",
    operation_id = "replace_mappings",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    request_body = Vec<MappingView>,
    responses((status = 200, body = Vec<MappingView>), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn set_mappings(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(mappings): Json<Vec<MappingView>>,
) -> Answer<Json<Vec<MappingView>>> {
    Ok(Json(connection::set_mappings(&app, &caller, id.into(), mappings).await?))
}
