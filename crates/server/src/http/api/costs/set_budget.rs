//! PATCH /api/v1/costs/budget

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::{self, BudgetPatch, BudgetView};

/// Sets, changes or removes the monthly budget.
#[utoipa::path(
    patch,
    path = "/costs/budget",
    operation_id = "update_budget",
    tag = "costs",
    request_body = BudgetPatch,
    responses((status = 200, body = BudgetView), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn set_budget(
    State(app): State<App>,
    caller: Caller,
    Json(patch): Json<BudgetPatch>,
) -> Answer<Json<BudgetView>> {
    Ok(Json(cost::set_budget(&app, &caller, patch).await?))
}
