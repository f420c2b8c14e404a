//! DELETE /api/v1/macros/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::macros;
use uuid::Uuid;

/// Removes a macro.
#[utoipa::path(
    delete,
    path = "/macros/{id}",
    operation_id = "delete_macro",
    tag = "macros",
    params(("id" = Uuid, Path, description = "Macro")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("inbox.write")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    macros::delete(&app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
