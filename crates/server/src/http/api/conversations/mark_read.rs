//! POST /api/v1/conversations/{id}/read

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::update;
use uuid::Uuid;

/// Somebody looked at it: nothing is unread any more, and while the window is open the customer sees blue ticks.
#[utoipa::path(
    post,
    path = "/conversations/{id}/read",
    operation_id = "mark_conversation_read",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn mark_read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    update::mark_read(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
