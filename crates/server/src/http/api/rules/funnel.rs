//! GET /api/v1/rules/{id}/funnel and /api/v1/rules/wishes

use crate::http::{Answer, Caller, Json, List, Path, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::account::Page;
use rapport_app::rule::funnel::{self, FunnelQuery, FunnelView, WishesView};
use uuid::Uuid;

/// What became of a rule's work: from listening to the answer, or the wish for a person.
#[utoipa::path(
    get,
    path = "/rules/{id}/funnel",
    operation_id = "get_rule_funnel",
    tag = "rules",
    params(("id" = Uuid, Path, description = "Rule"), FunnelQuery),
    responses((status = 200, body = FunnelView), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn funnel(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<FunnelQuery>,
) -> Answer<Json<FunnelView>> {
    Ok(Json(funnel::funnel(&app, &caller, id, query).await?))
}

/// How many customers ask for a person after the messages of each rule that is switched on and writes.
#[utoipa::path(
    get,
    path = "/rules/wishes",
    operation_id = "list_rule_wishes",
    tag = "rules",
    responses((status = 200, body = List<WishesView>), Problems),
    extensions(("x-permission" = json!("rule.read")))
)]
pub async fn wishes(State(app): State<App>, caller: Caller) -> Answer<Json<List<WishesView>>> {
    let items = funnel::wishes(&app, &caller).await?;
    Ok(Json(Page { items, next: None }.into()))
}
