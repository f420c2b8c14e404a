//! GET /api/v1/channels/{id}/profile

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::profile::{self, ProfileView};
use uuid::Uuid;

/// The business profile customers see, as the provider has it.
#[utoipa::path(
    get,
    path = "/channels/{id}/profile",
    operation_id = "read_channel_profile",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = ProfileView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn profile(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<ProfileView>> {
    Ok(Json(profile::read(&app, &caller, id.into()).await?))
}
