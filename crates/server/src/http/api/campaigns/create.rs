//! POST /api/v1/campaigns

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::campaign::view::CampaignView;
use rapport_app::campaign::write::{self, NewCampaign};

/// Makes a draft. Nothing is sent before it is started.
#[utoipa::path(
    post,
    path = "/campaigns",
    operation_id = "create_campaign",
    tag = "campaigns",
    request_body = NewCampaign,
    responses((status = 201, body = CampaignView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewCampaign>,
) -> Answer<(StatusCode, Json<CampaignView>)> {
    Ok((StatusCode::CREATED, Json(write::create(&app, &caller, new).await?)))
}
