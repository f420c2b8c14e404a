//! POST /api/v1/webhooks/{id}/replay, POST /api/v1/webhooks/{id}/deliveries/{delivery}/replay

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::webhook::log::{self, WebhookReplayed};
use uuid::Uuid;

/// Makes everything again that was given up, at most 1,000 deliveries at a time, the oldest first.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/replay",
    operation_id = "replay_webhook",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook")),
    responses((status = 202, body = WebhookReplayed), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn all(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Answer<(StatusCode, Json<WebhookReplayed>)> {
    Ok((StatusCode::ACCEPTED, Json(log::replay(&app, &caller, id, None).await?)))
}

/// Makes one delivery again, also one that was taken, under the id it has.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/deliveries/{delivery}/replay",
    operation_id = "replay_webhook_delivery",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook"), ("delivery" = Uuid, Path, description = "Delivery")),
    responses((status = 202, body = WebhookReplayed), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path((id, delivery)): Path<(Uuid, Uuid)>,
) -> Answer<(StatusCode, Json<WebhookReplayed>)> {
    Ok((StatusCode::ACCEPTED, Json(log::replay(&app, &caller, id, Some(delivery)).await?)))
}
