//! GET /api/v1/campaigns/{id}/forecast

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::forecast;
use rapport_app::cost::forecast::ForecastView;
use uuid::Uuid;

/// What the campaign would take if it began now, or at its moment: customers, calls, batches over days, and the cost.
/// Needs `cost.read` too.
#[utoipa::path(
    get,
    path = "/campaigns/{id}/forecast",
    operation_id = "forecast_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    responses((status = 200, body = ForecastView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn forecast(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ForecastView>> {
    Ok(Json(forecast::forecast(&app, &caller, id.into()).await?))
}
