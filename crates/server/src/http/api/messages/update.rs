//! PATCH /api/v1/messages/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::unsent::{self, MessagePatch};
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Changes a message that has not gone out: its words, its moment, or both. One that failed before it was handed over is
/// sent again with them. Answers 409 `on_its_way` or `gone_out` when its sender was quicker.
#[utoipa::path(
    patch,
    path = "/messages/{id}",
    operation_id = "update_message",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    request_body = MessagePatch,
    responses((status = 200, body = MessageView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<MessagePatch>,
) -> Answer<Json<MessageView>> {
    Ok(Json(unsent::edit(&app, &caller, id.into(), patch).await?))
}
