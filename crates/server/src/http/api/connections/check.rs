//! POST /api/v1/connections/{id}/check

use crate::http::api::channels::Findings;
use crate::http::{Answer, Caller, Json, Path, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection;
use uuid::Uuid;

/// Asks the CRM about a connection and tells what is right and wrong.
#[utoipa::path(
    post,
    path = "/connections/{id}/check",
    operation_id = "check_connection",
    tag = "connections",
    params(("id" = Uuid, Path, description = "Connection")),
    responses((status = 200, body = Findings), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn check(State(app): State<App>, caller: Caller, Path(id): Path<Uuid>) -> Answer<Json<Findings>> {
    Ok(Json(Findings { findings: connection::check(&app, &caller, id.into()).await? }))
}
