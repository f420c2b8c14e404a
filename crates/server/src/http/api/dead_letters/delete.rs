//! DELETE /api/v1/dead-letters/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::connection::dead;
use uuid::Uuid;

/// Gives a dead letter up for good.
#[utoipa::path(
    delete,
    path = "/dead-letters/{id}",
    operation_id = "delete_dead_letter",
    tag = "dead-letters",
    params(("id" = Uuid, Path, description = "Dead letter")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("operation.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    dead::discard(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
