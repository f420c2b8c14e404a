//! GET /api/v1/costs/budget

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::{self, BudgetView};

/// The monthly budget and how far it is used.
#[utoipa::path(
    get,
    path = "/costs/budget",
    operation_id = "read_budget",
    tag = "costs",
    responses((status = 200, body = BudgetView), Problems),
    extensions(("x-permission" = json!("cost.read")))
)]
pub async fn budget(State(app): State<App>, caller: Caller) -> Answer<Json<BudgetView>> {
    Ok(Json(cost::budget(&app, &caller).await?))
}
