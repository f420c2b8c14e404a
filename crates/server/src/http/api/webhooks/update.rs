//! PATCH /api/v1/webhooks/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::webhook::manage::{self, WebhookPatch};
use rapport_app::webhook::view::WebhookView;
use uuid::Uuid;

/// Changes a webhook, pauses it, or lets it go on. What happened meanwhile follows, as far as two days back.
#[utoipa::path(
    patch,
    path = "/webhooks/{id}",
    operation_id = "update_webhook",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook")),
    request_body = WebhookPatch,
    responses((status = 200, body = WebhookView), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn update(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(patch): Json<WebhookPatch>,
) -> Answer<Json<WebhookView>> {
    Ok(Json(manage::update(&app, &caller, id, patch).await?))
}
