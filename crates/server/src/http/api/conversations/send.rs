//! POST /api/v1/conversations/{id}/messages

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::send::{self, SendRequest};
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Writes to the customer: stored and queued. What the guard refuses now is answered with 422 (`window_closed`,
/// `guard_refused`) and its verdict; what it delays is taken and held.
#[utoipa::path(
    post,
    path = "/conversations/{id}/messages",
    operation_id = "send_message",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = SendRequest,
    responses(
        (status = 202, body = MessageView, description = "It waits for its turn."),
        (status = 200, body = MessageView, description = "The message that this client_id made before."),
        Problems
    ),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn send(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(request): Json<SendRequest>,
) -> Answer<(StatusCode, Json<MessageView>)> {
    let written = send::send(&app, &caller, id.into(), request).await?;
    let status = if written.is_new { StatusCode::ACCEPTED } else { StatusCode::OK };
    Ok((status, Json(written.message)))
}
