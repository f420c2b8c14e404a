//! POST /api/v1/messages/{id}/retry

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::settle;
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Tries a failed or refused message again. Answers 409 `not_retryable` for any other.
#[utoipa::path(
    post,
    path = "/messages/{id}/retry",
    operation_id = "retry_message",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    responses((status = 202, body = MessageView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<(StatusCode, Json<MessageView>)> {
    Ok((StatusCode::ACCEPTED, Json(settle::retry(&app, &caller, id.into()).await?)))
}
