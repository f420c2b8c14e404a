//! GET /api/v1/views

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::views::{self, ViewView};

/// The views the caller sees: their own, their teams', everybody's, in the order they were made.
#[utoipa::path(
    get,
    path = "/views",
    operation_id = "list_views",
    tag = "views",
    responses((status = 200, body = Vec<ViewView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<Vec<ViewView>>> {
    Ok(Json(views::list(&app, &caller).await?))
}
