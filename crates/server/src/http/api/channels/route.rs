//! GET /api/v1/channels/{id}/route

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::route::view::{self, RouteView};
use uuid::Uuid;

/// The standby route of a channel, over which of the two messages go, and what was observed of both.
#[utoipa::path(
    get,
    path = "/channels/{id}/route",
    operation_id = "read_channel_route",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = RouteView), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn route(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<RouteView>> {
    Ok(Json(view::get(&app, &caller, id.into()).await?))
}
