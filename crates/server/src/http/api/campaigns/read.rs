//! GET /api/v1/campaigns/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::list;
use rapport_app::campaign::view::CampaignView;
use uuid::Uuid;

/// One campaign: how far its recipients have come, and what it cost so far.
#[utoipa::path(
    get,
    path = "/campaigns/{id}",
    operation_id = "get_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    responses((status = 200, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<CampaignView>> {
    Ok(Json(list::get(&app, &caller, id.into()).await?))
}
