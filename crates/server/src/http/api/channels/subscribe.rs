//! POST /api/v1/channels/{id}/subscribe

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::subscription::{self, SubscriptionView};
use uuid::Uuid;

/// Subscribes the channel's app and lets the provider deliver this number's events here.
#[utoipa::path(
    post,
    path = "/channels/{id}/subscribe",
    operation_id = "subscribe_channel",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = SubscriptionView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn subscribe(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<SubscriptionView>> {
    Ok(Json(subscription::point_here(&app, &caller, id.into()).await?))
}
