//! GET /api/v1/conversations/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::list;
use rapport_app::inbox::view::ConversationView;
use uuid::Uuid;

/// One conversation.
#[utoipa::path(
    get,
    path = "/conversations/{id}",
    operation_id = "read_conversation",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    responses((status = 200, body = ConversationView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ConversationView>> {
    Ok(Json(list::get(&app, &caller, id.into()).await?))
}
