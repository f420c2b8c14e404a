//! POST /api/v1/conversations/{id}/merge

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::parts::{self, MergeRequest};
use rapport_app::inbox::view::ConversationView;
use uuid::Uuid;

/// Makes one conversation of two of the same customer in the same chat, and answers with it. The one being worked on
/// stays, else the newer; whatever is asked about the other's id from then on is answered about the one that stayed.
/// Splitting it undoes that.
#[utoipa::path(
    post,
    path = "/conversations/{id}/merge",
    operation_id = "merge_conversation",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = MergeRequest,
    responses((status = 200, body = ConversationView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn merge(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(request): Json<MergeRequest>,
) -> Answer<Json<ConversationView>> {
    Ok(Json(parts::merge(&app, &caller, id.into(), request).await?))
}
