//! POST /api/v1/channels/{id}/check

use super::Findings;
use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::check;
use uuid::Uuid;

/// Asks the provider about a channel and tells what is right and wrong.
#[utoipa::path(
    post,
    path = "/channels/{id}/check",
    operation_id = "check_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = Findings), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn check(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<Findings>> {
    Ok(Json(Findings { findings: check::check(&app, &caller, id.into()).await? }))
}
