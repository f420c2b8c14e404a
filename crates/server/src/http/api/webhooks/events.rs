//! GET /api/v1/webhooks/events

use crate::http::{Answer, Caller, Json, Problems};
use rapport_app::webhook::manage::{self, WebhookEventKind};

/// Everything that webhooks can be told of, each with an example.
#[utoipa::path(
    get,
    path = "/webhooks/events",
    operation_id = "list_webhook_events",
    tag = "webhooks",
    responses((status = 200, body = Vec<WebhookEventKind>), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn events(caller: Caller) -> Answer<Json<Vec<WebhookEventKind>>> {
    Ok(Json(manage::kinds(&caller)?))
}
