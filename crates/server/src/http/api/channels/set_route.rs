//! PUT /api/v1/channels/{id}/route

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::route::change::{self, RouteSettings};
use rapport_app::route::view::RouteView;
use uuid::Uuid;

/// Chooses the standby of a channel, and when it is used.
#[utoipa::path(
    put,
    path = "/channels/{id}/route",
    operation_id = "set_channel_route",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = RouteSettings,
    responses((status = 200, body = RouteView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn set_route(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(wanted): Json<RouteSettings>,
) -> Answer<Json<RouteView>> {
    Ok(Json(change::set(&app, &caller, id.into(), wanted).await?))
}
