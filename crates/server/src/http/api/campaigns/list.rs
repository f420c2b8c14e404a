//! GET /api/v1/campaigns

use crate::http::{Answer, Caller, Json, List, Paging, Problems, Query};
use axum::extract::State;
use rapport_app::App;
use rapport_app::campaign::list::{self, CampaignFilter};
use rapport_app::campaign::view::CampaignView;

/// Campaigns, newest first, with how far their recipients have come.
#[utoipa::path(
    get,
    path = "/campaigns",
    operation_id = "list_campaigns",
    tag = "campaigns",
    params(CampaignFilter, Paging),
    responses((status = 200, body = List<CampaignView>), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(filter): Query<CampaignFilter>,
    Query(paging): Query<Paging>,
) -> Answer<Json<List<CampaignView>>> {
    Ok(Json(list::list(&app, &caller, filter, paging.after()?, paging.limit()?).await?.into()))
}
