//! PATCH /api/v1/channels/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::change::{self, ChannelPatch};
use rapport_app::channel::view::ChannelView;
use uuid::Uuid;

/// Changes a channel. Tokens and secrets are replaced without an interruption.
#[utoipa::path(
    patch,
    path = "/channels/{id}",
    operation_id = "update_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = ChannelPatch,
    responses((status = 200, body = ChannelView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<ChannelPatch>,
) -> Answer<Json<ChannelView>> {
    Ok(Json(change::update(&app, &caller, id.into(), patch).await?))
}
