//! GET /api/v1/channels/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::view::{self, ChannelView};
use uuid::Uuid;

/// One channel.
#[utoipa::path(
    get,
    path = "/channels/{id}",
    operation_id = "read_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = ChannelView), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ChannelView>> {
    Ok(Json(view::get(&app, &caller, id.into()).await?))
}
