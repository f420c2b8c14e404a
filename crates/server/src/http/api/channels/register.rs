//! POST /api/v1/channels/{id}/register

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::registration::{self, Registration};
use rapport_app::channel::view::ChannelView;
use uuid::Uuid;

/// Registers the number with the provider. A number with two-step verification wants its own PIN.
#[utoipa::path(
    post,
    path = "/channels/{id}/register",
    operation_id = "register_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = Registration,
    responses((status = 200, body = ChannelView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn register(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<Registration>,
) -> Answer<Json<ChannelView>> {
    Ok(Json(registration::register(&app, &caller, id.into(), given).await?))
}
