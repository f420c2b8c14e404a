//! PATCH /api/v1/teams/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::teams::{self, TeamPatch, TeamView};
use uuid::Uuid;

/// Renames a team or says exactly who belongs to it.
#[utoipa::path(
    patch,
    path = "/teams/{id}",
    operation_id = "update_team",
    tag = "teams",
    params(("id" = Uuid, Path, description = "Team")),
    request_body = TeamPatch,
    responses((status = 200, body = TeamView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<TeamPatch>,
) -> Answer<Json<TeamView>> {
    Ok(Json(teams::update(&app, &caller, id.into(), patch).await?))
}
