//! POST /api/v1/channels/{id}/deregister

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::registration;
use rapport_app::channel::view::ChannelView;
use uuid::Uuid;

/// Takes the number out of the provider's API: it sends and receives nothing until it is registered again.
#[utoipa::path(
    post,
    path = "/channels/{id}/deregister",
    operation_id = "deregister_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = ChannelView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn deregister(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ChannelView>> {
    Ok(Json(registration::deregister(&app, &caller, id.into()).await?))
}
