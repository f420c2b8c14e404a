//! GET /api/v1/routing

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::routing::policy::{self, RoutingView};

/// How conversations are given out: by the workspace, by teams, by channels.
#[utoipa::path(
    get,
    path = "/routing",
    operation_id = "read_routing",
    tag = "routing",
    responses((status = 200, body = RoutingView), Problems),
    extensions(("x-permission" = json!("user.read")))
)]
pub async fn read(State(app): State<App>, caller: Caller) -> Answer<Json<RoutingView>> {
    Ok(Json(policy::get(&app, &caller).await?))
}
