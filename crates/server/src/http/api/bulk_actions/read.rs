//! GET /api/v1/bulk-actions/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::bulk::{BulkView, list};
use uuid::Uuid;

/// How far a change to many conversations is.
#[utoipa::path(
    get,
    path = "/bulk-actions/{id}",
    operation_id = "get_bulk_action",
    tag = "bulk-actions",
    params(("id" = Uuid, Path, description = "Change")),
    responses((status = 200, body = BulkView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<BulkView>> {
    Ok(Json(list::get(&app, &caller, id).await?))
}
