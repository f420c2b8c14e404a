//! DELETE /api/v1/webhooks/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::webhook::manage;
use uuid::Uuid;

/// Unsubscribes: the webhook is removed with everything that was on its way to it.
#[utoipa::path(
    delete,
    path = "/webhooks/{id}",
    operation_id = "delete_webhook",
    tag = "webhooks",
    params(("id" = Uuid, Path, description = "Webhook")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    manage::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
