//! GET /api/v1/costs

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::{self, CostQuery, CostReport};

/// What arrived messages cost over a time, by day, channel, category or country, with what each number counts.
#[utoipa::path(
    get,
    path = "/costs",
    operation_id = "read_costs",
    tag = "costs",
    params(CostQuery),
    responses((status = 200, body = CostReport), Problems),
    extensions(("x-permission" = json!("cost.read")))
)]
pub async fn report(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<CostQuery>,
) -> Answer<Json<CostReport>> {
    Ok(Json(cost::report(&app, &caller, &query).await?))
}
