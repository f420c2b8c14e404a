//! DELETE /api/v1/messages/{id}/intent

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::understanding::label;
use uuid::Uuid;

/// Takes back what a person said that a message wants.
#[utoipa::path(
    delete,
    path = "/messages/{id}/intent",
    operation_id = "forget_message_intent",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn forget_intent(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    label::take_back(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
