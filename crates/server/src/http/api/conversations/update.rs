//! PATCH /api/v1/conversations/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::update::{self, ConversationPatch};
use rapport_app::inbox::view::ConversationView;
use uuid::Uuid;

/// Assigns, prioritises, snoozes, resolves or reopens. Answers 409 `conversation_exists` when the customer has another
/// open conversation on the channel.
#[utoipa::path(
    patch,
    path = "/conversations/{id}",
    operation_id = "update_conversation",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = ConversationPatch,
    responses((status = 200, body = ConversationView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<ConversationPatch>,
) -> Answer<Json<ConversationView>> {
    Ok(Json(update::update(&app, &caller, id.into(), patch).await?))
}
