//! GET /api/v1/rules

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::rule::manage;
use rapport_app::rule::view::RuleView;

/// The rules in the order they were made.
#[utoipa::path(
    get,
    path = "/rules",
    operation_id = "list_rules",
    tag = "rules",
    params(Paging),
    responses((status = 200, body = List<RuleView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<RuleView>>> {
    Ok(Json(manage::list(&app, &caller, paging.after()?, paging.limit()?).await?.into()))
}
