//! GET /api/v1/channels/{id}/subscription

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::channel::subscription::{self, SubscriptionView};
use uuid::Uuid;

/// Where the provider delivers to: subscribed apps and callbacks.
#[utoipa::path(
    get,
    path = "/channels/{id}/subscription",
    operation_id = "read_channel_subscription",
    tag = "channels",
    params(("id" = Uuid, Path, description = "Channel")),
    responses((status = 200, body = SubscriptionView), Problems),
    extensions(("x-permission" = json!("channel.manage")))
)]
pub async fn subscription(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<Json<SubscriptionView>> {
    Ok(Json(subscription::read(&app, &caller, id.into()).await?))
}
