//! PATCH /api/v1/channels/{id}/qr-codes/{code}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::qr::{self, QrText, QrView};
use uuid::Uuid;

/// Gives a short link another text; what is printed leads to it.
#[utoipa::path(
    patch,
    path = "/channels/{id}/qr-codes/{code}",
    operation_id = "update_qr_code",
    tag = "channels",
    params(
        ("id" = Uuid, Path, description = "Channel"),
        ("code" = String, Path, description = "Code of the link"),
    ),
    request_body = QrText,
    responses((status = 200, body = QrView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn set_qr_code(
    State(app): State<App>,
    caller: Caller,
    Path((id, code)): Path<(Uuid, String)>,
    Json(given): Json<QrText>,
) -> Answer<Json<QrView>> {
    Ok(Json(qr::save(&app, &caller, id.into(), Some(&code), given).await?))
}
