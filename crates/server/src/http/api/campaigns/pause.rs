//! POST /api/v1/campaigns/{id}/pause

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::steps;
use rapport_app::campaign::view::CampaignView;
use uuid::Uuid;

/// Lets a campaign rest. Its messages that wait for their turn wait with it; what is being handed over at this moment
/// goes out.
#[utoipa::path(
    post,
    path = "/campaigns/{id}/pause",
    operation_id = "pause_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    responses((status = 200, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn pause(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<CampaignView>> {
    Ok(Json(steps::pause(&app, &caller, id.into()).await?))
}
