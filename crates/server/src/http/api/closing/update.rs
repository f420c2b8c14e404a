//! PATCH /api/v1/closing-categories/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::closing::categories::{self, CategoryView, ClosingCategoryPatch};
use uuid::Uuid;

/// Renames a category, moves it, or puts it away; what it was chosen for keeps it.
#[utoipa::path(
    patch,
    path = "/closing-categories/{id}",
    operation_id = "update_closing_category",
    tag = "closing",
    params(("id" = Uuid, Path, description = "Category")),
    request_body = ClosingCategoryPatch,
    responses((status = 200, body = CategoryView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<ClosingCategoryPatch>,
) -> Answer<Json<CategoryView>> {
    Ok(Json(categories::update(&app, &caller, id, given).await?))
}
