//! GET /api/v1/channels/{id}/calls

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::calls::{self, CallsView};
use uuid::Uuid;

/// Calls to the provider's API of the last hour and day, against the workspace's own limits.
#[utoipa::path(
    get,
    path = "/channels/{id}/calls",
    operation_id = "read_channel_calls",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = CallsView), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn calls(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<CallsView>> {
    Ok(Json(calls::read(&app, &caller, id.into()).await?))
}
