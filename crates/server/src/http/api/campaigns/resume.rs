//! POST /api/v1/campaigns/{id}/resume

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::steps;
use rapport_app::campaign::view::CampaignView;
use uuid::Uuid;

/// Lets a paused campaign go on where it was.
#[utoipa::path(
    post,
    path = "/campaigns/{id}/resume",
    operation_id = "resume_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    responses((status = 200, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn resume(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<CampaignView>> {
    Ok(Json(steps::resume(&app, &caller, id.into()).await?))
}
