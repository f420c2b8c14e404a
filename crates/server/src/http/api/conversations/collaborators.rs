//! GET /api/v1/conversations/{id}/collaborators

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::watch::{self, WatcherView};
use uuid::Uuid;

/// Everybody who is told of a conversation: collaborators, and those mentioned in its notes.
#[utoipa::path(
    get,
    path = "/conversations/{id}/collaborators",
    operation_id = "list_collaborators",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    responses((status = 200, body = Vec<WatcherView>), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn collaborators(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<Json<Vec<WatcherView>>> {
    Ok(Json(watch::list(&app, &caller, id.into()).await?))
}
