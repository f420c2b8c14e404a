//! POST /api/v1/webhooks/{id}/secret

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::webhook::manage::{self, NewWebhookSecret};
use rapport_app::webhook::view::CreatedWebhook;
use uuid::Uuid;

/// Gives the webhook another secret, shown in this answer only. For a while deliveries are signed with the one before too,
/// so that the receiver can be changed without losing one.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/secret",
    operation_id = "replace_webhook_secret",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook")),
    request_body = NewWebhookSecret,
    responses((status = 200, body = CreatedWebhook), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn secret(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(new): Json<NewWebhookSecret>,
) -> Answer<Json<CreatedWebhook>> {
    Ok(Json(manage::rotate(&app, &caller, id, new).await?))
}
