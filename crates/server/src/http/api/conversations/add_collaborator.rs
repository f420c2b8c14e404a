//! POST /api/v1/conversations/{id}/collaborators

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::watch::{self, NewCollaborator, WatcherView};
use uuid::Uuid;

/// Makes a user a collaborator: they are told now, of every note, and of what the customer writes. Repeating it changes
/// nothing.
#[utoipa::path(
    post,
    path = "/conversations/{id}/collaborators",
    operation_id = "add_collaborator",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = NewCollaborator,
    responses((status = 200, body = Vec<WatcherView>), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn add_collaborator(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewCollaborator>,
) -> Answer<Json<Vec<WatcherView>>> {
    Ok(Json(watch::add(&app, &caller, id.into(), new.user_id.into()).await?))
}
