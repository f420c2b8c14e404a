//! DELETE /api/v1/costs/rates

use crate::http::{Answer, Caller, Json, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::{self, RateKey, RateView};

/// Removes one row of the rate card: an older row of its market holds then, or that of every country. Costs that were
/// counted already follow at once.
#[utoipa::path(
    delete,
    path = "/costs/rates",
    operation_id = "delete_rate",
    tag = "costs",
    params(RateKey),
    responses((status = 200, body = Vec<RateView>), Problems),
    extensions(("x-permission" = json!("workspace.manage")))
)]
pub async fn remove_rate(
    State(app): State<App>,
    caller: Caller,
    Query(key): Query<RateKey>,
) -> Answer<Json<Vec<RateView>>> {
    Ok(Json(cost::remove_rate(&app, &caller, key).await?))
}
