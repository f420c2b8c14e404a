//! POST /api/v1/channels/{id}/verify-code

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::registration::{self, Code};
use rapport_app::channel::view::ChannelView;
use uuid::Uuid;

/// Proves the number with the code that came.
#[utoipa::path(
    post,
    path = "/channels/{id}/verify-code",
    operation_id = "verify_channel_code",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = Code,
    responses((status = 200, body = ChannelView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn verify_code(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<Code>,
) -> Answer<Json<ChannelView>> {
    Ok(Json(registration::verify_code(&app, &caller, id.into(), given).await?))
}
