//! POST /api/v1/channels/{id}/qr-codes

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::qr::{self, QrText, QrView};
use uuid::Uuid;

/// Makes a short link with a text that stands ready in the chat.
#[utoipa::path(
    post,
    path = "/channels/{id}/qr-codes",
    operation_id = "create_qr_code",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = QrText,
    responses((status = 201, body = QrView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn add_qr_code(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<QrText>,
) -> Answer<(StatusCode, Json<QrView>)> {
    Ok((StatusCode::CREATED, Json(qr::save(&app, &caller, id.into(), None, given).await?)))
}
