//! DELETE /api/v1/channels/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::channel::change;
use uuid::Uuid;

/// Disconnects a number and destroys its secrets. Conversations stay; the number may be connected again.
#[utoipa::path(
    delete,
    path = "/channels/{id}",
    operation_id = "delete_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    change::disconnect(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
