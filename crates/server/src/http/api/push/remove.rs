//! DELETE /api/v1/push/subscriptions/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::push::devices;
use uuid::Uuid;

/// Tells one of one's own devices nothing any more.
#[utoipa::path(
    delete,
    path = "/push/subscriptions/{id}",
    operation_id = "delete_push_subscription",
    tag = "push",
    params(("id" = Uuid, Path, description = "Device")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn remove(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    devices::remove(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
