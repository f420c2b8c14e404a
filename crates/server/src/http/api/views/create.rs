//! POST /api/v1/views

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::views::{self, NewView, ViewView};

/// Saves a view. Sharing it needs `inbox.write`.
#[utoipa::path(
    post,
    path = "/views",
    operation_id = "create_view",
    tag = "views",
    request_body = NewView,
    responses((status = 201, body = ViewView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewView>,
) -> Answer<(StatusCode, Json<ViewView>)> {
    Ok((StatusCode::CREATED, Json(views::create(&app, &caller, new).await?)))
}
