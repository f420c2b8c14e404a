//! DELETE /api/v1/messages/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::unsent;
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Takes a message back that has not gone out; it stays in the thread as a trace. Answers 409 `on_its_way` or `gone_out`
/// when its sender was quicker.
#[utoipa::path(
    delete,
    path = "/messages/{id}",
    operation_id = "withdraw_message",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    responses((status = 200, body = MessageView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn withdraw(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<MessageView>> {
    Ok(Json(unsent::withdraw(&app, &caller, id.into()).await?))
}
