//! POST /api/v1/bulk-actions/{id}/cancel

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::bulk::{BulkView, ask};
use uuid::Uuid;

/// Stops a change to many conversations; what has had its turn stays changed.
#[utoipa::path(
    post,
    path = "/bulk-actions/{id}/cancel",
    operation_id = "cancel_bulk_action",
    tag = "bulk-actions",
    params(("id" = Uuid, Path, description = "Change")),
    responses((status = 200, body = BulkView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn cancel(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<BulkView>> {
    Ok(Json(ask::cancel(&app, &caller, id).await?))
}
