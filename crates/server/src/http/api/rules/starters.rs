//! GET /api/v1/rules/starters

use crate::http::{Answer, Caller, Json, List, Problems, Query};
use rapport_app::account::Page;
use rapport_app::rule::starter::{self, StarterQuery, StarterView};

/// Rules that are ready to be switched on, in one language.
#[utoipa::path(
    get,
    path = "/rules/starters",
    operation_id = "list_rule_starters",
    tag = "rules",
    params(StarterQuery),
    responses((status = 200, body = List<StarterView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn starters(caller: Caller, Query(query): Query<StarterQuery>) -> Answer<Json<List<StarterView>>> {
    let items = starter::list(&caller, &query)?;
    Ok(Json(Page { items, next: None }.into()))
}
