//! PUT /api/v1/routing/places/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::routing::policy::{self, PlacePut, PlaceView};
use uuid::Uuid;

/// Writes the policy and working hours of the workspace, a team or a channel.
#[utoipa::path(
    put,
    path = "/routing/places/{id}",
    operation_id = "put_routing_place",
    tag = "routing",
    params(("id" = Uuid, Path, description = "The workspace, a team or a channel")),
    request_body = PlacePut,
    responses((status = 200, body = PlaceView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn put_place(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<PlacePut>,
) -> Answer<Json<PlaceView>> {
    Ok(Json(policy::put(&app, &caller, id, given).await?))
}
