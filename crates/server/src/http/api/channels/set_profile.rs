//! PATCH /api/v1/channels/{id}/profile

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::profile::{self, ProfilePatch, ProfileView};
use uuid::Uuid;

/// Changes the business profile at the provider.
#[utoipa::path(
    patch,
    path = "/channels/{id}/profile",
    operation_id = "update_channel_profile",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    request_body = ProfilePatch,
    responses((status = 200, body = ProfileView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn set_profile(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<ProfilePatch>,
) -> Answer<Json<ProfileView>> {
    Ok(Json(profile::change(&app, &caller, id.into(), patch).await?))
}
