//! POST /api/v1/texts/read

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::understanding::reading::{self, ReadingView, TextToRead};

/// Reads a text as a customer's message would be read, and keeps nothing of it.
#[utoipa::path(
    post,
    path = "/texts/read",
    operation_id = "read_text",
    tag = "understanding",
    request_body = TextToRead,
    responses((status = 200, body = ReadingView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn try_text(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<TextToRead>,
) -> Answer<Json<ReadingView>> {
    Ok(Json(reading::try_text(&app, &caller, given).await?))
}
