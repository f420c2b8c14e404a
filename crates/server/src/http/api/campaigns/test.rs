//! POST /api/v1/campaigns/{id}/test

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::campaign::test::{self, CampaignTest};
use rapport_app::inbox::view::MessageView;
use uuid::Uuid;

/// Sends the campaign's message to one contact now, as the caller's own message.
#[utoipa::path(
    post,
    path = "/campaigns/{id}/test",
    operation_id = "test_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    request_body = CampaignTest,
    responses((status = 202, body = MessageView), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(wanted): Json<CampaignTest>,
) -> Answer<(StatusCode, Json<MessageView>)> {
    Ok((StatusCode::ACCEPTED, Json(test::run(&app, &caller, id.into(), wanted).await?)))
}
