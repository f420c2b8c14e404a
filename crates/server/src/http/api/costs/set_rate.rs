//! PUT /api/v1/costs/rates

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::{self, RatePut, RateView};

/// Writes one row of the rate card, in place of the one with the same category, market and month. Costs that were
/// counted already follow at once.
#[utoipa::path(
    put,
    path = "/costs/rates",
    operation_id = "replace_rate",
    tag = "costs",
    request_body = RatePut,
    responses((status = 200, body = Vec<RateView>), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn set_rate(
    State(app): State<App>,
    caller: Caller,
    Json(rate): Json<RatePut>,
) -> Answer<Json<Vec<RateView>>> {
    Ok(Json(cost::put_rate(&app, &caller, rate).await?))
}
