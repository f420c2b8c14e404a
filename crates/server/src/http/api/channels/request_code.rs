//! POST /api/v1/channels/{id}/request-code

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::registration::{self, CodeRequest};
use uuid::Uuid;

/// Asks the provider to tell the number a code, by text message or by a call.
#[utoipa::path(
    post,
    path = "/channels/{id}/request-code",
    operation_id = "request_channel_code",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = CodeRequest,
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn request_code(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<CodeRequest>,
) -> Answer<StatusCode> {
    registration::request_code(&app, &caller, id.into(), given).await?;
    Ok(StatusCode::NO_CONTENT)
}
