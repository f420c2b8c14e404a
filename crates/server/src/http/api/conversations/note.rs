//! POST /api/v1/conversations/{id}/notes

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::inbox::note::{self, NewNote};
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Writes a private note for the team.
#[utoipa::path(
    post,
    path = "/conversations/{id}/notes",
    operation_id = "create_note",
    tag = "conversations",
    params(("id" = Uuid, Path, description = "Conversation")),
    request_body = NewNote,
    responses(
        (status = 201, body = MessageView, description = "It stands in the thread."),
        (status = 200, body = MessageView, description = "The note that this client_id made before."),
        Problems
    ),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn note(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewNote>,
) -> Answer<(StatusCode, Json<MessageView>)> {
    let written = note::create(&app, &caller, id.into(), new).await?;
    let status = if written.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(written.message)))
}
