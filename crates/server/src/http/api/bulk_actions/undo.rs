//! POST /api/v1/bulk-actions/{id}/undo

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::bulk::{BulkView, ask};
use uuid::Uuid;

/// Takes a change to many conversations back, within 24 hours: each gets the values it had, as far as nobody changed them
/// since. Answers 409 `not_undoable` otherwise.
#[utoipa::path(
    post,
    path = "/bulk-actions/{id}/undo",
    operation_id = "undo_bulk_action",
    tag = "bulk-actions",
    params(("id" = Uuid, Path, description = "Change")),
    responses((status = 202, body = BulkView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn undo(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<(StatusCode, Json<BulkView>)> {
    Ok((StatusCode::ACCEPTED, Json(ask::undo(&app, &caller, id).await?)))
}
