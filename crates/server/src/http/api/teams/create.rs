//! POST /api/v1/teams

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::account::teams::{self, NewTeam, TeamView};

/// Makes a team.
#[utoipa::path(
    post,
    path = "/teams",
    operation_id = "create_team",
    tag = "teams",
    request_body = NewTeam,
    responses((status = 201, body = TeamView), Problems),
    extensions(("x-permission" = json!("team.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewTeam>,
) -> Answer<(StatusCode, Json<TeamView>)> {
    Ok((StatusCode::CREATED, Json(teams::create(&app, &caller, new).await?)))
}
