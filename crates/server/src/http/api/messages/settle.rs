//! POST /api/v1/messages/{id}/settle

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::inbox::settle::{self, Settlement};
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Somebody found out what became of a message whose answer was lost. Answers 409 `not_unknown` for any other.
#[utoipa::path(
    post,
    path = "/messages/{id}/settle",
    operation_id = "settle_message",
    tag = "messages",
    params(("id" = Uuid, Path, description = "Message")),
    request_body = Settlement,
    responses((status = 200, body = MessageView), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn settle(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(settlement): Json<Settlement>,
) -> Answer<Json<MessageView>> {
    Ok(Json(settle::settle(&app, &caller, id.into(), settlement).await?))
}
