//! GET /api/v1/channels/{id}/tier

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::tier::{self, TierView};
use uuid::Uuid;

/// The messaging limit: how far it is used, how near the next one is, and what holds it back.
#[utoipa::path(
    get,
    path = "/channels/{id}/tier",
    operation_id = "read_channel_tier",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = TierView), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn tier(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<TierView>> {
    Ok(Json(tier::read(&app, &caller, id.into()).await?))
}
