//! POST /api/v1/channels/{id}/templates/sync

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::template_list::{self, Synced};
use uuid::Uuid;

/// Reads all templates of the channel's account from the provider now.
#[utoipa::path(
    post,
    path = "/channels/{id}/templates/sync",
    operation_id = "sync_templates",
    tag = "templates",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = Synced), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn sync(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<Synced>> {
    Ok(Json(template_list::sync(&app, &caller, id.into()).await?))
}
