//! POST /api/v1/connections/{id}/sync

use crate::http::{Answer, Caller, Path, Problems};
use axum::extract::State;
use axum::http::StatusCode;
use rapport_app::App;
use rapport_app::connection;
use uuid::Uuid;

/// Reads everything over there again and brings over whatever differs; `progress` of the connection shows how far it is.
#[utoipa::path(
    post,
    path = "/connections/{id}/sync",
    operation_id = "sync_connection",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 202), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn sync(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<StatusCode> {
    connection::sync(&app, &caller, id.into()).await?;
    Ok(StatusCode::ACCEPTED)
}
