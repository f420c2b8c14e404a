//! POST /api/v1/conversations/{id}/typing

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::typing::{self, Typing};
use uuid::Uuid;

/// Tells the team that somebody is typing and, while the window is open, the customer.
#[utoipa::path(
    post,
    path = "/conversations/{id}/typing",
    operation_id = "say_typing",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = Typing,
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn typing(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(typing): Json<Typing>,
) -> Answer<StatusCode> {
    typing::say(&app, &caller, id.into(), typing).await?;
    Ok(StatusCode::NO_CONTENT)
}
