//! DELETE /api/v1/teams/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::account::teams;
use uuid::Uuid;

/// Removes a team; its members stay users.
#[utoipa::path(
    delete,
    path = "/teams/{id}",
    operation_id = "delete_team",
    tag = "teams",
    params(("id" = Uuid, Path, description = "Team")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    teams::delete(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
