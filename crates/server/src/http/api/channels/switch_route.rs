//! POST /api/v1/channels/{id}/route/switch

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::route::change::{self, RouteSwitch};
use rapport_app::route::view::RouteView;
use uuid::Uuid;

/// Switches to the standby by hand, where it stays, or back.
#[utoipa::path(
    post,
    path = "/channels/{id}/route/switch",
    operation_id = "switch_channel_route",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = RouteSwitch,
    responses((status = 200, body = RouteView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn switch_route(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(wanted): Json<RouteSwitch>,
) -> Answer<Json<RouteView>> {
    Ok(Json(change::switch(&app, &caller, id.into(), wanted).await?))
}
