//! POST /api/v1/dead-letters/{id}/replay

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::connection::dead;
use uuid::Uuid;

/// Gives a dead letter all its tries again, from now on.
#[utoipa::path(
    post,
    path = "/dead-letters/{id}/replay",
    operation_id = "replay_dead_letter",
    tag = "dead-letters",
    params(("id" = Uuid, Path, description = "Dead letter")),
    responses((status = 202), Problems),
    extensions(("x-permission" = json!("operation.manage")))
)]
pub async fn replay(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    dead::replay(&app, &caller, id).await?;
    Ok(StatusCode::ACCEPTED)
}
