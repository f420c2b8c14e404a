//! POST /api/v1/webhooks

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::webhook::manage::{self, NewWebhook};
use rapport_app::webhook::view::CreatedWebhook;

/// Subscribes a program to events (Zapier's REST hooks: `target_url` and `event` are taken too). The secret that deliveries
/// are signed with is in this answer and never shown again. Deliveries are POSTs of a `WebhookEvent`.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "create_webhook",
    tag = "webhooks",
    request_body = NewWebhook,
    responses((status = 201, body = CreatedWebhook), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    Json(new): Json<NewWebhook>,
) -> Answer<(StatusCode, Json<CreatedWebhook>)> {
    Ok((StatusCode::CREATED, Json(manage::create(&app, &caller, new).await?)))
}
