//! POST /api/v1/webhooks/{id}/test

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::webhook::log::{self, WebhookTest};
use rapport_app::webhook::view::WholeDelivery;
use uuid::Uuid;

/// Sends an example at once, to a paused webhook too, and answers with what came of it. It is made once.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/test",
    operation_id = "test_webhook",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook")),
    request_body = WebhookTest,
    responses((status = 200, body = WholeDelivery), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(given): Json<WebhookTest>,
) -> Answer<Json<WholeDelivery>> {
    Ok(Json(log::test(&app, &caller, id, given).await?))
}
