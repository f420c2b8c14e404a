//! DELETE /api/v1/quick-replies/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::quick_reply::manage;
use uuid::Uuid;

/// Removes a quick reply.
#[utoipa::path(
    delete,
    path = "/quick-replies/{id}",
    operation_id = "delete_quick_reply",
    tag = "quick replies",
    params(("id" = Uuid, Path, description = "Quick reply")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    manage::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
