//! GET /api/v1/teams

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::teams::{self, TeamView};

/// Every team, in the order they were made.
#[utoipa::path(
    get,
    path = "/teams",
    operation_id = "list_teams",
    tag = "teams",
    params(Paging),
    responses((status = 200, body = List<TeamView>), Problems),
    extensions(("x-permission" = json!("user.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<TeamView>>> {
    let page = teams::list(&app, &caller, paging.after()?, paging.limit()?).await?;
    Ok(Json(page.into()))
}
