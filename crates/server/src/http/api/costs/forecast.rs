//! POST /api/v1/costs/forecast

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::cost::forecast::{self, ForecastView, Request};

/// Says what writing to many customers will take: money, share of the messaging limit, calls, and how it is spread
/// over days when a share is over 80 %. Nothing is sent.
#[utoipa::path(
    post,
    path = "/costs/forecast",
    operation_id = "forecast_costs",
    tag = "costs",
    request_body = Request,
    responses((status = 200, body = ForecastView), Problems),
    extensions(("x-permission" = json!("cost.read")))
)]
pub async fn forecast(
    State(app): State<App>,
    caller: Caller,
    Json(request): Json<Request>,
) -> Answer<Json<ForecastView>> {
    Ok(Json(forecast::forecast(&app, &caller, request).await?))
}
