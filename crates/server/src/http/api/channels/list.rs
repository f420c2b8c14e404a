//! GET /api/v1/channels

use crate::http::{Answer, Caller, Json, List, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::view::{self, ChannelView};

/// Every connected number, oldest first. There are few: one page holds them all.
#[utoipa::path(
    get,
    path = "/channels",
    operation_id = "list_channels",
    tag = "channels",
    responses((status = 200, body = List<ChannelView>), Problems),
    extensions(("x-permission" = json!("channel.read")))
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Answer<Json<List<ChannelView>>> {
    Ok(Json(List::all(view::list(&app, &caller).await?)))
}
