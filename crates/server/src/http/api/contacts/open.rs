//! POST /api/v1/contacts/{id}/conversations

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::contact::conversations::{self, OpenConversation};
use rapport_app::inbox::view::ConversationView;
use uuid::Uuid;

/// The conversation to write to a contact in: their unresolved one on the channel, or a new one.
#[utoipa::path(
    post,
    path = "/contacts/{id}/conversations",
    operation_id = "open_conversation",
    tag = "contacts",
    params(("id" = Uuid, Path, description = "Contact")),
    request_body = OpenConversation,
    responses(
        (status = 201, body = ConversationView, description = "It was made."),
        (status = 200, body = ConversationView, description = "It was there."),
        Problems
    ),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn open(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(wanted): Json<OpenConversation>,
) -> Answer<(StatusCode, Json<ConversationView>)> {
    let (conversation, is_new) = conversations::open(&app, &caller, id.into(), wanted).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(conversation)))
}
