//! DELETE /api/v1/conversations/{id}/collaborators/{user_id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::watch;
use uuid::Uuid;

/// A user is no longer told of a conversation; it leaves their mentions.
#[utoipa::path(
    delete,
    path = "/conversations/{id}/collaborators/{user_id}",
    operation_id = "remove_collaborator",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation"), ("user_id" = Uuid, Path, description = "Who")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn remove_collaborator(
    State(app): State<App>,
    caller: Caller,
    Path((id, user)): Path<(Uuid, Uuid)>,
) -> Answer<StatusCode> {
    watch::remove(&app, &caller, id.into(), user.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
