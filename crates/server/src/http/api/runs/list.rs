//! GET /api/v1/runs

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::rule::runs::{self, RunQuery};
use rapport_app::rule::view::RunView;

/// Runs of rules, newest first, each explained. Of those that did not begin the last one for each rule and contact is kept.
#[utoipa::path(
    get,
    path = "/runs",
    operation_id = "list_runs",
    tag = "rules",
    params(RunQuery, Paging),
    responses((status = 200, body = List<RunView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<RunQuery>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<RunView>>> {
    Ok(Json(runs::list(&app, &caller, query, paging.after()?, paging.limit()?).await?.into()))
}
