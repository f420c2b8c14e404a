//! POST /api/v1/closing-categories

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::closing::categories::{self, CategoryView, NewClosingCategory};

/// Adds a category at the end of the list.
#[utoipa::path(
    post,
    path = "/closing-categories",
    operation_id = "create_closing_category",
    tag = "closing",
    request_body = NewClosingCategory,
    responses((status = 201, body = CategoryView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<NewClosingCategory>,
) -> Answer<(StatusCode, Json<CategoryView>)> {
    Ok((StatusCode::CREATED, Json(categories::create(&app, &caller, given).await?)))
}
