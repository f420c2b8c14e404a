//! GET /api/v1/costs/rates

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::{self, RateView};

/// The rate card: what a message of a category costs in a market from a month on. Rows that nobody has confirmed are
/// marked, and rows without a price say so.
#[utoipa::path(
    get,
    path = "/costs/rates",
    operation_id = "list_rates",
    tag = "costs",
    responses((status = 200, body = Vec<RateView>), Problems),
    extensions(("x-permission" = json!("cost.read")))
)]
pub async fn rates(State(app): State<App>, caller: Caller) -> Answer<Json<Vec<RateView>>> {
    Ok(Json(cost::rates(&app, &caller).await?))
}
