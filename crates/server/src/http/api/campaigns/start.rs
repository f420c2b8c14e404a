//! POST /api/v1/campaigns/{id}/start

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::steps::{self, CampaignStart};
use rapport_app::campaign::view::CampaignView;
use uuid::Uuid;

/// Starts a campaign, now or at a moment. Of several starts at once one succeeds; the others answer 409
/// `campaign_state`. A scheduled one is started now, or at another moment, in the same way.
#[utoipa::path(
    post,
    path = "/campaigns/{id}/start",
    operation_id = "start_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    request_body = CampaignStart,
    responses((status = 200, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn start(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(when): Json<CampaignStart>,
) -> Answer<Json<CampaignView>> {
    Ok(Json(steps::start(&app, &caller, id.into(), when).await?))
}
