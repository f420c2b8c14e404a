//! PUT /api/v1/messages/{id}/intent

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::understanding::label::{self, IntentWord};
use uuid::Uuid;

/// Says what a customer's message wants. The model learns from it.
#[utoipa::path(
    put,
    path = "/messages/{id}/intent",
    operation_id = "say_message_intent",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    request_body = IntentWord,
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn say_intent(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(word): Json<IntentWord>,
) -> Answer<StatusCode> {
    label::say(&app, &caller, id.into(), word).await?;
    Ok(StatusCode::NO_CONTENT)
}
