//! PATCH /api/v1/media/retention

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::media::retention::{self, RetentionPatch, RetentionView};

/// Changes how long files are kept. Older ones are deleted at three at night by the workspace's clock; their messages
/// stay and say so.
#[utoipa::path(
    patch,
    path = "/media/retention",
    operation_id = "update_media_retention",
    tag = "media",
    request_body = RetentionPatch,
    responses((status = 200, body = RetentionView), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn set_retention(
    State(app): State<App>,
    caller: Caller,
    Json(patch): Json<RetentionPatch>,
) -> Answer<Json<RetentionView>> {
    Ok(Json(retention::set(&app, &caller, patch).await?))
}
