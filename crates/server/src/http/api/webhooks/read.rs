//! GET /api/v1/webhooks/{id}

use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::webhook::manage;
use rapport_app::webhook::view::WebhookView;
use uuid::Uuid;

/// One webhook.
#[utoipa::path(
    get,
    path = "/webhooks/{id}",
    operation_id = "read_webhook",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook")),
    responses((status = 200, body = WebhookView), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn read(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<WebhookView>> {
    Ok(Json(manage::get(&app, &caller, id).await?))
}
