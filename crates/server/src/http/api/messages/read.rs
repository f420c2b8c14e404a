//! GET /api/v1/messages/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::thread;
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// One message.
#[utoipa::path(
    get,
    path = "/messages/{id}",
    operation_id = "read_message",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    responses((status = 200, body = MessageView), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<MessageView>> {
    Ok(Json(thread::get(&app, &caller, id.into()).await?))
}
