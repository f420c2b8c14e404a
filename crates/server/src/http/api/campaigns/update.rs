//! PATCH /api/v1/campaigns/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::view::CampaignView;
use rapport_app::campaign::write::{self, CampaignPatch};
use uuid::Uuid;

/// Changes a campaign that has not begun; answers 409 `campaign_state` afterwards.
#[utoipa::path(
    patch,
    path = "/campaigns/{id}",
    operation_id = "update_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    request_body = CampaignPatch,
    responses((status = 200, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<CampaignPatch>,
) -> Answer<Json<CampaignView>> {
    Ok(Json(write::update(&app, &caller, id.into(), patch).await?))
}
