//! PATCH /api/v1/routing

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::routing::policy::{self, RoutingPatch, RoutingView};

/// Changes after how long without a connected screen somebody counts as away.
#[utoipa::path(
    patch,
    path = "/routing",
    operation_id = "update_routing",
    tag = "routing",
    request_body = RoutingPatch,
    responses((status = 200, body = RoutingView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Json(given): Json<RoutingPatch>,
) -> Answer<Json<RoutingView>> {
    Ok(Json(policy::update(&app, &caller, given).await?))
}
