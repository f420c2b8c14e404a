//! GET /api/v1/media/retention

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::media::retention::{self, RetentionView};

/// How long files are kept, and how many that concerns.
#[utoipa::path(
    get,
    path = "/media/retention",
    operation_id = "read_media_retention",
    tag = "media",
    responses((status = 200, body = RetentionView), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn retention(State(app): State<App>, caller: Caller) -> Answer<Json<RetentionView>> {
    Ok(Json(retention::get(&app, &caller).await?))
}
