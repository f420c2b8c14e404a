//! DELETE /api/v1/views/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::views;
use uuid::Uuid;

/// Removes a view; the conversations stay.
#[utoipa::path(
    delete,
    path = "/views/{id}",
    operation_id = "delete_view",
    tag = "views",
    params(("id" = Uuid, Path, description = "View")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.read")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    views::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
