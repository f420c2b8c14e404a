//! PATCH /api/v1/views/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::views::{self, ViewPatch, ViewView};
use uuid::Uuid;

/// Changes a view. A shared one is changed by who made it, and by supervisors.
#[utoipa::path(
    patch,
    path = "/views/{id}",
    operation_id = "update_view",
    tag = "views",
    params(("id" = Uuid, Path, description = "View")),
    request_body = ViewPatch,
    responses((status = 200, body = ViewView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<ViewPatch>,
) -> Answer<Json<ViewView>> {
    Ok(Json(views::update(&app, &caller, id, patch).await?))
}
