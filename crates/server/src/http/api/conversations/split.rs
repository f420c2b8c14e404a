//! POST /api/v1/conversations/{id}/split

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::parts::{self, SplitRequest};
use rapport_app::inbox::view::ConversationView;
use uuid::Uuid;

/// Makes a conversation of its own of a message and everything after it. The new one has the status, assignee, team and
/// priority of this one, which is resolved then: a customer has one open conversation on a channel. Both say so in a line
/// with the other's id.
#[utoipa::path(
    post,
    path = "/conversations/{id}/split",
    operation_id = "split_conversation",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = SplitRequest,
    responses((status = 201, body = ConversationView, description = "The new conversation."), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn split(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(request): Json<SplitRequest>,
) -> Answer<(StatusCode, Json<ConversationView>)> {
    Ok((StatusCode::CREATED, Json(parts::split(&app, &caller, id.into(), request).await?)))
}
