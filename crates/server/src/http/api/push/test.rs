//! POST /api/v1/push/subscriptions/{id}/test

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::push::test as trial;
use uuid::Uuid;

/// Sends a notice to one of one's own devices, to see whether it arrives.
#[utoipa::path(
    post,
    path = "/push/subscriptions/{id}/test",
    operation_id = "test_push_subscription",
    tag = "push",
    params(("id" = Uuid, Path, description = "Device")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("any")))
)]
pub async fn test(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    trial::run(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
