//! DELETE /api/v1/campaigns/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::campaign::write;
use uuid::Uuid;

/// Deletes a draft. Any other answers 409 `campaign_state`: it says who was written to.
#[utoipa::path(
    delete,
    path = "/campaigns/{id}",
    operation_id = "delete_campaign",
    tag = "campaigns",
    params(("id" = Uuid, Path, description = "Campaign")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("campaign.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    write::delete(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
