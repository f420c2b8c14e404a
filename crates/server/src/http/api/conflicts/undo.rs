//! POST /api/v1/conflicts/undo

use crate::http::{Answer, Caller, Json, Problems};
use axum::extract::State;
use rapport_app::App;
use rapport_app::connection::conflict::{self, Undo, Undone};

/// Takes back what was settled in one go: contacts have their values again, the differences wait again, and rules that
/// were made with it are gone. Where a contact was changed since, it stays as it is.
#[utoipa::path(
    post,
    path = "/conflicts/undo",
    operation_id = "undo_conflicts",
    tag = "conflicts",
    request_body = Undo,
    responses((status = 200, body = Undone), Problems),
    extensions(("x-permission" = json!("connection.manage")))
)]
pub async fn undo(State(app): State<App>, caller: Caller, Json(given): Json<Undo>) -> Answer<Json<Undone>> {
    Ok(Json(conflict::undo(&app, &caller, given).await?))
}
