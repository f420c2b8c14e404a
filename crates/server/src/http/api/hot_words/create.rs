//! POST /api/v1/hot-words

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::understanding::words::{self, HotWordBody, HotWordView};

/// Adds a hot word. What customers wrote in the last 90 days is counted again.
#[utoipa::path(
    post,
    path = "/hot-words",
    operation_id = "create_hot_word",
    tag = "understanding",
    request_body = HotWordBody,
    responses((status = 201, body = HotWordView), Problems),
    extensions(("x-permission" = json!("rule.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<HotWordBody>,
) -> Answer<(StatusCode, Json<HotWordView>)> {
    Ok((StatusCode::CREATED, Json(words::create(&app, &caller, new).await?)))
}
