//! DELETE /api/v1/channels/{id}/qr-codes/{code}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::qr;
use uuid::Uuid;

/// Removes a short link: what is printed leads nowhere from then on.
#[utoipa::path(
    delete,
    path = "/channels/{id}/qr-codes/{code}",
    operation_id = "delete_qr_code",
    tag = "channels",
    params(
        ("id" = Uuid, Path, description = "Channel"),
        ("code" = String, Path, description = "Code of the link"),
    ),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn drop_qr_code(
    State(app): State<App>,
    caller: Caller,
    Path((id, code)): Path<(Uuid, String)>,
) -> Answer<StatusCode> {
    qr::delete(&app, &caller, id.into(), &code).await?;
    Ok(StatusCode::NO_CONTENT)
}
