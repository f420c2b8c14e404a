//! DELETE /api/v1/connections/{id}

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::connection;
use uuid::Uuid;

/// Removes a connection with its mappings and links. Contacts here and records there stay as they are.
#[utoipa::path(
    delete,
    path = "/connections/{id}",
    operation_id = "delete_connection",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 204), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn delete(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    connection::remove(&app, &caller, id.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
