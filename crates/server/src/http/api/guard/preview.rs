//! POST /api/v1/guard/preview

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::send::{self, PreviewRequest};
use rapport_app::send::VerdictView;

/// What the guard would say about a message now. Nothing is sent or stored.
#[utoipa::path(
    post,
    path = "/guard/preview",
    operation_id = "preview_guard",
    tag = "guard",
    request_body = PreviewRequest,
    responses((status = 200, body = VerdictView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn preview(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<PreviewRequest>,
) -> Answer<Json<VerdictView>> {
    Ok(Json(send::preview(&app, &caller, request).await?))
}
