//! GET /api/v1/webhooks/samples/{event}

use crate::http::{Answer, Caller, Json, Path, Problems};
use rapport_app::webhook::manage;
use rapport_app::webhook::payload::WebhookEvent;

/// Examples of an event, in exactly the form in which it is sent: what Zapier shows while a Zap is made. Also for
/// `rule.called` and `webhook.test`.
#[utoipa::path(
    get,
    path = "/webhooks/samples/{event}",
    operation_id = "list_webhook_samples",
    tag = "webhooks",
    params(("event" = String, Path, description = "Name of the event: `message.received`")),
    responses((status = 200, body = Vec<WebhookEvent>), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn samples(caller: Caller, Path(event): Path<String>) -> Answer<Json<Vec<WebhookEvent>>> {
    Ok(Json(manage::samples(&caller, &event)?))
}
