//! POST /api/v1/campaigns/{id}/cancel

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::steps;
use rapport_app::campaign::view::CampaignView;
use uuid::Uuid;

/// Ends a campaign early. Its messages that wait for their turn are refused; recipients without a message get none.
#[utoipa::path(
    post,
    path = "/campaigns/{id}/cancel",
    operation_id = "cancel_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    responses((status = 200, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn cancel(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<CampaignView>> {
    Ok(Json(steps::cancel(&app, &caller, id.into()).await?))
}
